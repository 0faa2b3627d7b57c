"""Prerequisites set in the admin: rules that are kept in the database, and otherwise rules like any other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django_badger._engine.aliases import award_alias
from django_badger._engine.woken import Candidate
from django_badger.models import Badge
from django_badger.registry import registry
from django_badger.rules import at_least
from django_badger.rules.combining import AtLeast
from django_badger.rules.holding import Has


def rule_from(badge: Badge, needed: Collection[Badge]) -> AtLeast:
    """Return the rule that a badge's prerequisites are."""
    enough = min(badge.prerequisites_needed or len(needed), len(needed))
    return at_least(enough, *(_has(one) for one in sorted(needed, key=lambda one: one.slug)))


def _has(needed: Badge) -> Has:
    """Return the rule of one prerequisite: with its declared title, which readers see in their language, if there is one."""
    declared = registry.get(needed.slug)
    unseen = needed.secret or needed.status == Badge.Status.DRAFT
    return Has(needed.slug, declared.title if declared else needed.title, unseen=unseen)


def prerequisite_rules(badges: Any) -> dict[Any, tuple[Badge, AtLeast]]:
    """Return badge and rule by key, of those among ``badges`` (a queryset) that have prerequisites. One query."""
    links = Badge.prerequisites.through._base_manager.using(award_alias()).filter(from_badge__in=badges)
    needed: dict[Badge, list[Badge]] = defaultdict(list)
    for link in links.select_related("from_badge", "to_badge"):
        needed[link.from_badge].append(link.to_badge)
    return {badge.pk: (badge, rule_from(badge, badges)) for badge, badges in needed.items()}


def waiting_for(slugs: Collection[Any], people: Collection[Any]) -> list[Candidate]:
    """Return the published badges that wait for one of these, as candidates for these people."""
    waiting = Badge.objects.using(award_alias()).published().filter(prerequisites__slug__in=slugs).values("pk")
    found = prerequisite_rules(waiting).values()
    return [Candidate(badge.slug, rule, {*people} - {None}, badge.valid_for) for badge, rule in found]
