"""Measures within a length of time: the most that any window held, and what the one that ends now holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, QuerySet, Sum, Value, Window
from django.db.models.expressions import WindowFrame
from django.db.models.functions import Cast, Coalesce, Lead, Least, Round

from django_badger.rules.clock import MICROSECOND, Microseconds, Moment, moment_of
from django_badger.rules.derived import derived
from django_badger.rules.measures import NUMBER, WHOLE
from django_badger.rules.peaks import OfMeasure, Peaks
from django_badger.rules.whom import Whom


class _Back(WindowFrame):
    """The frame of a window function that reaches so far back from each row."""

    def __init__(self, length: timedelta) -> None:
        super().__init__()
        self.length = length

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        # A row that is exactly so old lies outside.
        return f"RANGE BETWEEN {self.length // MICROSECOND - 1} PRECEDING AND CURRENT ROW", ()


@dataclass(frozen=True)
class Within(Peaks):
    """The most that lies within so long a time, which ends with one of the rows.

    In a window are the rows that are younger than ``length`` at the moment of its newest row, and those of that moment.
    """

    length: timedelta

    @property
    def now(self) -> WithinNow:
        """The measure of what lies in the window that ends now."""
        return WithinNow(self.measure, self.length)

    def heights(self, people: Whom, using: str) -> QuerySet[Any, Any]:
        """Return what the window of each row holds."""
        rows = self.measure.rows(people, using).filter(**{f"{self.at}__isnull": False})
        moment = self.measure.moment()
        timed = rows.annotate(badger_at=moment, badger_clock=Microseconds(moment))
        if self.aggregate == "distinct":
            return self._different(timed)
        value = Count("*") if self.aggregate == "count" else Sum(Cast(F(self.measure.field), NUMBER))
        held = Window(value, WHOLE, F("badger_clock").asc(), _Back(self.length), output_field=NUMBER)
        number = Round(Coalesce(held, Value(0), output_field=NUMBER), precision=6)
        found: QuerySet[Any, Any] = timed.annotate(badger_number=number)
        return found

    def _different(self, timed: Any) -> QuerySet[Any, Any]:
        """Return how many values are there: each comes with a row, and goes when it is too old, or comes again."""
        field = self.measure.field
        same = [*WHOLE, F(field)]
        known = timed.filter(**{f"{field}__isnull": False})
        again = Window(Lead("badger_clock"), partition_by=same, order_by=F("badger_clock").asc())
        stays = derived(known.annotate(badger_again=again))
        old = F("badger_clock") + self.length // MICROSECOND
        goes = Least(Coalesce("badger_again", old), old, output_field=BigIntegerField())
        columns = ("badger_user", "badger_text", "badger_at", "badger_then", "badger_step")
        come = stays.annotate(badger_then=F("badger_clock"), badger_step=Value(1)).values(*columns)
        gone = stays.annotate(badger_then=goes, badger_step=Value(-1)).values(*columns)
        there = Window(Sum("badger_step"), WHOLE, F("badger_then").asc(), output_field=NUMBER)
        steps = derived(come.union(gone, all=True).order_by()).annotate(badger_number=there)
        return derived(steps).filter(badger_step=1)


@dataclass(frozen=True)
class WithinNow(OfMeasure):
    """What lies within the time that ends now."""

    length: timedelta

    def values(self, people: Whom, using: str, at: Moment) -> QuerySet[Any, Any]:
        """Return one row a person of whom there is anything in it."""
        now = Microseconds(moment_of(at))
        rows = self.measure.rows(people, using).annotate(badger_clock=Microseconds(self.measure.moment()))
        inside = rows.filter(badger_clock__gt=now - self.length // MICROSECOND, badger_clock__lte=now)
        return self.measure.valued(inside.values("badger_user", "badger_text"))
