"""Rules that reach a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from django_badger import events
from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.combining import Combines
from django_badger.rules.lengths import spelled
from django_badger.rules.measures import Aggregate, Measure
from django_badger.rules.paths import field_at, follow
from django_badger.rules.protocol import EARNERS, Reads, best
from django_badger.rules.whom import Whom
from django_badger.verdicts import ZERO, About, Crossing, Explanation, Reading, in_digits, when_read

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts, Value

Number = int | Decimal


@dataclass(frozen=True)
class Reaches(Combines):
    """The rule "this measure reaches this goal"."""

    measure: Any
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
        return self.measure.alone  # type: ignore[no-any-return]  # any kind of measure

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return value and goal for every occasion that has rows."""
        found = facts.value(self.measure, user_id)
        return {occasion: self._reading(value) for occasion, value in found.items()}

    def earners(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any]:
        """Return the query of those whose value reaches the goal."""
        found: QuerySet[Any, Any] = self.measure.earners(people, self.goal, using)
        return found.values_list(*EARNERS)

    def _reading(self, value: Value) -> Reading:
        if value.number < self.goal:
            return Reading(value.number, self.goal)
        evidence = self.evidence(in_digits(value.number))
        if self.measure.at is None:
            return Reading(value.number, self.goal, evidence=evidence)
        if value.step is not None and value.number - value.step < self.goal:
            return Reading(value.number, self.goal, value.newest, evidence=evidence)
        # Where a row that does not say when may have crossed the line, the newest moment tells nothing about it.
        latest = value.newest if self.measure.dated else None
        return Reading(value.number, self.goal, None, Crossing(self.measure, self.goal), evidence, latest)

    def evidence(self, number: str) -> Mapping[str, Any]:
        """Return the number that was reached, and the goal."""
        return {"value": number, "goal": in_digits(self.goal)}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return the number so far: of the occasion that is going on, where there is one."""
        each, readings = self.measure.each, self.readings(facts, user_id)
        reading = best(readings, each.now() if each else "")
        if reading is None:
            return Explanation(when_read(self.text), holds=False, current=ZERO, goal=self.goal)
        if not reading.earned:
            return Explanation(when_read(self.text), holds=False, current=reading.current, goal=self.goal)
        occasion = next(occasion for occasion, one in readings.items() if one is reading)
        about = About(self.measure, occasion, reading.current, reading.at or reading.latest)
        return Explanation(
            when_read(self.text), holds=True, current=reading.current, goal=self.goal, at=reading.at, about=about
        )

    def text(self) -> str | Promise:
        """Return the number and what is counted."""
        return in_words(self.measure, self.goal)


def in_words(measure: Measure, goal: Decimal) -> str | Promise:
    """Return the number and what is counted, how often and since when."""
    meta = measure.model._meta
    words: dict[str, Any] = {
        "goal": spelled(int(goal) if goal == int(goal) else goal),
        "thing": meta.verbose_name,
        "things": meta.verbose_name_plural,
    }
    if measure.field:
        words["field"] = field_at(measure.model, measure.field).verbose_name
    sentence: Any = format_lazy(_sentence(measure.aggregate, int(goal)), **words)
    if measure.each is not None:
        frame: Any = measure.each.text
        sentence = format_lazy(frame, what=sentence, field=field_at(measure.model, measure.each.field).verbose_name)
    return sentence if measure.since is None else measure.since.framed(sentence)


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

    measure: Any
    rule: Callable[[Any, Decimal], Reaches] = Reaches

    def reaches(self, goal: Number) -> Reaches:
        """Return the rule "it reaches ``goal``"."""
        return self.rule(self.measure, goal_of(goal))


def is_number(value: Any) -> bool:
    """Whether this is a whole number or a decimal, and a finite one."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()


def goal_of(goal: Number) -> Decimal:
    """Return ``reaches=`` where it is a goal; else say what to write."""
    if not is_number(goal):
        msg = f"{declared_at()}: reaches={goal!r} is not a number: write an int or a Decimal, for example reaches=10"
        raise BadDeclaration(msg)
    if goal < 1:
        msg = f"{declared_at()}: reaches={goal} is reached by everybody who has done nothing: write 1 or more"
        raise BadDeclaration(msg)
    return Decimal(goal)
