"""Rules that reach a number: created, count, total, distinct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db.models import Model, Q
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from django_badger import events
from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.combining import Combines
from django_badger.rules.kinds import misfits
from django_badger.rules.measures import Aggregate, Measure
from django_badger.rules.occasions import Each, Period, occasions_of, refuse_long
from django_badger.rules.paths import field_at, follow, when_field
from django_badger.rules.protocol import Reads, best
from django_badger.verdicts import Crossing, Explanation, Reading

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts, Value

M = TypeVar("M", bound=Model)
Number = int | Decimal


@dataclass(frozen=True)
class Trigger(Generic[M]):
    """What wakes a function: a row of a model was made. ``on=rules.created(Entry)``."""

    model: type[M]

    def wakes_on(self) -> frozenset[str]:
        """Return the keys of the events it wakes on."""
        return frozenset({events.saved(self.model)})

    def fits(self, event: Event) -> bool:
        """Whether this event is a new row, which is still there as far as it knows itself."""
        return event.created and event.subject.pk is not None

    def subject_of(self, event: Event) -> M:
        """Return what the function is called with."""
        return event.subject  # type: ignore[no-any-return]  # woken by the model's own key


@dataclass(frozen=True)
class Reaches(Combines):
    """The rule "this measure reaches this goal"."""

    measure: Measure
    goal: Decimal

    def wakes_on(self) -> frozenset[str]:
        """Wake when a row of the source is saved."""
        return frozenset({events.saved(self.measure.model)})

    def people(self, event: Event) -> Iterable[Any]:
        """Return the person whom the row belongs to."""
        if not isinstance(event.subject, self.measure.model):
            return ()
        owner = follow(event.subject, self.measure.by)
        return () if owner is None else (owner,)

    def reads(self) -> Reads:
        """Read the one measure."""
        return self.measure.alone

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return value and goal for every occasion that has rows."""
        found = facts.value(self.measure, user_id)
        return {occasion: self._reading(value) for occasion, value in found.items()}

    def _reading(self, value: Value) -> Reading:
        evidence = {"value": f"{value.number.normalize():f}", "goal": f"{self.goal.normalize():f}"}
        if value.number < self.goal or self.measure.at is None:
            return Reading(value.number, self.goal, evidence=evidence)
        if value.step is not None and value.number - value.step < self.goal:
            return Reading(value.number, self.goal, value.newest, evidence=evidence)
        return Reading(value.number, self.goal, None, Crossing(self.measure, self.goal), evidence, value.newest)

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return the number so far: of the occasion that is going on, where there is one."""
        each = self.measure.each
        reading = best(self.readings(facts, user_id), each.now() if each else "") or Reading(Decimal(0), self.goal)
        return Explanation(str(self.text()), reading.earned, reading.current, self.goal, reading.at)

    def text(self) -> str | Promise:
        """Return the number and what is counted."""
        meta = self.measure.model._meta
        words = {
            "goal": _number(int(self.goal) if self.goal == int(self.goal) else self.goal),
            "thing": meta.verbose_name,
            "things": meta.verbose_name_plural,
        }
        if self.measure.field:
            words["field"] = field_at(self.measure.model, self.measure.field).verbose_name
        sentence = format_lazy(_sentence(self.measure.aggregate, int(self.goal)), **words)
        each = self.measure.each
        if each is None:
            return sentence
        frame: Any = each.text
        return format_lazy(frame, what=sentence, field=field_at(self.measure.model, each.field).verbose_name)


#: A number in the reader's language.
_number = lazy(number_format, str)


def _sentence(aggregate: Aggregate, number: int) -> Any:
    # The model's names stand where every language has them as the model gives them: alone, or after a number.
    if aggregate == "total":
        return _("{field}: {goal} over all {things} together")
    if aggregate == "distinct":
        return ngettext_lazy(
            "{goal} value of {field} among your {things}",
            "{goal} different values of {field} among your {things}",
            number,
        )
    return ngettext_lazy("{goal} {thing}", "{goal} {things}", number)


@dataclass(frozen=True)
class Tally:
    """A measure without a goal yet: ``badge.tiers`` gives it several."""

    measure: Measure

    def reaches(self, goal: Number) -> Reaches:
        """Return the rule "it reaches ``goal``"."""
        return Reaches(self.measure, _goal(goal))


def is_number(value: Any) -> bool:
    """Whether this is a whole number or a decimal, and a finite one."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()


def _goal(goal: Number) -> Decimal:
    if not is_number(goal):
        msg = f"{declared_at()}: reaches={goal!r} is not a number: write an int or a Decimal, for example reaches=10"
        raise BadDeclaration(msg)
    if goal < 1:
        msg = f"{declared_at()}: reaches={goal} is reached by everybody who has done nothing: write 1 or more"
        raise BadDeclaration(msg)
    return Decimal(goal)


def measured(
    model: type[Model],
    aggregate: Aggregate,
    *,
    by: str,
    field: str,
    where: Q | None,
    each: str | Each | None,
    at: str | None,
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
    return Measure(model, by, aggregate, field, where or Q(), occasions, at or when_field(model))


@overload
def created(model: type[M]) -> Trigger[M]: ...
@overload
def created(
    model: type[Model], *, by: str, where: Q | None = None, each: str | Each | None = None, at: str | None = None
) -> Reaches: ...
def created(
    model: type[M],
    *,
    by: str | None = None,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
) -> Trigger[M] | Reaches:
    """Earned by the first row of ``model`` that belongs to a person.

    ``by`` is the path to the person, ``where`` says which rows count, ``each`` gives it once for each year, month or
    value of a field, ``at`` names the field that says when (found by itself where one has ``auto_now_add`` or a usual
    name). Without ``by`` it is no rule but the trigger of a function: ``on=rules.created(Entry)``.
    """
    if by is None:
        return Trigger(model)
    return Reaches(measured(model, "count", by=by, field="", where=where, each=each, at=at), Decimal(1))


@overload
def count(model: type[Model], *, by: str, where: Q | None = ..., at: str | None = ...) -> Tally: ...
@overload
def count(
    model: type[Model],
    *,
    by: str,
    reaches: Number,
    where: Q | None = ...,
    each: str | Each | None = ...,
    at: str | None = ...,
) -> Reaches: ...
def count(
    model: type[Model],
    *,
    by: str,
    reaches: Number | None = None,
    where: Q | None = None,
    each: str | Each | None = None,
    at: str | None = None,
) -> Tally | Reaches:
    """Earned when ``reaches`` rows of ``model`` belong to a person. The other words are those of :func:`created`."""
    measure = measured(model, "count", by=by, field="", where=where, each=each, at=at)
    return Tally(measure) if reaches is None else Reaches(measure, _goal(reaches))


@overload
def total(model: type[Model], field: str, *, by: str, where: Q | None = ..., at: str | None = ...) -> Tally: ...
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
) -> Tally | Reaches:
    """Earned when ``field``, added up over a person's rows, reaches a number. Floats are added as decimals."""
    measure = measured(model, "total", by=by, field=field, where=where, each=each, at=at)
    return Tally(measure) if reaches is None else Reaches(measure, _goal(reaches))


@overload
def distinct(model: type[Model], field: str, *, by: str, where: Q | None = ..., at: str | None = ...) -> Tally: ...
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
) -> Tally | Reaches:
    """Earned when a person's rows hold ``reaches`` different values of ``field``."""
    measure = measured(model, "distinct", by=by, field=field, where=where, each=each, at=at)
    return Tally(measure) if reaches is None else Reaches(measure, _goal(reaches))
