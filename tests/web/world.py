"""A small site to look at: people, badges of every kind, awards."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone
from model_bakery import baker

from django_badger.models import Award, Badge, Tag

#: What every page is asked for with, to be sure that no text gets out as HTML.
NASTY = "<script>alert('x')</script> & \"more\""


def person(name: str = "", **fields: Any) -> Any:
    """Make somebody who can sign in; their name is what pages call them."""
    user = baker.make(get_user_model(), **fields)
    if name:
        column = "name" if hasattr(user, "name") else "first_name"
        if hasattr(user, "last_name"):
            user.last_name = ""
        setattr(user, column, name)
        user.save()
    return user


def name_of(user: Any) -> str:
    return str(user.name)


def manager(**fields: Any) -> Any:
    """Make somebody who manages badges."""
    user = person("Manuela", **fields)
    user.user_permissions.add(Permission.objects.get(codename="change_badge", content_type__app_label="badger"))
    return user


def badge(slug: str, **fields: Any) -> Badge:
    tags = fields.pop("tags", ())
    made = Badge.objects.create(slug=slug, **{"title": slug.replace("-", " ").capitalize(), **fields})
    for name in tags:
        made.tags.add(Tag.objects.get_or_create(slug=name, defaults={"name": name.capitalize()})[0])
    return made


def give(made: Badge, to: Any, *, days_ago: float = 0, **fields: Any) -> Award:
    """Make an award as the engine would, at some time in the past."""
    at = timezone.now() - timedelta(days=days_ago)
    fields = {"earned_at": at, "awarded_at": at, "slot": fields.get("occasion", ""), **fields}
    return Award.objects.create(badge=made, recipient=to, **fields)


def nobody_declares() -> None:
    """Take the badges away that the guestbook brought, so that a test sees only its own."""
    Award.objects.all().delete()
    Badge.objects.all().delete()


class _Reader(HTMLParser):
    """Reads a page as a browser does: tags with their attributes, and words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if ("name", "csrfmiddlewaretoken") in attrs:
            attrs = [(name, value) for name, value in attrs if name != "value"]  # a new one each time
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.found += data.split()


def read(html: str) -> list[Any]:
    """Return what a page says, whatever white space and entities it is written with."""
    reader = _Reader()
    reader.feed(html)
    return reader.found


def words(response: Any) -> str:
    """Return the text of a page, as people read it."""
    html = response.content.decode() if hasattr(response, "content") else str(response)
    return " ".join(part for part in read(html) if isinstance(part, str) and not re.fullmatch(r"/[a-z0-9]+", part))


def noon(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, 12, tzinfo=timezone.get_default_timezone())
