"""A site that replaces only ``badger/base.html`` gets every page in its own look."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve

from django_badger.urls import urlpatterns
from django_badger.views.page import PageView
from tests.web.conftest import BOTH
from tests.web.hosts import BRANDS, DJANGO_JINJA, FOLDERS, HERE, PLAYDOH, VANILLA, settle
from tests.web.pages import PAGES, fill
from tests.web.world import read

pytestmark = pytest.mark.django_db

HOSTS = [
    pytest.param("plain", VANILLA, id="plain"),
    pytest.param("bootstrap", VANILLA, id="bootstrap"),
    pytest.param("jinja2", PLAYDOH, id="jinja2", marks=BOTH),
    pytest.param("jinja2", DJANGO_JINJA, id="django-jinja", marks=BOTH),
]


def main_of(html: str) -> list[Any]:
    """Return what stands in the main part of a page of the package's own."""
    said = read(html)
    start = next(number for number, part in enumerate(said) if part[0] == "main")
    return said[start + 1 : said.index("/main")]


def holds(said: list[Any], part: list[Any]) -> bool:
    """Tell whether a page says this, in one piece."""
    return any(said[at : at + len(part)] == part for at in range(len(said) - len(part) + 1))


@pytest.mark.parametrize(("host", "engine"), HOSTS)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_takes_the_look_of_the_site(client, settings, name, host, engine):
    site = fill()
    client.force_login(site.ada)
    settings.TEMPLATES = [engine]
    ours = client.get(site.address(name)).content.decode()

    settle(settings, host, engine)
    theirs = client.get(site.address(name)).content.decode()

    assert BRANDS[host] not in ours
    assert theirs.startswith("<!DOCTYPE html>")
    assert BRANDS[host] in theirs
    assert "badger-skip" not in theirs
    assert len(main_of(ours)) > 10
    assert holds(read(theirs), main_of(ours))


def test_these_are_all_pages_that_there_are():
    pages = {one.name for one in urlpatterns if issubclass(getattr(one.callback, "view_class", object), PageView)}
    shown = fill()

    assert len(pages) > 6
    assert {resolve(shown.address(name)).url_name for name in PAGES} == pages


@pytest.mark.parametrize("host", FOLDERS)
def test_the_base_is_all_that_a_site_replaces(host):
    folder = HERE / host / FOLDERS[host]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert files == {"base.html", "badger/base.html"}


def test_what_is_held_is_held_in_one_piece():
    assert holds([1, 2, 3, 4], [2, 3])
    assert not holds([1, 2, 9, 3], [2, 3])
