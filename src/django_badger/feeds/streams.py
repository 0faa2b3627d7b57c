"""What feeds are of: the newest awards, or the newest badges, that every visitor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Coalesce

from django_badger.feeds.entries import Absolute, Entry, entry_of_award, entry_of_badge
from django_badger.models import Award, AwardQuerySet, Badge, BadgeQuerySet

#: How many entries a feed has.
NEWEST = 50


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What a feed says: what it is called, the address of the page that shows the same, and its entries."""

    title: str
    page: str
    entries: Sequence[Entry]


def public_awards() -> AwardQuerySet:
    """Return the awards that a visitor may see."""
    return Award.objects.visible_to(None)


def listed_awards() -> AwardQuerySet:
    """Return the awards that a visitor may see in a list of several people."""
    return Award.objects.listed_to(None)


def public_badges() -> BadgeQuerySet:
    """Return the badges that a visitor may see."""
    return Badge.objects.visible_to(None)


def entries_of_awards(awards: AwardQuerySet, absolute: Absolute) -> Sequence[Entry]:
    """Return the newest of these awards, in the order of the pages. One query."""
    return [entry_of_award(award, absolute) for award in awards.with_badges().newest_first()[:NEWEST]]


def entries_of_badges(badges: BadgeQuerySet, absolute: Absolute) -> Sequence[Entry]:
    """Return the newest of these badges: those that were published last. One query."""
    newest = badges.select_related("created_by").order_by(Coalesce("published_at", "created_at").desc(), "-pk")
    return [entry_of_badge(badge, absolute) for badge in newest[:NEWEST]]
