"""guestbook/days_in_a_row.py: a rule of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from django_badger import rules
from django_badger.events import Event
from django_badger.rules.facts import Facts
from django_badger.rules.protocol import Reads
from django_badger.rules.reaching import Reaches
from django_badger.verdicts import Explanation, Reading


@dataclass(frozen=True)
class DaysInARow:
    """Earned by rows on so many days, one after the other."""

    daily: Reaches
    goal: int

    def wakes_on(self) -> frozenset[str]:
        return self.daily.wakes_on()

    def people(self, event: Event) -> Iterable[Any]:
        return self.daily.people(event)

    def reads(self) -> Reads:
        return self.daily.reads()

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        row, longest, reached, before = 0, 0, None, date.min
        for day, value in sorted(facts.value(self.daily.measure, user_id).items()):
            today = date.fromisoformat(day)
            row = row + 1 if today - before == timedelta(days=1) else 1
            longest, before = max(longest, row), today
            if row == self.goal and reached is None:
                reached = value.newest
        return {"": Reading(Decimal(longest), Decimal(self.goal), reached, evidence={"days": longest})}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        reading = self.readings(facts, user_id)[""]
        return Explanation(self.text(), reading.earned, reading.current, reading.goal, reading.at)

    def text(self) -> str:
        return _("%(days)s days in a row") % {"days": self.goal}

    def version(self) -> str:
        return f"{self.daily.version()}-{self.goal}"


def days_in_a_row(model: type[Model], *, by: str, at: str, reaches: int) -> DaysInARow:
    """Earned by rows of ``model`` on ``reaches`` days, one after the other."""
    return DaysInARow(rules.created(model, by=by, each=rules.day(at), at=at), reaches)
