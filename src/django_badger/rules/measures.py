"""Measures: count, total or distinct values over a source, per person.

One definition gives the query for one person, for some and for all. Badges that share a measure share its query.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from typing import Any, Literal

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    DecimalField,
    F,
    Max,
    Min,
    Model,
    Q,
    QuerySet,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Round, RowNumber

from django_badger.rules.clock import Moment
from django_badger.rules.derived import derived
from django_badger.rules.occasions import Each, Period
from django_badger.rules.paths import field_at, follow
from django_badger.rules.protocol import Reads
from django_badger.rules.since import Since
from django_badger.rules.whom import Whom, belonging
from django_badger.verdicts import About

NUMBER = DecimalField(max_digits=30, decimal_places=6)
#: What tells people and their occasions apart.
WHOLE = [F("badger_user"), F("badger_text")]
#: The columns of a step: whose, for which occasion, when, and what the value was before and after it.
STEPS = ("badger_user", "badger_text", "badger_at", "badger_from", "badger_to")
Aggregate = Literal["count", "total", "distinct"]


@dataclass(frozen=True)
class Measure:
    """What is counted, of whom, and when it happened.

    ``model`` is the source, ``by`` the path to the person, ``at`` the field that says when (None: nothing says so),
    ``where`` which rows count, ``each`` what splits them into occasions, ``field`` what is added up or told apart,
    ``since`` from when on they count.
    """

    model: type[Model]
    by: str
    aggregate: Aggregate
    field: str = ""
    where: Q = Q()
    each: Each | None = None
    at: str | None = None
    since: Since | None = None

    def __hash__(self) -> int:
        """Return a hash that is worked out once: measures are the keys of all that is known."""
        return self._hash

    @cached_property
    def alone(self) -> Reads:
        """What a rule reads that reads this measure only."""
        return Reads(measures=frozenset({self}))

    @cached_property
    def _hash(self) -> int:
        return hash((self.model, self.by, self.aggregate, self.field, self.where, self.each, self.at, self.since))

    @cached_property
    def dated(self) -> bool:
        """Whether every row says when it happened."""
        names = str(self.at).split("__")
        steps = ("__".join(names[: number + 1]) for number in range(len(names)))
        return self.at is not None and not any(field_at(self.model, step).null for step in steps)

    @property
    def by_calendar(self) -> bool:
        """Whether it asks the database for days, months or years of the site's time zone."""
        return isinstance(self.each, Period)

    def rows(self, people: Whom, using: str) -> QuerySet[Any, Any]:
        """Return the rows that count, of some people or (None) of all, with ``badger_user`` and ``badger_text``."""
        found = self.model._base_manager.using(using).filter(self.where)
        condition = belonging(self.by, people)
        if self.each:  # a row without a value is for no occasion
            condition |= {f"{name}__isnull": False for name in self.each.fields}
        if self.since:
            condition |= self.since.condition(self.model, str(self.at))
        occasion = self.each.expression(self.model) if self.each else Value("", output_field=CharField())
        rows: QuerySet[Any, Any] = found.filter(**condition).values(badger_user=F(self.by), badger_text=occasion)
        return rows.order_by()

    def moment(self) -> Any:
        """Return when a row happened, as a datetime for the database."""
        return self._as_datetime(F(str(self.at)))

    def _as_datetime(self, moment: Any) -> Any:
        # Only a date is cast: SQLite's cast of a datetime cuts it to milliseconds.
        if self.at is None:
            return Cast(Value(None), DateTimeField())
        return moment if isinstance(field_at(self.model, self.at), DateTimeField) else Cast(moment, DateTimeField())

    def values(self, people: Whom, using: str, at: Moment | None = None) -> QuerySet[Any, Any]:
        """Return one row a person and occasion: ``badger_number`` is the value, ``badger_at`` when it last grew.

        A count grows with every row, a total is taken to, and the number of different values with a value's first row.
        ``at`` is the moment in which it is asked, for those measures that change by themselves.
        """
        return self.valued(self.rows(people, using))

    def valued(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return the values that these rows make: some of those that count, or all."""
        if self.aggregate == "distinct":
            return self._different(rows)
        total = Coalesce(Sum(self.field), Value(0), output_field=NUMBER)
        number = Cast(Count("*"), NUMBER) if self.aggregate == "count" else Round(Cast(total, NUMBER), precision=6)
        newest = self._as_datetime(Max(str(self.at)))
        found: QuerySet[Any, Any] = rows.annotate(badger_number=number, badger_at=newest)
        return found

    def _different(self, rows: Any) -> QuerySet[Any, Any]:
        newest_first = [F("badger_at").desc(nulls_last=True), F(self.field).desc()]
        found: QuerySet[Any, Any] = self._first_of_each(rows).annotate(
            badger_number=Window(Count("*"), partition_by=self._apart, output_field=NUMBER),
            badger_nth=Window(RowNumber(), partition_by=self._apart, order_by=newest_first),
        )
        return found.filter(badger_nth=1)

    def _first_of_each(self, rows: Any) -> Any:
        """Return one row a value: when it was there for the first time."""
        values = rows.filter(**{f"{self.field}__isnull": False}).values("badger_user", "badger_text", self.field)
        return values.annotate(badger_at=Min(self.moment()))

    def steps(self, people: Whom, using: str, *, of: Any = None) -> QuerySet[Any, Any]:
        """Return every step of some people or (with ``of``, a query) of those of them who are in it.

        A total's steps have the value ``badger_before`` and ``badger_after``, the others the number ``badger_nth``.
        """
        rows = self.rows(people, using)
        if of is not None:
            rows = rows.filter(**{f"{self.by}__in": of})
        total = self.aggregate == "total"
        found: QuerySet[Any, Any] = self._added_up(rows) if total else self._numbered(rows)
        columns = ("badger_before", "badger_after") if total else ("badger_nth",)
        return found.values("badger_user", "badger_text", "badger_at", *columns)

    def crossings(self, people: Whom, goals: Collection[Decimal], using: str) -> QuerySet[Any, Any]:
        """Return (person, occasion, moment, from, to) of everybody's steps over one of these goals, or several.

        A step goes over those that are more than it goes from, and no more than it goes to. Needs ``at``.
        """
        rows = self.rows(people, using)
        if self.aggregate == "total":
            steps = self._added_up(rows).filter(reduce(or_, map(_steps_over, goals)))
            found: QuerySet[Any, Any] = steps.annotate(badger_from=F("badger_before"), badger_to=F("badger_after"))
        else:
            nth = derived(self._numbered(rows)).filter(badger_nth__in=sorted({math.ceil(goal) for goal in goals}))
            found = nth.annotate(badger_from=Cast(F("badger_nth") - 1, NUMBER), badger_to=Cast(F("badger_nth"), NUMBER))
        return found.values_list(*STEPS)

    def earners(self, people: Whom, goal: Decimal, using: str) -> QuerySet[Any, Any]:
        """Return (person, occasion, moment, number) of all whose value is ``goal`` or more: one row each."""
        if self.at is None:
            found = self.values(people, using).filter(badger_number__gte=goal)
        elif self.aggregate == "total":
            found = self._crossed_once(self.rows(people, using), goal)
        else:
            every = Window(Count("*"), partition_by=self._apart, output_field=NUMBER)
            found = self._numbered(self.rows(people, using)).filter(badger_nth=math.ceil(goal))
            found = found.annotate(badger_number=every)
        return found.values_list("badger_user", "badger_text", "badger_at", "badger_number")

    def _numbered(self, rows: Any) -> Any:
        """Return the rows that count, or the first of each value, with their number in time."""
        if self.aggregate == "distinct":
            order = [F("badger_at").asc(nulls_first=True), F(self.field).asc()]
            rows = self._first_of_each(rows)
        else:
            order = self._in_time()
            rows = rows.annotate(badger_at=self.moment())
        return rows.annotate(badger_nth=Window(RowNumber(), partition_by=self._apart, order_by=order))

    def _crossed_once(self, rows: Any, goal: Decimal) -> Any:
        """Return who is over ``goal`` in the end, and when that happened for the first time."""
        whole = Window(Sum(self._added(), output_field=NUMBER), partition_by=self._apart)
        steps = derived(self._added_up(rows).annotate(badger_number=Round(whole, precision=6)))
        found = steps.values("badger_user", "badger_text").annotate(
            badger_first=Min("badger_at", filter=_steps_over(goal)), badger_whole=Max("badger_number")
        )
        return found.filter(badger_whole__gte=goal).annotate(
            badger_at=F("badger_first"), badger_number=F("badger_whole")
        )

    def _added_up(self, rows: Any) -> Any:
        # SQLite adds decimals as floats, and ten times 0.1 are not quite 1: all sums are rounded.
        after = Window(Sum(self._added(), output_field=NUMBER), partition_by=self._apart, order_by=self._in_time())
        return rows.annotate(
            badger_at=self.moment(),
            badger_after=Round(after, precision=6),
            badger_before=Round(after - self._added(), precision=6),
        )

    @property
    def _apart(self) -> list[Any]:
        """Return what tells people and their occasions apart."""
        return WHOLE if self.each else [F("badger_user")]

    def _added(self) -> Any:
        return Cast(F(self.field), NUMBER)

    def _in_time(self) -> list[Any]:
        """Return the order in which rows happened; those that do not say when come first."""
        return [F(str(self.at)).asc(nulls_first=True), F("pk").asc()]

    def newest(self, people: Whom, about: About, number: int, using: str) -> QuerySet[Any, Any]:
        """Return (key, moment, place) of the ``number`` rows that happened last of those that count for the occasion."""
        return self.last_rows(self.rows(people, using), about, number)

    def last_rows(self, rows: Any, about: About, number: int) -> QuerySet[Any, Any]:
        """Return the same of these rows."""
        if self.each:
            rows = rows.filter(badger_text=about.occasion)
        if self.field:
            rows = rows.filter(**{f"{self.field}__isnull": False})
        last = [F("badger_at").desc(nulls_last=True), F("pk").desc()]
        nth = Window(RowNumber(), partition_by=WHOLE, order_by=last)
        found: QuerySet[Any, Any] = rows.annotate(badger_key=F("pk"), badger_at=self.moment(), badger_nth=nth)
        return found.filter(badger_nth__lte=number).values_list("badger_key", "badger_at", "badger_nth")

    def step_of(self, subject: Model) -> tuple[Decimal, Any] | None:
        """Return how much one saved object adds and when, as far as the object itself tells."""
        if self.aggregate != "total" or not self.at or not isinstance(subject, self.model):
            return None
        added = follow(subject, self.field)
        if added is not None and not isinstance(added, (int, float, Decimal)):
            return None  # F("word_count") + 1: only the database knows
        return Decimal(str(added or 0)), follow(subject, self.at)


def _steps_over(goal: Decimal) -> Q:
    return Q(badger_after__gte=goal, badger_before__lt=goal)
