"""Rules made of rules: all, any, at least n of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from django.utils.functional import lazy
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from django_badger.rules.digest import digest
from django_badger.rules.protocol import Reads, Rule
from django_badger.verdicts import Explanation, Nth, Reading, nth, when_read

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts


class Combines:
    """Gives a rule ``&``, ``|`` and a version made from its fields."""

    def __and__(self, other: Rule) -> AtLeast:
        """Return the rule that needs both."""
        return _joined(both, self, other)

    def __or__(self, other: Rule) -> AtLeast:
        """Return the rule that needs one of the two."""
        return _joined(either, self, other)

    def version(self) -> str:
        """Return a short digest of the declaration."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return digest(self)


@dataclass(frozen=True)
class AtLeast(Combines):
    """The rule "at least so many of these hold"."""

    needed: int
    parts: tuple[Rule, ...]

    def wakes_on(self) -> frozenset[str]:
        """Wake on whatever wakes one of the parts."""
        return frozenset().union(*(part.wakes_on() for part in self.parts))

    def people(self, event: Event) -> Iterable[Any]:
        """Return everybody whom one of the parts is about."""
        return {person for part in self.parts if event.key in part.wakes_on() for person in part.people(event)}

    def reads(self) -> Reads:
        """Read what all parts read."""
        return self._reads

    @cached_property
    def _reads(self) -> Reads:
        return reduce(Reads.__or__, (part.reads() for part in self.parts))

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return how many parts hold, for each occasion that one of them names."""
        answers = [part.readings(facts, user_id) for part in self.parts]
        occasions = {occasion for answer in answers for occasion in answer} - {""} or {""}
        return {occasion: self._reading(answers, occasion) for occasion in occasions}

    def stands(self, facts: Facts, user_id: Any) -> frozenset[str]:
        """Return the occasions for which enough of the parts are true now."""
        answers = [standing(part, facts, user_id) for part in self.parts]
        occasions = frozenset().union(*answers) - {""} or {""}
        return frozenset(
            occasion for occasion in occasions if sum(bool({occasion, ""} & one) for one in answers) >= self.needed
        )

    def _reading(self, answers: list[Mapping[str, Reading]], occasion: str) -> Reading:
        found = [answer.get(occasion) or answer.get("") for answer in answers]
        holding = [reading for reading in found if reading and reading.earned]
        number, goal = Decimal(len(holding)), Decimal(self.needed)
        evidence = {"parts": [dict(reading.evidence) for reading in holding]}
        known = tuple(reading.at for reading in holding if reading.at)
        asked = tuple(reading.crossing for reading in holding if reading.crossing)
        if not asked:
            return Reading(number, goal, nth(self.needed, known), None, evidence)
        latest = self._latest(holding)
        if latest in known:  # the last part that was missing: when the others were fulfilled makes no difference
            return Reading(number, goal, latest, None, evidence)
        return Reading(number, goal, None, Nth(self.needed, known, asked), evidence, latest)

    def _latest(self, holding: list[Reading]) -> datetime | None:
        """Return a moment by which so many held as are needed: the last of theirs, where all say when and none is too many."""
        moments = [reading.at or reading.latest for reading in holding]
        known = [moment for moment in moments if moment]
        return max(known) if len(known) == len(moments) == self.needed else None

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return the parts, each with its own explanation."""
        parts = tuple(part.explain(facts, user_id) for part in self.parts)
        holding = Decimal(sum(part.holds for part in parts))
        moments = sorted(part.at for part in parts if part.holds and part.at)
        at = moments[self.needed - 1] if len(moments) >= self.needed else None
        return Explanation(when_read(self._headline), holding >= self.needed, holding, Decimal(self.needed), at, parts)

    def _headline(self) -> str:
        return capfirst(str(self._heading()))

    def _heading(self) -> str | Promise:
        if self.needed == len(self.parts):
            return _("all of these")
        return _("one of these") if self.needed == 1 else format_lazy(_("{needed} of these"), needed=self.needed)

    def text(self) -> str | Promise:
        """Return the sentences of the parts in one."""
        if len(self.parts) == 1:
            return self.parts[0].text()
        # What a part lists itself stands in brackets: nobody could tell where it ends.
        texts = [format_lazy("({})", part.text()) if _lists(part) else part.text() for part in self.parts]
        return format_lazy(_("{heading}: {parts}"), heading=self._heading(), parts=_joined_texts(texts))


def standing(rule: Any, facts: Facts, user_id: Any) -> frozenset[str]:
    """Return the occasions for which a rule is true now, whatever was earned before."""
    if hasattr(rule, "stands"):
        return frozenset(rule.stands(facts, user_id))
    return frozenset(occasion for occasion, reading in rule.readings(facts, user_id).items() if reading.earned)


def _lists(rule: Any) -> bool:
    return isinstance(rule, AtLeast) and len(rule.parts) > 1


def _join_texts(texts: list[str | Promise]) -> str:
    return pgettext("between the parts of a rule", "; ").join(str(text) for text in texts)


_joined_texts = lazy(_join_texts, str)


def _flat(rule: Any, needed_of: Any) -> tuple[Rule, ...]:
    return rule.parts if isinstance(rule, AtLeast) and rule.needed == needed_of(rule) else (rule,)


def _joined(join: Callable[[Any, Any], AtLeast], left: Any, right: Any) -> AtLeast:
    """Return the joined rule; Python says what it thinks of ``rule & 3``."""
    return join(left, right) if isinstance(right, Rule) else NotImplemented


def both(left: Any, right: Any) -> AtLeast:
    """Return the rule that needs both; ``a & b & c`` is one rule of three parts."""
    parts = (*_flat(left, lambda rule: len(rule.parts)), *_flat(right, lambda rule: len(rule.parts)))
    return AtLeast(len(parts), parts)


def either(left: Any, right: Any) -> AtLeast:
    """Return the rule that needs one of two; ``a | b | c`` is one rule of three parts."""
    return AtLeast(1, (*_flat(left, lambda _rule: 1), *_flat(right, lambda _rule: 1)))
