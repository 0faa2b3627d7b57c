"""Measures: count, total or distinct values over a source, per person.

One definition gives the query for one person, for some and for all. Badges that share a measure share its query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    DecimalField,
    Expression,
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

from django_badger.rules.occasions import Each
from django_badger.rules.paths import field_at, follow
from django_badger.rules.protocol import Reads

NUMBER = DecimalField(max_digits=30, decimal_places=6)
WHOLE = [F("badger_user"), F("badger_text")]
Aggregate = Literal["count", "total", "distinct"]


@dataclass(frozen=True)
class Measure:
    """What is counted, of whom, and when it happened.

    ``model`` is the source, ``by`` the path to the person, ``at`` the field that says when (None: nothing says so),
    ``where`` which rows count, ``each`` what splits them into occasions, ``field`` what is added up or told apart.
    """

    model: type[Model]
    by: str
    aggregate: Aggregate
    field: str = ""
    where: Q = Q()
    each: Each | None = None
    at: str | None = None

    def __hash__(self) -> int:
        """Return a hash that is worked out once: measures are the keys of all that is known."""
        return self._hash

    @cached_property
    def alone(self) -> Reads:
        """What a rule reads that reads this measure only."""
        return Reads(measures=frozenset({self}))

    @cached_property
    def _hash(self) -> int:
        return hash((self.model, self.by, self.aggregate, self.field, self.where, self.each, self.at))

    def rows(self, people: Iterable[Any] | Expression | None, using: str) -> QuerySet[Any, Any]:
        """Return the rows that count, of some people or (None) of all, with ``badger_user`` and ``badger_text``."""
        found = self.model._base_manager.using(using).filter(self.where)
        condition: dict[str, Any] = {f"{self.by}__isnull": False}
        if people is not None:
            condition = {self.by: people} if isinstance(people, Expression) else {f"{self.by}__in": people}
        if self.each:  # a row without a value is for no occasion
            condition |= {f"{name}__isnull": False for name in self.each.fields}
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

    def values(self, people: Iterable[Any] | Expression | None, using: str) -> QuerySet[Any, Any]:
        """Return one row a person and occasion: ``badger_number`` is the value, ``badger_at`` when it last grew.

        A count grows with every row, a total is taken to, and the number of different values with a value's first row.
        """
        rows = self.rows(people, using)
        if self.aggregate == "distinct":
            return self._different(rows)
        value = Count("*") if self.aggregate == "count" else Coalesce(Sum(self.field), Value(0), output_field=NUMBER)
        newest = self._as_datetime(Max(str(self.at)))
        found: QuerySet[Any, Any] = rows.annotate(badger_number=Cast(value, NUMBER), badger_at=newest)
        return found

    def _different(self, rows: Any) -> QuerySet[Any, Any]:
        newest_first = [F("badger_at").desc(nulls_last=True), F(self.field).desc()]
        found: QuerySet[Any, Any] = self._first_of_each(rows).annotate(
            badger_number=Window(Count("*"), partition_by=WHOLE, output_field=NUMBER),
            badger_nth=Window(RowNumber(), partition_by=WHOLE, order_by=newest_first),
        )
        return found.filter(badger_nth=1)

    def _first_of_each(self, rows: Any) -> Any:
        """Return one row a value: when it was there for the first time."""
        values = rows.filter(**{f"{self.field}__isnull": False}).values("badger_user", "badger_text", self.field)
        return values.annotate(badger_at=Min(self.moment()))

    def crossings(self, people: Iterable[Any] | None, goal: Decimal, using: str) -> QuerySet[Any, Any]:
        """Return (person, occasion, moment) of everybody's step over ``goal``. Needs ``at``."""
        step: Any = {"count": self._nth_row, "distinct": self._nth_value, "total": self._crossing_row}[self.aggregate]
        found: QuerySet[Any, Any] = step(self.rows(people, using), goal)
        return found.values_list("badger_user", "badger_text", "badger_at")

    def _nth_row(self, rows: Any, goal: Decimal) -> Any:
        number = Window(RowNumber(), partition_by=WHOLE, order_by=self._in_time())
        return rows.annotate(badger_at=self.moment(), badger_nth=number).filter(badger_nth=goal)

    def _nth_value(self, rows: Any, goal: Decimal) -> Any:
        order = [F("badger_at").asc(nulls_first=True), F(self.field).asc()]
        number = Window(RowNumber(), partition_by=WHOLE, order_by=order)
        return self._first_of_each(rows).annotate(badger_nth=number).filter(badger_nth=goal)

    def _crossing_row(self, rows: Any, goal: Decimal) -> Any:
        # SQLite adds decimals as floats, and ten times 0.1 are not quite 1: all sums are rounded.
        added = Cast(F(self.field), NUMBER)
        after = Window(Sum(added, output_field=NUMBER), partition_by=WHOLE, order_by=self._in_time())
        stepped = rows.annotate(
            badger_at=self.moment(),
            badger_after=Round(after, precision=6),
            badger_before=Round(after - added, precision=6),
        )
        return stepped.filter(badger_after__gte=goal, badger_before__lt=goal)

    def _in_time(self) -> list[Any]:
        """Return the order in which rows happened; those that do not say when come first."""
        return [F(str(self.at)).asc(nulls_first=True), F("pk").asc()]

    def step_of(self, subject: Model) -> tuple[Decimal, Any] | None:
        """Return how much one saved object adds and when, as far as the object itself tells."""
        if self.aggregate != "total" or not self.at or not isinstance(subject, self.model):
            return None
        added = follow(subject, self.field)
        if added is not None and not isinstance(added, (int, float, Decimal)):
            return None  # F("word_count") + 1: only the database knows
        return Decimal(str(added or 0)), follow(subject, self.at)
