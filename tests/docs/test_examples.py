"""Every example of the reference, the how-tos and the explanations runs as it is written.

A page's blocks run one after the other, in one namespace, with real commits. ``user`` is somebody, ``editor`` a
superuser, ``entry`` an entry that ``user`` wrote. A block with a caption is a file of the host's: it must be Python.
"""

import doctest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from django_badger.registry import registry
from django_badger.testing import isolated_registry
from guestbook.models import Entry
from tests.docs.reading import DOCS, Block, blocks, pages

WITH_TESTS_OF_THEIR_OWN = {DOCS / "tutorial" / "guestbook.rst"}
FLAGS = doctest.NORMALIZE_WHITESPACE
LANGUAGES = {"python", "pycon"}


def told(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def examples() -> list[Path]:
    with_code = (page for page in pages() if any(one.language in LANGUAGES for one in blocks(page)))
    return [page for page in with_code if page not in WITH_TESTS_OF_THEIR_OWN]


@pytest.fixture
def site(db: None) -> Iterator[dict[str, Any]]:
    """Give the names that examples may use without importing them; what they declare is gone afterwards."""
    name = get_user_model().USERNAME_FIELD
    before = list(registry)
    with isolated_registry() as empty:
        user = baker.make(get_user_model(), **{name: "alice"}, is_active=True)
        entry = Entry.objects.create(author=user, message="Hello", word_count=1)
        for declaration in before:
            empty.add(declaration)
        yield {
            "Entry": Entry,
            "entry": entry,
            "user": user,
            "editor": baker.make(get_user_model(), **{name: "erin"}, is_active=True, is_superuser=True),
            "__name__": "example",
        }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("example", examples(), ids=told)
def test_the_examples_of_a_page_run(example, site):
    for block in blocks(example):
        if block.language not in LANGUAGES:
            continue
        if block.language == "pycon":
            run_session(block, site)
        else:
            code = compile("\n" * (block.line - 1) + block.code, str(example), "exec")
            if not block.caption:
                exec(code, site)  # noqa: S102  our own documentation


def run_session(block: Block, names: dict[str, Any]) -> None:
    """Run a session of the interpreter, and compare what it answers."""
    report: list[str] = []
    session = doctest.DocTestParser().get_doctest(block.code, names, block.place, str(block.page), block.line - 1)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(session, out=report.append, clear_globs=False)
    assert not report, "".join(report)
    names.update(session.globs)


def test_pages_that_show_code_are_found():
    assert {"reference/rules.rst", "reference/badge.rst"} <= {told(page) for page in examples()}
