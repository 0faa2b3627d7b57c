"""What rises and falls: how high it ever was, and when it was that high first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Max, Min, Model, Q, QuerySet, RowRange, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from django_badger.rules.clock import Microseconds, Moment, moment_of
from django_badger.rules.derived import derived
from django_badger.rules.measures import NUMBER, STEPS, WHOLE, Aggregate, Measure
from django_badger.rules.whom import Whom
from django_badger.verdicts import About


@dataclass(frozen=True)
class OfMeasure:
    """A measure that is made from another one, of whose rows it looks at some at a time. It knows no occasions."""

    measure: Measure

    @property
    def model(self) -> type[Model]:
        """The source."""
        return self.measure.model

    @property
    def by(self) -> str:
        """The path to the person."""
        return self.measure.by

    @property
    def at(self) -> str:
        """The field that says when: there is one."""
        return str(self.measure.at)

    @property
    def each(self) -> None:
        """Nothing: it is earned once."""

    @property
    def aggregate(self) -> Aggregate:
        """What is worked out of the rows."""
        return self.measure.aggregate

    @property
    def dated(self) -> bool:
        """Whether every row says when it happened: the others are left out."""
        return True

    @property
    def by_calendar(self) -> bool:
        """Whether it asks the database for days, months or years of the site's time zone."""
        return False

    def newest(self, people: Whom, about: About, number: int, using: str) -> QuerySet[Any, Any]:
        """Return (key, moment, place) of the last rows until the value was reached, as many as lie in it in any case."""
        rows = self.measure.rows(people, using).filter(**{f"{self.at}__isnull": False})
        until: Any = about.until  # its value always says when
        timed = rows.alias(badger_clock=Microseconds(self.measure.moment()))
        earlier = timed.filter(badger_clock__lte=Microseconds(moment_of(until)))
        certain = 1 if self.aggregate == "total" else int(about.current)
        return self.measure.last_rows(earlier, about, min(number, certain))

    def step_of(self, subject: Model) -> None:
        """Return nothing: what one row adds does not tell when the line was crossed."""


class Peaks(OfMeasure, ABC):
    """A measure that may fall again: its value is the highest there ever was."""

    @abstractmethod
    def heights(self, people: Whom, using: str) -> QuerySet[Any, Any]:
        """Return its value (``badger_number``) in each of the moments (``badger_at``) in which it may have grown."""

    def values(self, people: Whom, using: str, at: Moment | None = None) -> QuerySet[Any, Any]:
        """Return one row a person: the highest value, and when it was reached for the first time."""
        highest = [F("badger_number").desc(), F("badger_at").asc()]
        nth = Window(RowNumber(), partition_by=WHOLE, order_by=highest)
        found: QuerySet[Any, Any] = derived(self.heights(people, using)).annotate(badger_nth=nth).filter(badger_nth=1)
        return found

    def crossings(self, people: Whom, goals: Collection[Decimal], using: str) -> QuerySet[Any, Any]:
        """Return (person, occasion, moment, from, to) of everybody's first step over each of these goals, or several."""
        highest = Window(
            Max("badger_number"), partition_by=WHOLE, order_by=[F("badger_at").asc(), F("badger_number").asc()],
            frame=RowRange(end=-1), output_field=NUMBER,
        )  # fmt: skip
        steps: QuerySet[Any, Any] = derived(self.heights(people, using)).annotate(
            badger_from=Coalesce(highest, Value(0), output_field=NUMBER), badger_to=F("badger_number")
        )
        over = (Q(badger_from__lt=goal, badger_to__gte=goal) for goal in goals)
        return steps.filter(reduce(or_, over)).values_list(*STEPS)

    def earners(self, people: Whom, goal: Decimal, using: str) -> QuerySet[Any, Any]:
        """Return (person, occasion, moment, number) of all whose value ever was ``goal`` or more: one row each."""
        first = Min("badger_at", filter=Q(badger_number__gte=goal))
        persons: QuerySet[Any, Any] = derived(self.heights(people, using)).values("badger_user", "badger_text")
        found = persons.annotate(badger_first=first, badger_highest=Max("badger_number"))
        reached = found.filter(badger_highest__gte=goal)
        named: QuerySet[Any, Any] = reached.annotate(badger_at=F("badger_first"), badger_number=F("badger_highest"))
        return named.values_list("badger_user", "badger_text", "badger_at", "badger_number")
