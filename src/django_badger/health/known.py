"""What is asked of the database about the health of some badges: a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Q

from django_badger._engine import noting
from django_badger._engine.aliases import award_alias
from django_badger._engine.explaining import rules_of
from django_badger.health.reach import needs, within_reach
from django_badger.health.tallies import Tally, tallies_of
from django_badger.models import Badge
from django_badger.people import number_of_people
from django_badger.prerequisites import stored_graph
from django_badger.registry import registry
from django_badger.rules.protocol import Rule


@dataclass(frozen=True)
class Known:
    """All that the findings are made of: of the badges asked about, those of their series, and what they need."""

    at: datetime
    badges: Mapping[str, Badge]
    rules: Mapping[str, Rule]
    tallies: Mapping[Any, Tally]
    people: int
    noted: Mapping[str, datetime]

    def tally(self, pk: Any) -> Tally:
        """Return the awards of a badge."""
        return self.tallies.get(pk, Tally())

    def is_ruled(self, badge: Badge) -> bool:
        """Whether anything but people awards it."""
        declared = registry.get(badge.slug)
        return badge.slug in self.rules or bool(declared and declared.decide)

    def evaluated_at(self, badge: Badge) -> datetime | None:
        """Return when it was last evaluated, as far as is known: written, noted in this process, or to be seen by an award."""
        moments = (badge.evaluated_at, self.noted.get(badge.slug), self.tally(badge.pk).earned_at)
        return max(filter(None, moments), default=None)

    def can_be_earned(self, slug: str) -> bool:
        """Whether a badge's life lets it be earned today, whatever its rule says."""
        badge = self.badges.get(slug)
        if badge is None:
            return slug in registry  # its row is made when it is first needed
        return badge.is_published and (badge.ends_at is None or badge.ends_at > self.at)

    @cached_property
    def in_reach(self) -> set[str]:
        """The badges that somebody can come to hold, or holds."""
        held = {slug for slug, badge in self.badges.items() if self.tally(badge.pk).standing}
        return within_reach(self._earnable, self.rules, held)

    @cached_property
    def in_reach_of_all(self) -> set[str]:
        """The badges that somebody can come to hold who holds none."""
        return within_reach(self._earnable, self.rules)

    @cached_property
    def _earnable(self) -> set[str]:
        named = {slug for rule in self.rules.values() for slug in needs(rule)}
        return {slug for slug in {*self.badges, *named} if self.can_be_earned(slug)}

    @cached_property
    def easier(self) -> Mapping[str, Badge]:
        """The badge before each one of a series that has tiers: in the order they are declared, others as they were made."""
        declared = {one.slug: place for place, one in enumerate(registry)}
        tiers = [one for one in self.badges.values() if one.series and one.tier and self.can_be_earned(one.slug)]
        tiers.sort(key=lambda one: (one.series, declared.get(one.slug, len(declared)), one.pk))
        return {harder.slug: easier for easier, harder in pairwise(tiers) if easier.series == harder.series}


def known_of(badges: Collection[Badge], at: datetime) -> Known:
    """Ask what the health of these badges takes."""
    rows = {badge.slug: badge for badge in _with_neighbours(badges)} | {badge.slug: badge for badge in badges}
    rules = rules_of(rows.values())
    ruled = {slug: rules[row.pk] for slug, row in rows.items() if row.pk in rules}
    return Known(at, rows, ruled, tallies_of(rows.values(), at), number_of_people(), noting.noted())


def _with_neighbours(badges: Collection[Badge]) -> Iterable[Badge]:
    """Return the rows of the badges of their series, and of all that these badges need, and what that needs in turn."""
    stored = stored_graph()
    needed: set[str] = set()
    open_ones = {badge.slug for badge in badges}
    while open_ones:
        slug = open_ones.pop()
        declared = registry.get(slug)
        found = needs(declared.when) if declared and declared.when else stored.get(slug, set())
        open_ones |= found - needed
        needed |= found
    series = {badge.series for badge in badges if badge.series}
    rows = Badge.objects.using(award_alias())
    return rows.filter(Q(slug__in=needed) | Q(series__in=series)) if needed or series else ()
