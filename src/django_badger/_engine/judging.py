"""What becomes of the lines of a sheet: a set of them is looked at together, in a constant number of queries. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import policies
from django_badger._engine.accounts import accounts
from django_badger._engine.aliases import award_alias
from django_badger._engine.sheet import Row
from django_badger.models import Award, Badge, Run
from django_badger.results import ImportedLine

LONGEST_OCCASION = 100
#: Nothing was awarded before; databases disagree on what is far earlier.
EARLIEST = datetime(1900, 1, 2, tzinfo=UTC)
#: The space of names in which a repeatable award without an occasion is told from others by its date and reason.
SAME = UUID("5b1c54a2-6a3e-4c0b-9d8e-1c2b5f0a7e61")

#: Where an award has its place: badge, person, slot.
Place = tuple[Any, Any, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms lines become awards: who awards (None: the site), how people are named, at which moment, in which run."""

    by: Any
    match: str = "name"
    at: datetime = field(default_factory=timezone.now)
    run: Run | None = None


@dataclass(slots=True)
class Judged:
    """A line, what is to become of it and why, and the award that is to be made of it."""

    row: Row
    outcome: Literal["awarded", "already", "refused"]
    why: str = ""
    award: Award | None = None

    @property
    def line(self) -> ImportedLine:
        """What is told of it."""
        return ImportedLine(self.row.line, self.row.user, self.row.badge, self.outcome, self.why)

    def becomes(self, outcome: Literal["awarded", "already", "refused"], why: str = "") -> None:
        """Note that no award is to be made of it, and why."""
        self.award, self.outcome, self.why = None, outcome, why


class _Wrong(Exception):
    """A line cannot become an award; says why."""


def judge(rows: Sequence[Row], terms: Terms, seen: dict[Place, int] | None = None) -> list[Judged]:
    """Return what is to become of these lines. ``seen`` are the places, with their lines, that lines before them take."""
    badges = _badges({row.badge for row in rows})
    people = accounts({row.user for row in rows if row.user}, terms.match)
    found = [_judged(row, badges, people, terms) for row in rows]
    taken = _taken([one.award for one in found if one.award is not None])
    seen = {} if seen is None else seen
    for one in found:
        if one.award is not None:
            _place(one, one.award, taken, seen, terms)
    return found


def _badges(slugs: Collection[str]) -> dict[str, Badge]:
    return {badge.slug: badge for badge in Badge.objects.using(award_alias()).filter(slug__in=slugs)}


def _judged(row: Row, badges: Mapping[str, Badge], people: Mapping[str, Sequence[Any]], terms: Terms) -> Judged:
    try:
        return Judged(row, "awarded", award=_planned(row, _badge(row, badges), _person(row, people), terms))
    except _Wrong as wrong:
        return Judged(row, "refused", str(wrong))


def _badge(row: Row, badges: Mapping[str, Badge]) -> Badge:
    if row.wrong or not row.badge:
        raise _Wrong(row.wrong or _("This line names no badge."))
    if row.badge not in badges:
        raise _Wrong(_("There is no badge “%(slug)s”.") % {"slug": row.badge})
    return badges[row.badge]


def _person(row: Row, people: Mapping[str, Sequence[Any]]) -> Any:
    found = people.get(row.user, ())
    if not row.user:
        raise _Wrong(_("This line names nobody."))
    if not found:
        raise _Wrong(_("Nobody here is known as “%(name)s”.") % {"name": row.user})
    if len(found) > 1:
        words = _("Several accounts have the address “%(name)s”: write the user name instead.")
        raise _Wrong(words % {"name": row.user})
    return found[0]


def _planned(row: Row, badge: Badge, person: Any, terms: Terms) -> Award:
    refusal = policies.why_not_award(badge, to=person, by=terms.by, reason=row.reason)
    if refusal:
        raise _Wrong(refusal)
    if len(row.occasion) > LONGEST_OCCASION:
        raise _Wrong(_("The occasion is longer than %(letters)s letters.") % {"letters": LONGEST_OCCASION})
    earned_at = _moment(row.earned_at, terms.at)
    return Award(
        badge=badge, recipient=person, occasion=row.occasion, slot=_slot(row, badge), route=Award.Route.IMPORT,
        awarded_by=terms.by, reason=row.reason, evidence={"line": row.line}, earned_at=earned_at, awarded_at=terms.at,
        expires_at=terms.at + badge.valid_for if badge.valid_for else None, run=terms.run,
    )  # fmt: skip


def _slot(row: Row, badge: Badge) -> str:
    """Return the slot: of a repeatable badge without an occasion one that the same line has in every file."""
    if row.occasion or not badge.repeatable:
        return row.occasion
    return f"#{uuid5(SAME, chr(10).join([row.earned_at, row.reason]))}"


def _moment(text: str, now: datetime) -> datetime:
    """Return the moment that a text says, in the site's time zone where it names none; nothing says now."""
    if not text:
        return now
    try:
        found = datetime.fromisoformat(text)
        moment = found if timezone.is_aware(found) else timezone.make_aware(found, timezone.get_default_timezone())
        known = moment.astimezone(UTC) >= EARLIEST
    except (ValueError, OverflowError):
        known = False
    if not known:
        raise _Wrong(_("“%(text)s” is no date: write 2026-01-31, or 2026-01-31T18:30.") % {"text": text[:40]})
    moment = moment if settings.USE_TZ else timezone.make_naive(moment, timezone.get_default_timezone())
    if moment > now:
        raise _Wrong(_("%(text)s lies in the future.") % {"text": text})
    return moment


class _Taken(NamedTuple):
    """An award that has its place already."""

    ended: str
    expires_at: datetime | None
    run: Any
    evidence: Any


def _taken(awards: Iterable[Award]) -> dict[Place, _Taken]:
    """Return the awards that have one of the places that these awards want."""
    wanted = list(zip(*(_place_of(award) for award in awards), strict=True))
    if not wanted:
        return {}
    badges, people, slots = map(set, wanted)
    rows = Award.objects.using(award_alias()).filter(badge__in=badges, recipient__in=people, slot__in=slots)
    names = ("badge_id", "recipient_id", "slot", "ended", "expires_at", "run_id", "evidence")
    return {(badge, person, slot): _Taken(*rest) for badge, person, slot, *rest in rows.values_list(*names)}


def _place_of(award: Award) -> Place:
    return award.badge_id, award.recipient_id, award.slot


def _place(one: Judged, award: Award, taken: Mapping[Place, _Taken], seen: dict[Place, int], terms: Terms) -> None:
    """Let an award have its place, unless another one has it: of the database, or of a line before."""
    place = _place_of(award)
    there = taken.get(place)
    if there is None and place not in seen:
        seen[place] = one.row.line
        return
    if there is None:
        one.becomes("already", _same(seen[place]))
    elif terms.run is not None and there.run == terms.run.pk:
        line = there.evidence.get("line")
        one.becomes("awarded" if line == one.row.line else "already", "" if line == one.row.line else _same(line))
    elif there.ended:
        one.becomes("refused", _("It was revoked before: only a person can award it again, by hand."))
    elif there.expires_at is not None and there.expires_at <= terms.at:
        one.becomes("refused", _("It was awarded before, and has expired: award it again by hand."))
    else:
        one.becomes("already")


def _same(line: int) -> str:
    return _("Line %(line)s says the same.") % {"line": line}
