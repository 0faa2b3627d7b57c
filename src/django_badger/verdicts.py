"""Verdicts: what a rule answers. Rules decide and never write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from django.utils.functional import Promise

ZERO, ONE = Decimal(0), Decimal(1)
#: The evidence of what has none.
NOTHING: Mapping[str, Any] = MappingProxyType({})


@lru_cache(maxsize=4096)
def in_digits(number: Decimal) -> str:
    """Return a number as evidence has it: without an exponent, and without zeros at its end."""
    return f"{number.normalize() + 0:f}"  # equal numbers look alike: plus zero, because minus zero is one of them


def nth(needed: int, moments: Collection[datetime]) -> datetime | None:
    """Return which of these moments is the nth, the earliest first; None where there are too few."""
    return sorted(moments)[needed - 1] if len(moments) >= needed else None


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
        return nth(self.needed, [*self.known, *filter(None, (one.moment(found) for one in self.asked))])


class Reading(NamedTuple):
    """How far one person is with one rule, for one occasion.

    ``at`` is when the line was crossed, or None where the rule cannot tell (yet).
    ``crossing`` says what to ask the data for it, where one more query is needed; ``latest`` is a moment by which it was
    crossed in any case.
    """

    current: Decimal
    goal: Decimal
    at: datetime | None = None
    crossing: Crossing | Nth | None = None
    evidence: Mapping[str, Any] = NOTHING
    latest: datetime | None = None

    @property
    def earned(self) -> bool:
        """Whether the goal is reached."""
        return self.current >= self.goal

    @property
    def share(self) -> Decimal:
        """How much of the goal is reached, from 0 to 1."""
        return max(Decimal(0), min(ONE, self.current / self.goal))


class Earned(NamedTuple):
    """The verdict "this person has earned this badge, for this occasion"."""

    slug: str
    user_id: Any
    occasion: str = ""
    earned_at: datetime | None = None
    crossing: Crossing | Nth | None = None
    evidence: Mapping[str, Any] = NOTHING

    def dated(self, earned_at: datetime) -> Earned:
        """Return the same, with the moment in which it was earned."""
        return Earned(self.slug, self.user_id, self.occasion, earned_at, self.crossing, self.evidence)


class Progressed(NamedTuple):
    """The verdict "this person is on the way": ``current`` of ``goal``."""

    slug: str
    user_id: Any
    occasion: str
    current: Decimal
    goal: Decimal


class Counted(NamedTuple):
    """A row that was counted: its model, as ``guestbook.Entry``, its key, and when it happened, where that is known."""

    model: str
    key: Any
    at: datetime | None


class About(NamedTuple):
    """What the number of an explanation is of: a measure, the occasion (``""``: none), its value, and when it was that."""

    measure: Any
    occasion: str
    current: Decimal
    until: datetime | None


def when_read(words: Callable[[], str | Promise]) -> str:
    """Return the text of an explanation that is put into words when it is first read. Most are never read."""
    return cast("str", words)


class Words:
    """The text of an explanation: that of :func:`when_read` in the language of who reads it first."""

    def __get__(self, one: Explanation, _kind: Any) -> str:
        """Return the text."""
        words = one.__dict__["text"]
        if not isinstance(words, str):
            words = one.__dict__["text"] = str(words() if callable(words) else words)
        return words

    def __set__(self, one: Explanation, words: str) -> None:
        """Keep the text, or what returns it."""
        one.__dict__["text"] = words


@dataclass(frozen=True)
class Explanation:
    """Why, or why not: one line a rule, with its parts below it.

    ``holds`` says whether this part is fulfilled, ``current`` and ``goal`` how far it is,
    ``at`` since when, where that is known. ``evidence`` are the newest rows that were counted, three at most, where they
    were asked for and the part is fulfilled; ``about`` says what to ask the data for them.
    """

    text: str
    holds: bool
    current: Decimal
    goal: Decimal
    at: datetime | None = None
    parts: tuple[Explanation, ...] = ()
    evidence: tuple[Counted, ...] = ()
    about: About | None = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> Any:
        """Return it with its text in words and without ``about``, so that it can be kept in a cache."""
        return Explanation, tuple(getattr(self, one.name) for one in fields(self) if one.compare)

    @property
    def share(self) -> Decimal:
        """How much of it is fulfilled, from 0 to 1: of a whole with parts, the mean of the best it needs."""
        if self.holds:
            return ONE
        if not self.parts:
            return max(ZERO, min(ONE, self.current / self.goal)) if self.current else ZERO
        best = sorted((part.share for part in self.parts), reverse=True)[: int(self.goal)]
        return sum(best, Decimal(0)) / self.goal

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down: 100 only where it holds."""
        return int(self.share * 100)


# Within the class it would be taken for a default.
Explanation.text = Words()  # type: ignore[assignment]
