"""What rules mean, in plain Python: rows are walked through in the order of time, one by one.

Nothing here asks a database or uses the package. Whatever answers for the package is compared with this.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

SITE = ZoneInfo("Europe/Berlin")
ZONES = frozenset(available_timezones())
DAY = timedelta(days=1)


# --- what there is -----------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A row of some source, by the paths that rules read. Rows are in the order of their keys."""

    source: str
    fields: dict[str, Any]


@dataclass
class Person:
    """Everything that rules may know of somebody."""

    rows: list[Row] = field(default_factory=list)
    zone: str | None = None
    joined: datetime | None = None
    moved_in: date | None = None
    #: Awards of the badge that rules ask for: when each was earned, ended and expires.
    awards: list[tuple[datetime, str, datetime | None]] = field(default_factory=list)
    inside: bool = False


@dataclass
class Told:
    """What is true of one person: by occasion, since when and with which number; or how far it is."""

    earned: dict[str, tuple[datetime | None, Decimal | None]] = field(default_factory=dict)
    under_way: dict[str, Decimal] = field(default_factory=dict)
    stands: frozenset[str] = frozenset()

    def has(self, occasion: str) -> bool:
        """Whether it is earned for an occasion: its own where it is told of, else that of none."""
        known = occasion if occasion in self.earned or occasion in self.under_way else ""
        return known in self.earned

    def since(self, occasion: str) -> datetime | None:
        return self.earned[occasion if occasion in self.earned else ""][0]


# --- rules -------------------------------------------------------------------------------------------------------------


