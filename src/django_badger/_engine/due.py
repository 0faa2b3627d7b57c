"""What a bulk act is about: badges that may be earned, and the people who may have."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.utils import timezone

from django_badger._engine.aliases import award_alias
from django_badger._engine.explaining import rules_of
from django_badger._engine.failing import failed
from django_badger.models import Badge
from django_badger.rules.whom import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a bulk statement is about, in which database, at which moment; ``still``: of whom the rule is true now.

    ``badge``: who was awarded this one before need not be found. ``needed``: the keys of all badges that the rule names.
    """

    span: Span
    using: str
    at: datetime
    still: bool = False
    badge: Any = None
    needed: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A badge that may be earned: its key and slug, its rule, how long an award lasts, and whether it may lapse.

    ``since``: from when on it was what it is now.
    """

    pk: Any
    slug: str
    rule: Any
    valid_for: timedelta | None = None
    while_true: bool = False
    grace: timedelta | None = None
    since: datetime | None = None

    def evidence(self, found: Mapping[str, Any]) -> str:
        """Return the JSON of evidence, with the version of the rule."""
        return json.dumps({**found, "rule": self.rule.version()})


def due_badges(slugs: Collection[str]) -> list[list[Due]]:
    """Return the badges that can be earned now by a rule, and whatever waits for them, in levels.

    Named are ``slugs`` (none: all). What waits for a badge stands in a later level than the badge itself.
    """
    badges = list(Badge.objects.using(award_alias()).open_at(timezone.now()))
    rules = rules_of(badges)
    graph = {badge.slug: needed for badge in badges if (needed := _needed(badge, rules.get(badge.pk))) is not None}
    wanted = _with_those_that_wait(slugs, graph) if slugs else set(graph)
    found = {badge.slug: _due(badge, rules[badge.pk]) for badge in badges if badge.slug in wanted}
    return [[found[slug] for slug in level] for level in _levels({slug: graph[slug] & wanted for slug in wanted})]


def _needed(badge: Badge, rule: Any) -> set[str] | None:
    """Return which badges a rule reads; None where there is no rule, or where it fails to say so."""
    try:
        return None if rule is None else set(rule.reads().badges)
    except Exception as error:  # noqa: BLE001  badge code never breaks a run
        failed("saying what it reads", error, slug=badge.slug)
        return None


def _due(badge: Badge, rule: Any) -> Due:
    kept_while_true = badge.retention == Badge.Retention.WHILE_TRUE
    changes = [badge.published_at, badge.rule_changed_at, badge.starts_at, badge.updated_at]
    since = max((moment for moment in changes if moment), default=None)
    return Due(badge.pk, badge.slug, rule, badge.valid_for, kept_while_true, badge.grace, since)


def _with_those_that_wait(slugs: Collection[str], graph: Mapping[str, set[str]]) -> set[str]:
    wanted = set(slugs) & set(graph)
    while True:
        more = {slug for slug, needed in graph.items() if needed & (wanted | set(slugs))} - wanted
        if not more:
            return wanted
        wanted |= more


def _levels(graph: Mapping[str, set[str]]) -> Iterator[Sequence[str]]:
    """Return the badges in levels; a cycle, which the checks refuse, has none and is left out."""
    order = TopologicalSorter(graph)
    try:
        order.prepare()
    except CycleError:
        order = TopologicalSorter({slug: needed for slug, needed in graph.items() if not needed})
        order.prepare()
    while order.is_active():
        ready = sorted(order.get_ready())
        yield ready
        order.done(*ready)
