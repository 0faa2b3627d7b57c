"""Measures of days in a row: the longest streak there ever was, and the one that is going on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Case, DateTimeField, F, Min, QuerySet, Sum, When, Window
from django.db.models.functions import Lag, RowNumber, TruncDate
from django.utils import timezone

from django_badger.rules.clock import Days, LocalDate, Microseconds, Moment, Zone, moment_of
from django_badger.rules.derived import derived
from django_badger.rules.measures import NUMBER, WHOLE, Aggregate
from django_badger.rules.paths import field_at
from django_badger.rules.peaks import OfMeasure, Peaks
from django_badger.rules.whom import Whom

Unit = Literal["day", "week"]
#: How many days a unit has.
LENGTHS: dict[Unit, int] = {"day": 1, "week": 7}
IN_TIME = F("badger_day").asc()


@dataclass(frozen=True)
class _Calendar(OfMeasure):
    """Rows by their days, or their weeks, which begin with Monday.

    Between two days of a streak up to ``gap`` may be missing. ``zone`` is the path from a row to the name of the time
    zone in which its person's days begin and end; none: the site's.
    """

    unit: Unit = "day"
    gap: int = 0
    zone: str = ""

    @property
    def aggregate(self) -> Aggregate:
        """Days are counted."""
        return "count"

    @property
    def by_calendar(self) -> bool:
        """Whether it asks the database for days of the site's time zone."""
        return self._timed

    @property
    def reach(self) -> int:
        """How many days after one of its days a streak goes on at the latest."""
        return LENGTHS[self.unit] * (self.gap + 1)

    @property
    def _timed(self) -> bool:
        return isinstance(field_at(self.model, self.at), DateTimeField)

    def day_of(self, moment: Any) -> Any:
        """Return the day of a moment as a number; of a week, its Monday's."""
        zone = timezone.get_default_timezone()
        local = LocalDate(moment, Zone(F(self.zone))) if self.zone else TruncDate(moment, tzinfo=zone)
        return self._numbered(local)

    def _numbered(self, day: Any) -> Any:
        number = Days(day)
        return number - number % LENGTHS[self.unit] if self.unit != "day" else number

    def lengths(self, rows: Any) -> QuerySet[Any, Any]:
        """Return one row a day: how long the streak was with it (``badger_number``), and when its first row was."""
        own = self.day_of(F(self.at)) if self._timed else self._numbered(F(self.at))
        dated = rows.filter(**{f"{self.at}__isnull": False}).annotate(badger_day=own)
        others = [name for name in dated.query.annotation_select if name != "badger_day"]
        days = derived(dated.values(*others, "badger_day").annotate(badger_at=Min(self.measure.moment())))
        before = Window(Lag("badger_day"), WHOLE, IN_TIME)
        follows = When(badger_before__gte=F("badger_day") - self.reach, then=0)
        number = Window(Sum(Case(follows, default=1)), WHOLE, IN_TIME)
        streaks = derived(derived(days.annotate(badger_before=before)).annotate(badger_streak=number))
        nth = Window(RowNumber(), [*WHOLE, F("badger_streak")], IN_TIME, output_field=NUMBER)
        found: QuerySet[Any, Any] = streaks.annotate(badger_number=nth)
        return found


class Streaks(_Calendar, Peaks):
    """How many days, one after the other, have a row: the longest streak there ever was."""

    @property
    def now(self) -> GoingOn:
        """The measure of the streak that is going on."""
        return GoingOn(self.measure, self.unit, self.gap, self.zone)

    def heights(self, people: Whom, using: str) -> QuerySet[Any, Any]:
        """Return how long the streak was with each day."""
        return self.lengths(self.measure.rows(people, using))


class GoingOn(_Calendar):
    """The streak whose last day is today, or not so long ago that it has ended."""

    def values(self, people: Whom, using: str, at: Moment) -> QuerySet[Any, Any]:
        """Return one row a person whose streak is going on: how long it is."""
        now = moment_of(at)
        rows = self.measure.rows(people, using).annotate(badger_clock=Microseconds(self.measure.moment()))
        rows = rows.filter(badger_clock__lte=Microseconds(now)).values(
            "badger_user", "badger_text", badger_today=self.day_of(now)
        )
        newest = Window(RowNumber(), WHOLE, F("badger_day").desc())
        days = derived(self.lengths(rows)).filter(badger_day__gte=F("badger_today") - self.reach)
        found: QuerySet[Any, Any] = days.annotate(badger_nth=newest).filter(badger_nth=1)
        return found
