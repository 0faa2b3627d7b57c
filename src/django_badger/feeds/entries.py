"""What a feed says about one award or one badge, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import wording
from django_badger.contexts import Person
from django_badger.feeds.texts import line, plain
from django_badger.models import Award, Badge
from django_badger.parts.awards import award_url
from django_badger.parts.badges import badge_url, picture_url
from django_badger.parts.feeds import feed_url
from django_badger.parts.people import person_of
from django_badger.people import path_of

#: Makes an address absolute, with the host that the reader asked.
Absolute = Callable[[str], str]

#: The space of names in which badges have their ids. It must never change.
BADGES = UUID("a05fbf98-365f-4c05-aa6f-ec2ac6dccc64")
#: What the pictures of badges are.
PICTURE_TYPE = "image/png"


@dataclass(frozen=True, kw_only=True)
class Author:
    """Somebody: ``url`` is their page, ``badges`` the stream of what they earn; both empty where they have none."""

    name: str
    url: str
    badges: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The badge that an entry is about; ``image`` is the address of its picture."""

    id: str
    name: str
    url: str
    image: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry. All addresses are absolute, all texts plain, all moments in UTC."""

    id: str
    title: str
    text: str
    url: str
    published: datetime
    updated: datetime
    author: Author | None
    badge: Subject
    is_award: bool


def entry_of_award(award: Award, absolute: Absolute) -> Entry:
    """Return what is said about an award: its holder is the author, the day it was earned the day it was published."""
    badge = award.badge
    author = author_of(person_of(award.recipient), absolute)
    name = line(wording.award_title(award)) or badge.slug
    earned = in_utc(award.earned_at)
    return Entry(
        id=award.uuid.urn, title=_("%(person)s earned %(badge)s") % {"person": author.name, "badge": name},
        text=plain(wording.description(badge), award.reason), url=absolute(award_url(award)), author=author,
        published=earned, updated=max(earned, in_utc(award.awarded_at)), badge=subject_of(badge, name, absolute),
        is_award=True,
    )  # fmt: skip


def entry_of_badge(badge: Badge, absolute: Absolute) -> Entry:
    """Return what is said about a badge: the member who made it is the author; those of the site have none."""
    by_member = badge.origin == Badge.Origin.MEMBER and badge.created_by is not None
    name = line(wording.title(badge)) or badge.slug
    published = in_utc(badge.published_at or badge.created_at)
    return Entry(
        id=uuid_of(badge).urn, title=name, text=plain(wording.description(badge), wording.criteria(badge)),
        url=absolute(badge_url(badge)), author=author_of(person_of(badge.created_by), absolute) if by_member else None,
        published=published, updated=max(published, in_utc(badge.updated_at)), badge=subject_of(badge, name, absolute),
        is_award=False,
    )  # fmt: skip


def author_of(person: Person, absolute: Absolute) -> Author:
    """Return a person as the author of an entry."""
    badges = feed_url("feed_of_person", "activities", person=path_of(person.user)) if person.url else ""
    return Author(
        name=line(person.name) or _("somebody"), url=absolute(person.url) if person.url else "",
        badges=absolute(badges) if badges else "",
    )  # fmt: skip


def subject_of(badge: Badge, name: str, absolute: Absolute) -> Subject:
    """Return the badge that an entry is about, as it is called there."""
    return Subject(
        id=uuid_of(badge).urn, name=name, url=absolute(badge_url(badge)), image=absolute(picture_url(badge))
    )  # fmt: skip


def uuid_of(badge: Badge) -> UUID:
    """Return a badge's id in feeds: made of its key and the moment of its making, the two things that never change.

    Not of its slug: a badge can be renamed. The key alone would be the same on every site.
    """
    return uuid5(BADGES, f"{badge.pk} {in_utc(badge.created_at).isoformat()}")


def in_utc(at: datetime) -> datetime:
    """Return a moment in UTC: feeds are for everybody, and the time zone of whoever asks first is nobody else's."""
    aware = at if timezone.is_aware(at) else timezone.make_aware(at)
    try:
        return aware.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar
        return aware.replace(tzinfo=UTC)
