"""Feeds, as pages tell of them: their formats, and the links by which programs find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from django_badger.contexts import FeedLink
from django_badger.models import Badge, Tag
from django_badger.people import path_of

#: What a row that was fetched with :func:`public` calls the answer.
PUBLIC = "badger_public"
#: What stands for a format in addresses, what people call it, and its media type.
FORMATS = {
    "atom": ("Atom", "application/atom+xml"),
    "rss": ("RSS", "application/rss+xml"),
    "json": ("JSON Feed", "application/feed+json"),
    "activities": ("Activity Streams", "application/activity+json"),
}


def feed_url(name: str, kind: str, **asked: str) -> str:
    """Return the address of a feed in one of the formats; ``name`` is that of its address, ``asked`` what stands in it."""
    return reverse(f"badger:{name}", kwargs={**asked, "format": kind})


def feeds_at(name: str, title: str, **asked: str) -> Sequence[FeedLink]:
    """Return the links to a feed in all formats."""
    return [
        FeedLink(title=f"{title} ({called})", url=feed_url(name, kind, **asked), type=media_type)
        for kind, (called, media_type) in FORMATS.items()
    ]


def public(link: str) -> Exists:
    """Return, for a query, whether a row is linked by ``link`` to a badge that every visitor may see."""
    return Exists(Badge.objects.visible_to(None).filter(**{link: OuterRef("pk")}))


def feeds_of_badge(badge: Badge, title: str) -> Sequence[FeedLink]:
    """Return the feeds of a badge's awards; nothing where it was not fetched as one that every visitor may see."""
    return feeds_at("feed_of_badge", title, slug=badge.slug) if getattr(badge, PUBLIC, False) else ()


def feeds_of_tag(tag: Tag, title: str) -> Sequence[FeedLink]:
    """Return the feeds of a tag's awards; nothing where it was not fetched as one that every visitor may see."""
    return feeds_at("feed_of_tag", title, slug=tag.slug) if getattr(tag, PUBLIC, False) else ()


def feeds_of_person(user: Any, title: str) -> Sequence[FeedLink]:
    """Return the feeds of a person's awards. The person has a page."""
    return feeds_at("feed_of_person", title, person=path_of(user))
