"""Measures: count, total or distinct values over a source, per person.

One definition gives the query for one person, for some and for all. Badges that share a measure share its query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db.models import CharField, Count, DateTimeField, DecimalField, F, Max, Min, Model, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import Cast, Coalesce, RowNumber

from django_badger.rules.occasions import Each
from django_badger.rules.paths import field_at, follow

NUMBER = DecimalField(max_digits=30, decimal_places=6)
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

    def rows(self, people: Iterable[Any] | None, using: str) -> QuerySet[Any]:
        """Return the rows that count, of some people or (None) of all, with ``badger_user`` and ``badger_text``."""
        found = self.model._base_manager.using(using).filter(self.where)
        condition = {f"{self.by}__isnull": False} if people is None else {f"{self.by}__in": people}
        occasion = self.each.expression() if self.each else Value("", output_field=CharField())
        return found.filter(**condition).values(badger_user=F(self.by), badger_text=occasion).order_by()

    def moment(self) -> Any:
        """Return when a row happened, as a datetime for the database."""
        return self._as_datetime(F(str(self.at)))

    def _as_datetime(self, moment: Any) -> Any:
        # Only a date is cast: SQLite's cast of a datetime cuts it to milliseconds.
        if self.at is None:
            return Value(None, output_field=DateTimeField())
        return moment if isinstance(field_at(self.model, self.at), DateTimeField) else Cast(moment, DateTimeField())

    def values(self, people: Iterable[Any] | None, using: str) -> QuerySet[Any]:
        """Return one row a person and occasion: ``badger_number`` is the value, ``badger_at`` the newest moment."""
        value: Any = {
            "count": lambda: Count("*"),
            "distinct": lambda: Count(self.field, distinct=True),
            "total": lambda: Coalesce(Sum(self.field), Value(0), output_field=NUMBER),
        }[self.aggregate]()
        newest = self._as_datetime(Max(str(self.at)))
        return self.rows(people, using).annotate(badger_number=Cast(value, NUMBER), badger_at=newest)

    def crossings(self, people: Iterable[Any] | None, goal: Decimal, using: str) -> QuerySet[Any]:
        """Return (person, occasion, moment) of everybody's step over ``goal``. Needs ``at``."""
        rows = self.rows(people, using)
        whole = [F("badger_user"), F("badger_text")]
        if self.aggregate == "distinct":
            first = rows.values("badger_user", "badger_text", self.field).annotate(badger_at=Min(self.moment()))
            nth = Window(RowNumber(), partition_by=whole, order_by=[F("badger_at").asc(), F(self.field).asc()])
            met = first.filter(**{f"{self.field}__isnull": False}).annotate(badger_nth=nth).filter(badger_nth=goal)
        else:
            order: Any = [F(str(self.at)).asc(), F("pk").asc()]
            rows = rows.annotate(badger_at=self.moment())
            if self.aggregate == "count":
                met = rows.annotate(badger_nth=Window(RowNumber(), partition_by=whole, order_by=order)).filter(badger_nth=goal)
            else:
                running = Window(Sum(self.field, output_field=NUMBER), partition_by=whole, order_by=order)
                met = rows.annotate(badger_after=running, badger_step=Cast(F(self.field), NUMBER)).filter(
                    badger_after__gte=goal
                ).annotate(badger_before=F("badger_after") - F("badger_step")).filter(badger_before__lt=goal)
        return met.values_list("badger_user", "badger_text", "badger_at")

    def step_of(self, subject: Model) -> tuple[Decimal, Any] | None:
        """Return how much one saved object adds and when, as far as the object itself tells."""
        if self.aggregate != "total" or not self.at or not isinstance(subject, self.model):
            return None
        return Decimal(str(follow(subject, self.field) or 0)), follow(subject, self.at)
