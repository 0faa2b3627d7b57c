"""Rules about numbers that fall again: earned once they are reached, and true as long as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_badger.rules.lengths import in_words as told
from django_badger.rules.protocol import EARNERS, Reads
from django_badger.rules.reaching import Reaches, in_words
from django_badger.rules.whom import Whom
from django_badger.verdicts import Explanation, Reading

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.rules.facts import Facts


@dataclass(frozen=True)
class ReachesOnce(Reaches):
    """The rule "this measure, which may fall again, once reached this goal"."""

    def reads(self) -> Reads:
        """Read how high it ever was, and how high it is now."""
        return Reads(measures=frozenset({self.measure, self.measure.now}))

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return the highest value where it reached the goal, else the value of now."""
        now = self._now(facts, user_id)
        found = super().readings(facts, user_id)
        return {one: it if it.earned else it._replace(current=min(it.current, now)) for one, it in found.items()}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return the number of now, and whether the goal was ever reached."""
        found = super().explain(facts, user_id)
        return replace(found, current=self._now(facts, user_id)) if found.holds else found

    def stands(self, facts: Facts, user_id: Any) -> frozenset[str]:
        """Return whether the value of now reaches the goal: the one occasion that there is, or none."""
        return frozenset({""}) if self._now(facts, user_id) >= self.goal else frozenset()

    def keepers(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any]:
        """Return the query of those whose value of now reaches the goal."""
        found: QuerySet[Any, Any] = self.measure.now.values(people, using, at)
        return found.filter(badger_number__gte=self.goal).values_list(*EARNERS)

    def _now(self, facts: Facts, user_id: Any) -> Decimal:
        value = facts.value(self.measure.now, user_id).get("")
        return value.number if value else Decimal(0)


@dataclass(frozen=True)
class ReachesWithin(ReachesOnce):
    """The rule "this measure reaches this goal within so long a time"."""

    def text(self) -> str | Promise:
        """Return the number, what is counted, and within how long."""
        what, length = in_words(self.measure.measure, self.goal), told(self.measure.length)
        return format_lazy(_("{what} within {length}"), what=what, length=length)
