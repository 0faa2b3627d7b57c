"""Verdicts: what a rule answers. Rules decide and never write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

ONE = Decimal(1)


class Crossing(NamedTuple):
    """A moment that has to be asked of the data: when this measure reached this goal."""

    measure: Any
    goal: Decimal

    def lines(self) -> Iterator[Crossing]:
        """Return the lines to ask about: this one."""
        yield self

    def moment(self, found: Callable[[Crossing], datetime | None]) -> datetime | None:
        """Return the moment, once the lines' moments are found."""
        return found(self)


@dataclass(frozen=True, slots=True)
class Nth:
    """A moment that is the nth of several: some are ``known``, others have to be ``asked`` for."""

    needed: int
    known: tuple[datetime, ...]
    asked: tuple[Crossing | Nth, ...]

    def lines(self) -> Iterator[Crossing]:
        """Return the lines to ask about."""
        for one in self.asked:
            yield from one.lines()

    def moment(self, found: Callable[[Crossing], datetime | None]) -> datetime | None:
        """Return the moment, once the lines' moments are found; None where too few of them say when."""
        moments = sorted([*self.known, *filter(None, (one.moment(found) for one in self.asked))])
        return moments[self.needed - 1] if len(moments) >= self.needed else None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one person is with one rule, for one occasion.

    ``at`` is when the line was crossed, or None where the rule cannot tell (yet).
    ``crossing`` says what to ask the data for it, where one more query is needed; ``latest`` is a moment by which it was
    crossed in any case.
    """

    current: Decimal
    goal: Decimal
    at: datetime | None = None
    crossing: Crossing | Nth | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    latest: datetime | None = None

    @property
    def earned(self) -> bool:
        """Whether the goal is reached."""
        return self.current >= self.goal

    @property
    def share(self) -> Decimal:
        """How much of the goal is reached, from 0 to 1."""
        return max(Decimal(0), min(ONE, self.current / self.goal))


@dataclass(frozen=True, slots=True)
class Earned:
    """The verdict "this person has earned this badge, for this occasion"."""

    slug: str
    user_id: Any
    occasion: str = ""
    earned_at: datetime | None = None
    crossing: Crossing | Nth | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progressed:
    """The verdict "this person is on the way": ``current`` of ``goal``."""

    slug: str
    user_id: Any
    occasion: str
    current: Decimal
    goal: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, or why not: one line a rule, with its parts below it.

    ``holds`` says whether this part is fulfilled, ``current`` and ``goal`` how far it is,
    ``at`` since when, where that is known.
    """

    text: str
    holds: bool
    current: Decimal
    goal: Decimal
    at: datetime | None = None
    parts: tuple[Explanation, ...] = ()

    @property
    def share(self) -> Decimal:
        """How much of it is fulfilled, from 0 to 1: of a whole with parts, the mean of the best it needs."""
        if self.holds:
            return ONE
        if not self.parts:
            return max(Decimal(0), min(ONE, self.current / self.goal))
        best = sorted((part.share for part in self.parts), reverse=True)[: int(self.goal)]
        return sum(best, Decimal(0)) / self.goal

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down: 100 only where it holds."""
        return int(self.share * 100)
