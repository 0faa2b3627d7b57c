"""Entries as activities of the Activity Streams 2.0 vocabulary.

An award is an ``Add``: the recipient (actor) adds the badge (object) to their badges (target). ``Offer`` would say that
it may still be refused, ``Announce`` only that somebody speaks of it. A badge is a ``Create`` by its maker, or the site.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.utils.feedgenerator import rfc3339_date
from django.utils.translation import gettext as _

from django_badger.feeds.entries import PICTURE_TYPE, Author, Entry, Subject
from django_badger.feeds.texts import html


def activity_of(entry: Entry, site: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as an activity; what no member did, ``site`` did."""
    # The id of an award is that of the activity. That of a badge is the object's, so its making has another one.
    made = uuid5(UUID(entry.id), "Create").urn
    return without_empty(
        type="Add" if entry.is_award else "Create", id=entry.id if entry.is_award else made, name=entry.title,
        summary=html(entry.text), url=entry.url, published=rfc3339_date(entry.published),
        updated=rfc3339_date(entry.updated), actor=_actor(entry.author) if entry.author else site,
        object=_object(entry.badge), target=_target(entry.author) if entry.is_award and entry.author else {},
    )  # fmt: skip


def _actor(author: Author) -> dict[str, Any]:
    return without_empty(type="Person", id=author.url, name=author.name, url=author.url)


def _object(badge: Subject) -> dict[str, Any]:
    picture = {"type": "Image", "url": badge.image, "mediaType": PICTURE_TYPE}
    return without_empty(type="Object", id=badge.id, name=badge.name, url=badge.url, image=picture)


def _target(author: Author) -> dict[str, Any]:
    name = _("Badges of %(person)s") % {"person": author.name}
    return without_empty(type="OrderedCollection", id=author.badges, name=name)


def without_empty(**members: Any) -> dict[str, Any]:
    """Return the members of a JSON object that say something: both formats ask to leave the others out."""
    return {name: value for name, value in members.items() if value}
