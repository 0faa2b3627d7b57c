"""The tutorial is followed to the letter, in a new folder, by processes that know nothing of these tests.

A block whose caption is a path is that file. ", at the end" adds to the file, ", instead of the old NAME" changes one
assignment. Commands are typed, sessions of the interpreter compared. Where the reader opens the browser, so do we.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.reading import DOCS, Block, blocks

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

TUTORIAL = DOCS / "tutorial" / "guestbook.rst"
#: What makes the reader's environment and folder; here there is one already.
ALREADY_DONE = ("mkdir ", "cd ", "python -m venv ", ". .venv/", "python -m pip install ")
CAPTION = re.compile(r"(?P<path>[\w./]+)(?:, (?P<how>at the end|instead of the old (?P<name>\w+)))?$")
LANGUAGES = {"sh", "console", "pycon", "python", "html+django"}
SESSION = """
import doctest, pathlib
found = doctest.DocTestParser().get_doctest(pathlib.Path("session.txt").read_text(), {}, "session", None, 0)
failed = doctest.DocTestRunner().run(found).failed
raise SystemExit(bool(failed))
"""
VISIT = """
from django.contrib.auth.models import User
from django.test import Client

browser = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=False)
way = browser.get("/").headers["Location"]
browser.post(way, {"username": "alice", "password": "a long secret"})
page = browser.post("/", {"message": "Hello, dear guestbook!"}, follow=True).content.decode()
assert "You have earned a badge!" in page and "First post!" in page, page
page = browser.get("/").content.decode()
assert "You have earned a badge!" not in page and "First post!" in page and "3 of 250" in page, page
page = browser.get("/badges/badge/first-post/").content.decode()
assert "What it takes" in page and "alice" in page, page
page = browser.get("/badges/").content.decode()
assert "First post!" in page and "250 words" in page and "Master Badger" in page, page
"""


class Reader:
    """Somebody who follows the tutorial in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.typed: list[str] = []

    def follow(self, block: Block) -> None:
        if block.language == "sh":
            for line in block.code.splitlines():
                self.type(line)
        elif block.language == "console":
            self.compare(block)
        elif block.language == "pycon":
            (self.folder / "session.txt").write_text(block.code, encoding="utf-8")
            self.run("python", "manage.py", "shell", "-c", SESSION)
        else:
            self.write(block)

    def type(self, line: str) -> str:
        self.typed.append(line)
        if line.startswith(ALREADY_DONE):
            return ""
        if line == "python manage.py runserver":
            return self.run("python", "manage.py", "shell", "-c", VISIT)
        asked = ["--noinput", "--email="] if " createsuperuser " in line else []
        return self.run(*line.split(), *asked)

    def run(self, program: str, *arguments: str) -> str:
        command = {"python": [sys.executable], "django-admin": [sys.executable, "-m", "django"]}[program]
        ours = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "DATABASE_URL"}
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        environment |= {"DJANGO_SUPERUSER_PASSWORD": "a long secret", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [*command, *arguments], cwd=self.folder, env=environment, capture_output=True, check=False, text=True
        )
        assert done.returncode == 0, f"{program} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def compare(self, block: Block) -> None:
        """Type what stands behind $, and find the other lines in the answer, in this order."""
        answer = ""
        for line in block.code.splitlines():
            if line.startswith("$ "):
                answer = self.type(line.removeprefix("$ "))
            else:
                assert line in answer, f"{block.place}: {line!r} is not in:\n{answer}"
                answer = answer.partition(line)[2]

    def write(self, block: Block) -> None:
        caption = CAPTION.match(block.caption)
        assert caption, f"{block.place}: which file is {block.caption!r}?"
        file = self.folder / caption["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        if caption["name"]:
            file.write_text(replaced(file.read_text(), caption["name"], block.code), encoding="utf-8")
        elif caption["how"]:
            file.write_text(f"{file.read_text()}\n{block.code}", encoding="utf-8")
        else:
            file.write_text(block.code, encoding="utf-8")


def replaced(source: str, name: str, code: str) -> str:
    """Put ``code`` in the place of the assignment to ``name``."""
    lines = source.splitlines(keepends=True)
    old = next(
        one for one in ast.parse(source).body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name
    )
    return "".join([*lines[: old.lineno - 1], code, *lines[old.end_lineno :]])


def test_whoever_follows_the_tutorial_has_a_guestbook_with_badges(tmp_path):
    reader = Reader(tmp_path)

    for block in blocks(TUTORIAL):
        assert block.language in LANGUAGES, block.place
        reader.follow(block)

    assert "python manage.py runserver" in reader.typed
    assert "python manage.py badger backfill" in reader.typed