def moment_of(value: date | datetime | None) -> datetime | None:
    """A date is its midnight, in UTC."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), UTC)


@dataclass(frozen=True)
class Counted:
    """So many rows, so much in all, or so many different values; within a length of time, or since a moment."""

    source: str
    aggregate: str
    goal: Decimal
    column: str = ""
    at: str | None = None
    over: tuple[str, int] | None = None
    each: tuple[str, str] | None = None
    since: date | None = None
    within: timedelta | None = None

    def tell(self, person: Person, now: datetime) -> Told:
        told = Told()
        if self.within:
            self._within(list(self.counted(person)), now, told)
            return told
        by_occasion: dict[str, list[Row]] = defaultdict(list)
        for row in self.counted(person):
            by_occasion[self._occasion(row)].append(row)
        for occasion, rows in by_occasion.items():
            number = self.value(rows)
            if number is not None and number >= self.goal:
                told.earned[occasion] = (self._crossed(self.in_time(rows)), number)
            elif number is not None:
                told.under_way[occasion] = number
        told.stands = frozenset(told.earned)
        return told

    def counted(self, person: Person) -> Iterator[Row]:
        for row in person.rows:
            if row.source != self.source or (self.over and not row.fields[self.over[0]] > self.over[1]):
                continue
            if self.each and row.fields[self.each[1]] is None:
                continue
            if not self.since or self._late_enough(row):
                yield row

    def _late_enough(self, row: Row) -> bool:
        happened: Any = row.fields[str(self.at)]
        start: Any = self.since
        if happened is None:
            return False
        if isinstance(start, datetime):
            moment: Any = moment_of(happened)
            return bool(moment >= start)
        if isinstance(happened, datetime):
            return happened >= datetime.combine(start, time(), SITE)
        return bool(happened >= start)

    def _occasion(self, row: Row) -> str:
        if self.each is None:
            return ""
        unit, name = self.each
        value = row.fields[name]
        if unit == "value":
            return f"{name}:{value}"
        day = value.astimezone(SITE).date() if isinstance(value, datetime) else value
        return str(day.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]])

    def when(self, row: Row) -> datetime | None:
        return moment_of(row.fields[self.at]) if self.at else None

    def in_time(self, rows: Iterable[Row]) -> list[Row]:
        """Those that do not say when come first."""
        return sorted(rows, key=lambda row: self.when(row) or datetime.min.replace(tzinfo=UTC))

    def value(self, rows: Sequence[Row]) -> Decimal | None:
        """What these rows make; None where nothing of them can be looked at."""
        if self.aggregate == "count":
            return Decimal(len(rows))
        found = [row.fields[self.column] for row in rows if row.fields[self.column] is not None]
        if self.aggregate == "distinct":
            return Decimal(len(set(found))) if found else None
        return sum((Decimal(str(one)) for one in found), Decimal(0))

    def _crossed(self, rows: list[Row]) -> datetime | None:
        if self.aggregate == "count":
            return self.when(rows[math.ceil(self.goal) - 1])
        if self.aggregate == "distinct":
            return self._nth_value(rows)
        for number, row in enumerate(rows):
            before, after = (self.value(rows[:many]) or Decimal(0) for many in (number, number + 1))
            if before < self.goal <= after and self.when(row):
                return self.when(row)
        return None

    def _nth_value(self, rows: list[Row]) -> datetime | None:
        """A value is as old as the first row that has it and says when."""
        first: dict[Any, datetime | None] = {}
        for row in rows:
            value, when = row.fields[self.column], self.when(row)
            if value is not None and (value not in first or first[value] is None):
                first[value] = when
        known = sorted(when for when in first.values() if when)
        return [*[None] * (len(first) - len(known)), *known][math.ceil(self.goal) - 1]

    def _within(self, rows: list[Row], now: datetime, told: Told) -> None:
        length: Any = self.within
        timed = [(self.when(row), row) for row in self.in_time(rows) if self.when(row)]
        if self.aggregate == "distinct":
            timed = [(when, row) for when, row in timed if row.fields[self.column] is not None]

        def held(end: Any) -> Decimal:
            return self.value([row for when, row in timed if when and end - length < when <= end]) or Decimal(0)

        most = [(held(end), end) for end, _row in timed]
        if not most:
            return
        highest = max(value for value, _end in most)
        if highest >= self.goal:
            told.earned[""] = (next(end for value, end in most if value >= self.goal), highest)
        else:
            told.under_way[""] = min(highest, held(now))
        told.stands = frozenset({""}) if held(now) >= self.goal else frozenset()


@dataclass(frozen=True)
class InARow:
    """Rows on so many days, or in so many weeks, in a row."""

    source: str
    goal: int
    at: str
    unit: str = "day"
    gap: int = 0
    own_zone: bool = False
    over: tuple[str, int] | None = None

    def tell(self, person: Person, now: datetime) -> Told:
        told = Told()
        counted = Counted(self.source, "count", Decimal(1), at=self.at, over=self.over)
        first: dict[date, Any] = {}
        for row in counted.in_time(counted.counted(person)):
            if row.fields[self.at] is not None:
                first.setdefault(self._unit_of(row.fields[self.at], person), counted.when(row))
        longest, reached, going_on = 0, None, 0
        length, before = 0, date.min
        for one in sorted(first):
            length = length + 1 if one - before <= self._reach else 1
            before = one
            if length == self.goal and reached is None:
                reached = first[one]
            longest = max(longest, length)
        today = self._unit_of(now, person)
        going_on = self._going_on(sorted(one for one in first if first[one] <= now), today)
        if longest >= self.goal:
            told.earned[""] = (reached, Decimal(longest))
        elif longest:
            told.under_way[""] = Decimal(min(longest, going_on))
        told.stands = frozenset({""}) if going_on >= self.goal else frozenset()
        return told

    @property
    def _reach(self) -> timedelta:
        return DAY * (7 if self.unit == "week" else 1) * (self.gap + 1)

    def _going_on(self, days: list[date], today: date) -> int:
        number, after = 0, today
        for one in reversed(days):
            if after - one > self._reach:
                break
            number, after = number + 1, one
        return number

    def _unit_of(self, moment: date | datetime, person: Person) -> date:
        zone = SITE
        if self.own_zone and person.zone in ZONES:
            zone = ZoneInfo(str(person.zone))
        day = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
        return day - DAY * day.weekday() if self.unit == "week" else day


@dataclass(frozen=True)
class Old:
    """The account is so old; or it is so long since another moment of the person's."""

    length: timedelta
    moved: bool = False

    def tell(self, person: Person, now: datetime) -> Told:
        began = moment_of(person.moved_in) if self.moved else person.joined
        if began is None:
            return Told()
        days = Decimal(max(0, (now - began) // DAY))
        if now - began >= self.length:
            return Told({"": (began + self.length, None)}, stands=frozenset({""}))
        return Told(under_way={"": days})


@dataclass(frozen=True)
class Held:
    """The badge is held so many times."""

    times: int

    def tell(self, person: Person, now: datetime) -> Told:
        standing = sorted(at for at, ended, expires in person.awards if not ended and (not expires or expires > now))
        if len(standing) >= self.times:
            return Told({"": (standing[self.times - 1], Decimal(self.times))}, stands=frozenset({""}))
        return Told(under_way={"": Decimal(len(standing))})


@dataclass(frozen=True)
class Inside:
    """One of these people."""

    def tell(self, person: Person, now: datetime) -> Told:
        return (
            Told({"": (None, Decimal(1))}, stands=frozenset({""}))
            if person.inside
            else Told(under_way={"": Decimal(0)})
        )


@dataclass(frozen=True)
class Recorded:
    """An event: none is happening."""

    def tell(self, person: Person, now: datetime) -> Told:
        return Told(under_way={"": Decimal(0)})


@dataclass(frozen=True)
class AtLeast:
    """So many of these, for each occasion that one of them knows."""

    needed: int
    parts: tuple[Any, ...]

    def tell(self, person: Person, now: datetime) -> Told:
        parts = [part.tell(person, now) for part in self.parts]
        found = Told()
        for occasion in {one for part in parts for one in (*part.earned, *part.under_way)} - {""} or {""}:
            holding = [part for part in parts if part.has(occasion)]
            number = Decimal(len(holding))
            if number < self.needed:
                found.under_way[occasion] = number
                continue
            since = sorted(at for at in (part.since(occasion) for part in holding) if at)
            found.earned[occasion] = (since[self.needed - 1] if len(since) >= self.needed else None, number)
        standing = {one for part in parts for one in part.stands} - {""} or {""}
        found.stands = frozenset(
            one for one in standing if sum(bool({one, ""} & part.stands) for part in parts) >= self.needed
        )
        return found


Rule = Counted | InARow | Old | Held | Inside | Recorded | AtLeast


def leaves(rule: Rule) -> Iterator[Rule]:
    """Give the parts that have no parts."""
    if isinstance(rule, AtLeast):
        for part in rule.parts:
            yield from leaves(part)
    else:
        yield rule
