"""Sections: parts that apps add to pages of the core, without the core knowing them.

    from django_badger import sections

    sections.register("badge_detail", "myshop/prize.html")          # in an AppConfig's ready()
    sections.register("person", lambda request, page: "…", order=10)

A template gets the variables of the page. Every page shows its sections at the end of its block ``content``,
in the part ``badger/parts/sections.html``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from django_badger.conf import settings
from django_badger.contexts import Page

Draw = Callable[[Any, Any], str]


@dataclass(frozen=True, slots=True)
class Section:
    """One part: a template's name, or a function of the request and the page, which answers with HTML."""

    draw: str | Draw
    order: int

    def render(self, request: Any, page: Page) -> SafeString:
        """Return its HTML. A plain text is escaped."""
        if callable(self.draw):
            return SafeString(conditional_escape(self.draw(request, page)))
        return SafeString(render_to_string(self.draw, page.variables(), request, using=settings.template_engine))


_sections: dict[str, list[Section]] = {}


def register(page: str, section: str | Draw, *, order: int = 100) -> None:
    """Add a section to a page: ``page`` is the name of its address, ``section`` a template or a function.

    Sections of a lower ``order`` come first, equal ones in the order they were added.
    """
    _sections[page] = sorted([*_sections.get(page, ()), Section(section, order)], key=lambda one: one.order)


@contextmanager
def registered(page: str, section: str | Draw, *, order: int = 100) -> Iterator[None]:
    """Add a section for the length of a block. For tests."""
    before = list(_sections.get(page, ()))
    register(page, section, order=order)
    try:
        yield
    finally:
        _sections[page] = before


def render(name: str, request: Any, page: Page) -> tuple[SafeString, ...]:
    """Return the HTML of a page's sections; empty ones are left out."""
    drawn = (section.render(request, page) for section in _sections.get(name, ()))
    return tuple(html for html in drawn if html.strip())
