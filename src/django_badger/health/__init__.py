"""Rule health: what badges do by themselves, and what is wrong with them; looked at, never written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django_badger.health.findings import CODES, EASY, MANY, QUIET, RECENT, Finding, findings_of
from django_badger.health.known import Known, known_of
from django_badger.models import Badge

__all__ = ["CODES", "EASY", "MANY", "QUIET", "RECENT", "Finding", "Health", "health"]

#: About how many badges is asked at a time.
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Health:
    """How a badge's rule is doing.

    ``ruled`` says whether it has one: a rule, a goal, a function or prerequisites; a badge that people award has none,
    and no findings. ``evaluated_at`` is when it was last evaluated, to within ten minutes, and ``earned_at`` when it last
    brought an award; None: never, as far as is known. ``standing`` awards are held today, by whatever road, ``earlier``
    of them by an earlier version of the rule.
    """

    badge: Badge
    ruled: bool
    evaluated_at: datetime | None
    earned_at: datetime | None
    standing: int
    earlier: int
    findings: tuple[Finding, ...] = ()

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that ask for somebody to do something."""
        return tuple(finding for finding in self.findings if finding.problem)

    def without(self, codes: Collection[str]) -> Health:
        """Return the same without the findings of these codes."""
        return replace(self, findings=tuple(one for one in self.findings if one.code not in codes))


def health(badges: Iterable[Badge], *, at: datetime) -> Mapping[Any, Health]:
    """Return how these badges (rows) are doing at this moment, by key; texts are in the language that is active.

    Six queries for up to a thousand badges. Awards are counted whether hidden or not: show it to those who manage badges.
    Numbers of a badge with more than 10,000 awards may be five minutes old.
    """
    rows = list(badges)
    found: dict[Any, Health] = {}
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        known = known_of(some, at)
        found |= {badge.pk: _health(badge, known) for badge in some}
    return found


def _health(badge: Badge, known: Known) -> Health:
    tally = known.tally(badge.pk)
    return Health(
        badge, known.is_ruled(badge), known.evaluated_at(badge), tally.earned_at, tally.standing, tally.earlier,
        tuple(findings_of(badge, known)),
    )  # fmt: skip
