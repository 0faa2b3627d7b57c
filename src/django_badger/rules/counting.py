"""The words for numbers of rows: created, count, total, distinct."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import overload

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db.models import Model, Q

from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.kinds import misfits
from django_badger.rules.lengths import length_of
from django_badger.rules.measures import Aggregate, Measure
from django_badger.rules.occasions import Each, Period, occasions_of, refuse_long
from django_badger.rules.once import ReachesWithin
from django_badger.rules.paths import field_at, when_field
from django_badger.rules.reaching import Number, Reaches, Tally
from django_badger.rules.since import refuse_timeless, since_of
from django_badger.rules.triggering import M, Trigger
from django_badger.rules.windows import Within

#: Equal measures are one object: they are the keys of all that is known, and an object is found quickest. Not those with
#: a condition: in one, 1 equals True, and it is not the same declaration.
_unconditional = lru_cache(maxsize=4096)(Measure)


def measured(
    model: type[Model],
    aggregate: Aggregate,
    *,
    by: str,
    field: str = "",
    where: Q | None,
    each: str | Each | None = None,
    at: str | None,
    since: date | None = None,
) -> Measure:
    """Return the measure, once the model is seen to have every field it names."""
    occasions = occasions_of(each)
    try:
        for path in (by, *filter(None, (field, at)), *(occasions.fields if occasions else ())):
            field_at(model, path)
        if where is not None:
            model._base_manager.filter(where)
        moments = [*filter(None, (at,)), *(occasions.fields if isinstance(occasions, Period) else ())]
        wrong = [*misfits(model, by=by, moments=moments, numbers=[field] if aggregate == "total" else [])]
        wrong += filter(None, [refuse_long(model, occasions) if occasions else ""])
    except (FieldDoesNotExist, FieldError, ValueError) as error:
        msg = f"{declared_at()}: {error}"
        raise BadDeclaration(msg) from error
    if wrong:
        msg = f"{declared_at()}: {'; '.join(wrong)}"
        raise BadDeclaration(msg)
    when = at or when_field(model)
    make = Measure if where else _unconditional
    return make(model, by, aggregate, field, where or Q(), occasions, when, since_of(since, model, when))


def _tally(measure: Measure, within: timedelta | None) -> Tally:
    """Return the measure without a goal: over all time, or within so long a time."""
    if within is None:
        return Tally(measure)
    length = length_of(within, "within=")
    refuse_timeless(measure.model, measure.at, "within=")
    if measure.each is not None:
        raise BadDeclaration(
            f"{declared_at()}: within= and each= do not go together: a window may lie in two {measure.each.fields[0]}s; "
            "leave one of them out"
        )
    return Tally(Within(measure, length), ReachesWithin)


@overload
def created(model: type[M]) -> Trigger[M]: ...
@overload
def created(
    model: type[Model],
    *,
    by: str,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
    since: date | None = None,
) -> Reaches: ...
def created(
    model: type[M],
    *,
    by: str | None = None,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
    since: date | None = None,
) -> Trigger[M] | Reaches:
    """Earned by the first row of ``model`` that belongs to a person.

    ``by`` is the path to the person, ``where`` says which rows count, ``each`` gives it once for each year, month or
    value of a field, ``at`` names the field that says when (found by itself where one has ``auto_now_add`` or a usual
    name), ``since`` (a date, or a datetime with a time zone) from when on rows count. Without ``by`` it is no rule but
    the trigger of a function: ``on=rules.created(Entry)``.
    """
    if by is None:
        return Trigger(model)
    return Reaches(measured(model, "count", by=by, where=where, each=each, at=at, since=since), Decimal(1))


@overload
def count(
    model: type[Model],
    *,
    by: str,
    where: Q | None = ...,
    at: str | None = ...,
    since: date | None = ...,
    within: timedelta | None = ...,
) -> Tally: ...
@overload
def count(
    model: type[Model],
    *,
    by: str,
    reaches: Number,
    where: Q | None = ...,
    each: str | Each | None = ...,
    at: str | None = ...,
    since: date | None = ...,
    within: timedelta | None = ...,
) -> Reaches: ...
def count(
    model: type[Model],
    *,
    by: str,
    reaches: Number | None = None,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
    since: date | None = None,
    within: timedelta | None = None,
) -> Tally | Reaches:
    """Earned when ``reaches`` rows of ``model`` belong to a person. The other words are those of :func:`created`.

    With ``within=timedelta(days=7)`` it is earned when so many rows lie within that time, whenever that was.
    """
    measure = measured(model, "count", by=by, where=where, each=each, at=at, since=since)
    tally = _tally(measure, within)
    return tally if reaches is None else tally.reaches(reaches)


@overload
def total(
    model: type[Model],
    field: str,
    *,
    by: str,
    where: Q | None = ...,
    at: str | None = ...,
    since: date | None = ...,
    within: timedelta | None = ...,
) -> Tally: ...
@overload
def total(
    model: type[Model],
    field: str,
    *,
    by: str,
    reaches: Number,
    where: Q | None = ...,
    each: str | Each | None = ...,
    at: str | None = ...,
    since: date | None = ...,
    within: timedelta | None = ...,
) -> Reaches: ...
def total(
    model: type[Model],
    field: str,
    *,
    by: str,
    reaches: Number | None = None,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
    since: date | None = None,
    within: timedelta | None = None,
) -> Tally | Reaches:
    """Earned when ``field``, added up over a person's rows, reaches a number. Floats are added as decimals.

    With ``within``, over the rows that lie within that time.
    """
    measure = measured(model, "total", by=by, field=field, where=where, each=each, at=at, since=since)
    tally = _tally(measure, within)
    return tally if reaches is None else tally.reaches(reaches)


@overload
def distinct(
    model: type[Model],
    field: str,
    *,
    by: str,
    where: Q | None = ...,
    at: str | None = ...,
    since: date | None = ...,
    within: timedelta | None = ...,
) -> Tally: ...
@overload
def distinct(
    model: type[Model],
    field: str,
    *,
    by: str,
    reaches: Number,
    where: Q | None = ...,
    each: str | Each | None = ...,
    at: str | None = ...,
    since: date | None = ...,
    within: timedelta | None = ...,
) -> Reaches: ...
def distinct(
    model: type[Model],
    field: str,
    *,
    by: str,
    reaches: Number | None = None,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
    since: date | None = None,
    within: timedelta | None = None,
) -> Tally | Reaches:
    """Earned when a person's rows hold ``reaches`` different values of ``field``.

    With ``within``, among the rows that lie within that time.
    """
    measure = measured(model, "distinct", by=by, field=field, where=where, each=each, at=at, since=since)
    tally = _tally(measure, within)
    return tally if reaches is None else tally.reaches(reaches)
