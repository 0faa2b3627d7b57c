"""Prerequisites set in the admin: rules that are kept in the database, and otherwise rules like any other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from django_badger._engine.aliases import award_alias
from django_badger._engine.listening import Candidate
from django_badger.models import Badge
from django_badger.registry import registry
from django_badger.rules import at_least
from django_badger.rules.combining import AtLeast
from django_badger.rules.holding import Has
from django_badger.rules.protocol import Rule


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


def waiting_for(
    awarded: Collection[Any], ended: Collection[Any], doubted: Collection[Any], *, people: Collection[Any]
) -> list[Candidate]:
    """Return the badges that can be earned and wait for one of the ``awarded``, as candidates for these people.

    Of those whose awards lapse, also what waited for one of the ``ended``, and the ``doubted`` themselves.
    """
    concerned = Q(prerequisites__slug__in=awarded)
    if ended or doubted:
        lapses = Q(retention=Badge.Retention.WHILE_TRUE)
        concerned |= lapses & (Q(prerequisites__slug__in=ended) | Q(slug__in=doubted))
    waiting = Badge.objects.using(award_alias()).open_at(timezone.now()).filter(concerned).values("pk")
    return [candidate_of(badge, rule, people) for badge, rule in prerequisite_rules(waiting).values()]


def candidate_of(badge: Badge, rule: Rule, people: Iterable[Any]) -> Candidate:
    """Return a badge whose rule is kept in the database as a candidate for these people."""
    lapses = badge.retention == Badge.Retention.WHILE_TRUE
    return Candidate(badge.slug, rule, {*people} - {None}, badge.valid_for, lapses=lapses, grace=badge.grace)
