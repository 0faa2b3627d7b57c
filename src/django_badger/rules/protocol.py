"""What every rule can answer. A class with these methods is a rule; no base class is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from django.db.models import QuerySet

from django_badger.rules.whom import Whom
from django_badger.verdicts import Explanation, Reading

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts


@dataclass(frozen=True, slots=True)
class Reads:
    """What a rule needs to know: measures, badges by slug, and sets of people."""

    measures: frozenset[Any] = frozenset()
    badges: frozenset[str] = frozenset()
    sets: frozenset[Any] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        """Return what both need."""
        return Reads(self.measures | other.measures, self.badges | other.badges, self.sets | other.sets)


@runtime_checkable
class Rule(Protocol):
    """When a badge is earned."""

    def wakes_on(self) -> frozenset[str]:
        """Return the keys of the events that may change the answer."""

    def people(self, event: Event) -> Iterable[Any]:
        """Return the keys of the people whom this event may concern."""

    def reads(self) -> Reads:
        """Return what has to be known to answer."""

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return how far a person is, by occasion (``""`` where there are none). Decides; asks and writes nothing."""

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return why, or why not, with the numbers."""

    def text(self) -> str | Promise:
        """Return what it takes, in words for people."""

    def version(self) -> str:
        """Return a short digest of the declaration: another one means another rule."""


@runtime_checkable
class AsksAll(Protocol):
    """What a rule can answer besides, so that bulk acts ask about many people in one statement.

    A rule without these methods is read person by person instead: slower, and just as right.
    """

    def earners(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any] | None:
        """Return the query of those among ``people`` for whom ``readings`` would say "earned", at the moment ``at``.

        One row a person and occasion, in the columns ``EARNERS``: the key of the person, the occasion, when the line
        was crossed (NULL where the rule cannot tell), the number reached (NULL where there is none). None where this
        rule has no such query.
        """

    def evidence(self, number: str) -> Mapping[str, Any]:
        """Return the evidence of a reading, given the number that was reached as a text."""


@runtime_checkable
class ComesAndGoes(Protocol):
    """What a rule can answer besides, if something that was earned once may be untrue later.

    For a badge that is kept only while its rule is true. Of a rule without these methods, ``readings`` and ``earners``
    say what is true.
    """

    def stands(self, facts: Facts, user_id: Any) -> frozenset[str]:
        """Return the occasions for which it is true now."""

    def keepers(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any] | None:
        """Return the query of those among ``people`` for whom it is true at the moment ``at``.

        In the columns ``EARNERS``, with the newest moment that made it true and the number of now.
        """


#: The columns of ``earners``, in this order.
EARNERS = ("badger_user", "badger_text", "badger_at", "badger_number")


def best(readings: Mapping[str, Reading], occasion: str | None = None) -> Reading | None:
    """Return the reading that people want to see: of the occasion that is going on, else the furthest one."""
    if occasion is not None and occasion in readings:
        return readings[occasion]
    if len(readings) == 1:
        return next(iter(readings.values()))
    return max(readings.values(), key=lambda reading: reading.share, default=None)
