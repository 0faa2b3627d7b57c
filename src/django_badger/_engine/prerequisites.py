"""Prerequisites set in the admin: rules that are kept in the database, and otherwise rules like any other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django_badger._engine.aliases import award_alias
from django_badger._engine.woken import Candidate
from django_badger.models import Badge
from django_badger.rules import at_least, has
from django_badger.rules.combining import AtLeast


def rule_from(badge: Badge, titles: dict[str, str]) -> AtLeast:
    """Return the rule that a badge's prerequisites are; ``titles`` are those badges' titles by slug."""
    needed = min(badge.prerequisites_needed or len(titles), len(titles))
    return at_least(needed, *(_has(slug, title) for slug, title in sorted(titles.items())))


def _has(slug: str, title: str) -> Any:
    rule = has(slug)
    return type(rule)(slug, title)


def prerequisite_rules(badges: Any) -> dict[Any, tuple[Badge, AtLeast]]:
    """Return badge and rule by key, of those among ``badges`` (a queryset) that have prerequisites. One query."""
    links = Badge.prerequisites.through._base_manager.using(award_alias()).filter(from_badge__in=badges)
    names: dict[Badge, dict[str, str]] = defaultdict(dict)
    for link in links.select_related("from_badge", "to_badge"):
        names[link.from_badge][link.to_badge.slug] = link.to_badge.title
    return {badge.pk: (badge, rule_from(badge, titles)) for badge, titles in names.items()}


def waiting_for(slugs: Collection[Any], people: Collection[Any]) -> list[Candidate]:
    """Return the published badges that wait for one of these, as candidates for these people."""
    waiting = Badge.objects.using(award_alias()).published().filter(prerequisites__slug__in=slugs).values("pk")
    found = prerequisite_rules(waiting).values()
    return [Candidate(badge.slug, rule, {*people} - {None}, badge.valid_for) for badge, rule in found]
