"""The two template sets, vanilla (Django) and playdoh (Jinja2), are always equal."""

import re
from pathlib import Path

import pytest

from tests.house.places import ROOT, SOURCE, short

# Tags stand in {% … %} in both languages, and so do the names of their blocks.
BLOCK = re.compile(r"{%-?\+?\s*block\s+([\w-]+)")
COMMENT = re.compile(r"{#.*?#}|{%-?\s*comment.*?endcomment\s*-?%}", re.DOTALL)


def homes() -> list[Path]:
    """Give the folders that hold a set: the package itself and each option."""
    return sorted({path.parent for name in ("templates", "jinja2") for path in SOURCE.rglob(name) if path.is_dir()})


def files(folder: Path) -> set[str]:
    """Name the templates of a set; Django's own admin knows its own language only, so its pages have no twins."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith("admin/")}


def blocks(template: Path) -> set[str]:
    return set(BLOCK.findall(COMMENT.sub("", template.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("home", homes(), ids=short)
class TestTwins:
    def test_have_the_same_files(self, home):
        assert files(home / "templates") == files(home / "jinja2")

    def test_have_the_same_blocks(self, home):
        shared = files(home / "templates") & files(home / "jinja2")
        vanilla = {name: blocks(home / "templates" / name) for name in shared}
        playdoh = {name: blocks(home / "jinja2" / name) for name in shared}

        assert vanilla == playdoh

    def test_have_no_inline_style_or_script(self, home):
        inline = re.compile(
            r"<style\b|\sstyle=|\son[a-z]+=[\"']|<script\b(?![^>]*(\ssrc=|application/ld\+json))", re.IGNORECASE
        )
        found = [
            short(path)
            for path in home.rglob("*.html")
            if inline.search(COMMENT.sub("", path.read_text(encoding="utf-8")))
        ]

        assert not found, "a strict content security policy would refuse it"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% block title %}{% endblock %}", {"title"}),
        ("{%- block body scoped -%}{% endblock body %}", {"body"}),
        ("{# {% block old %} #}", set()),
    ],
)
def test_blocks_are_found_in_both_languages(tmp_path, text, expected):
    template = tmp_path / "page.html"
    template.write_text(text)

    assert blocks(template) == expected


def test_this_test_looks_where_the_sets_are():
    assert SOURCE.is_relative_to(ROOT)
    assert SOURCE.is_dir()
