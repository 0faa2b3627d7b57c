"""Since when rows count: ``since=date(2026, 1, 1)``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import DateTimeField, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.paths import field_at

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Since:
    """Only rows whose moment is not before this one count: a moment, or the midnight with which a day begins."""

    start: date | datetime

    def condition(self, model: type[Model], at: str) -> dict[str, Any]:
        """Return the condition for the rows of a model. What does not say when does not count."""
        timed = isinstance(field_at(model, at), DateTimeField)
        return {f"{at}__gte": self._moment() if timed else self._day()}

    def _moment(self) -> datetime:
        if isinstance(self.start, datetime):
            return self.start
        return timezone.make_aware(datetime.combine(self.start, time()), timezone.get_default_timezone())

    def _day(self) -> date:
        """Return the first day whose moment, its midnight in UTC, is not before the start."""
        if not isinstance(self.start, datetime):
            return self.start
        moment = self.start.astimezone(UTC)
        return moment.date() if moment.time() == time() else moment.date() + timedelta(days=1)

    def framed(self, what: str | Promise) -> str | Promise:
        """Return a sentence with the day since when."""
        return format_lazy(_("{what}, counted since {date}"), what=what, date=_written(self.start))


def _write(start: date | datetime) -> str:
    if not isinstance(start, datetime):
        return date_format(start)
    return date_format(timezone.localtime(start, timezone.get_default_timezone()), "DATETIME_FORMAT")


_written = lazy(_write, str)


def since_of(since: Any, model: type[Model], at: str | None) -> Since | None:
    """Return ``since=`` as a value, once it is seen to say when, and the rows to say so too."""
    if since is None:
        return None
    aware = isinstance(since, datetime) and timezone.is_aware(since)
    if not aware and (isinstance(since, datetime) or not isinstance(since, date)):
        raise BadDeclaration(
            f"{declared_at()}: since={since!r} does not say when: write a date, or a datetime with a time zone, "
            "for example since=date(2026, 1, 1)"
        )
    refuse_timeless(model, at, "since=")
    return Since(since)


def refuse_timeless(model: type[Model], at: str | None, name: str) -> None:
    """Raise where the rows of a model do not say when they happened, which ``name`` needs to know."""
    if at is None:
        raise BadDeclaration(
            f"{declared_at()}: {name} needs to know when a row happened, and {model._meta.label} has no field that "
            f"says so by its name: name one by at=…"
        )
