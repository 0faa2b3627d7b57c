"""How many awards a badge had week by week: on its page in the admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Value, When
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_badger.chart import Chart, chart_of
from django_badger.models import Award, AwardQuerySet, Badge

WEEKS = 26
MONTHS = 24


@dataclass(frozen=True)
class OverTime:
    """The chart of a badge's awards, and its words."""

    title: str
    text: str
    period: str
    chart: Chart


def over_time(badge: Badge, awards: AwardQuerySet, *, at: datetime) -> OverTime | None:
    """Return how many of ``awards`` were made of this badge until ``at``; None where nobody was awarded for long.

    By week for half a year; where nothing happened in it, by month for two. One query, whatever it is. It compares
    moments with the beginnings of weeks and months, which are reckoned here, in the current time zone: a database
    need not know any.
    """
    today = timezone.localtime(at).date() if settings.USE_TZ else at.date()
    weeks, months = weeks_until(today), months_until(today)
    days = sorted({day for day in months if day < weeks[0]}) + weeks
    counts = dict(zip(days, _counted(badge, awards, days), strict=True))
    if any(counts[day] for day in weeks):
        title, period, shown = _("Awards by week"), _("Week from"), weeks
        labels = [formats.date_format(day, "MONTH_DAY_FORMAT") for day in shown]
    elif any(counts.values()):
        title, period, shown = _("Awards by month"), _("Month"), months
        labels = [formats.date_format(day, "YEAR_MONTH_FORMAT") for day in shown]
    else:
        return None
    numbers = [counts.get(day, 0) for day in shown]
    return OverTime(title, _text(labels, numbers), period, chart_of([*zip(labels, numbers, strict=True)]))


def weeks_until(today: date) -> list[date]:
    """Return the Mondays of the last weeks, this one's too, the oldest first."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def months_until(today: date) -> list[date]:
    """Return the first days of the last months, this one's too, the oldest first."""
    this = today.year * 12 + today.month - 1
    return [date((this - back) // 12, (this - back) % 12 + 1, 1) for back in reversed(range(MONTHS))]


def _counted(badge: Badge, awards: AwardQuerySet, days: list[date]) -> list[int]:
    """Return how many awards were made from each day on until the next."""
    starts: list[Any] = [_midnight(day) for day in days]
    whens = [When(awarded_at__gte=start, then=Value(place)) for place, start in enumerate(starts)]
    # An award that was undone with its run is as if it had never been made.
    made = awards.of(badge).filter(awarded_at__gte=starts[0]).exclude(ended=Award.Ended.RETRACTED).order_by()
    placed = made.annotate(place=Case(*reversed(whens), output_field=IntegerField()))
    found = dict(placed.values_list("place").annotate(Count("pk")))
    return [found.get(place, 0) for place in range(len(days))]


def _midnight(day: date) -> datetime:
    midnight = datetime.combine(day, time.min)
    return timezone.make_aware(midnight) if settings.USE_TZ else midnight


def _text(labels: list[str], numbers: list[int]) -> str:
    """Return in a sentence what the bars show."""
    total, most = sum(numbers), max(numbers)
    words = ngettext(
        "%(total)s award since %(first)s.",
        "%(total)s awards since %(first)s, at most %(most)s at a time (%(peak)s).",
        total,
    )
    peak = labels[numbers.index(most)]
    return words % {"total": total, "first": labels[0], "most": most, "peak": peak}
