"""Occasions: for which time something was earned, as a text that the database can compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateTimeField, F, Model, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, ExtractDay, ExtractMonth, ExtractYear, LPad
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.paths import field_at

#: The longest occasion a field may make, so that it always fits the award's slot.
LONGEST = 90


def _part(extract: Any, digits: int) -> Combinable:
    text = Cast(extract, CharField(max_length=4))
    return LPad(text, digits, Value("0"))


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar, in the site's time zone: ``year("created_at")`` gives ``2026``."""

    unit: str
    field: str

    def expression(self, model: type[Model]) -> Combinable:
        """Return the occasion of a row, for the database."""
        # A date is the same day everywhere.
        timed = isinstance(field_at(model, self.field), DateTimeField)
        zone = timezone.get_default_timezone() if timed else None
        extract = (ExtractYear, ExtractMonth, ExtractDay)[: ("year", "month", "day").index(self.unit) + 1]
        parts: list[Any] = []
        for which, digits in zip(extract, (4, 2, 2), strict=False):
            parts += [Value("-"), _part(which(self.field, tzinfo=zone), digits)]
        return Concat(*parts[1:], output_field=CharField()) if parts[2:] else parts[1]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it reads."""
        return (self.field,)

    @property
    def text(self) -> str | Promise:
        """How often, for people: a frame around ``{what}``, because languages put the two in different orders."""
        frames = {"year": _("{what} in one year"), "month": _("{what} in one month"), "day": _("{what} in one day")}
        return frames[self.unit]

    def now(self) -> str:
        """Return the occasion that is going on."""
        today = timezone.localdate(timezone=timezone.get_default_timezone()).isoformat()
        return today[: {"year": 4, "month": 7, "day": 10}[self.unit]]


@dataclass(frozen=True, slots=True)
class PerField:
    """Once for each value of a field: ``each="training"`` gives ``training:42``."""

    field: str

    def expression(self, model: type[Model]) -> Combinable:
        """Return the occasion of a row, for the database."""
        return Concat(
            Value(f"{self.field}:"), Cast(F(self.field), CharField(max_length=LONGEST)), output_field=CharField()
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it reads."""
        return (self.field,)

    @property
    def text(self) -> str | Promise:
        """How often, for people: a frame around ``{what}``, with the name of the ``{field}``."""
        return _("{what}, once for each {field}")

    def now(self) -> str:
        """Return nothing: no value of a field is going on."""
        return ""


Each = Period | PerField


def year(field: str) -> Period:
    """Once a calendar year of ``field`` (a date or datetime field): the occasion is ``2026``."""
    return Period("year", field)


def month(field: str) -> Period:
    """Once a calendar month of ``field`` (a date or datetime field): the occasion is ``2026-11``."""
    return Period("month", field)


def day(field: str) -> Period:
    """Once a calendar day of ``field`` (a date or datetime field): the occasion is ``2026-11-21``."""
    return Period("day", field)


def occasions_of(each: Any) -> Each | None:
    """Return ``each=`` as a value: a field's name means once for each value of that field.

    Raises ``BadDeclaration`` where it is neither a name nor an occasion.
    """
    if isinstance(each, str):
        return PerField(each)
    if each is None or isinstance(each, Each):
        return each
    words = 'write each=rules.year("created_at"), month or day, or name a field'
    msg = f"{declared_at()}: each={each!r} is no occasion: {words}"
    raise BadDeclaration(msg)


def refuse_long(model: type[Model], each: Each) -> str:
    """Return why ``each`` makes occasions that do not fit a slot, or nothing."""
    if not isinstance(each, PerField):
        return ""
    field: Any = field_at(model, each.field)
    longest = getattr(getattr(field, "target_field", field), "max_length", None)
    if field.get_internal_type() in {"TextField", "JSONField", "BinaryField"} or (longest or 0) > LONGEST - len(
        each.field
    ):
        return f"each={each.field!r} can be too long for an occasion: name a key, a number or a date"
    return ""
