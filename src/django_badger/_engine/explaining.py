"""Why or why not, and what comes next: the same facts and rules as awarding, read and not written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import wording
from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import failed
from django_badger._engine.prerequisites import prerequisite_rules
from django_badger._engine.probe import Question, probe
from django_badger._engine.reported import rule_of
from django_badger.models import Award, Badge
from django_badger.registry import registry
from django_badger.rules.facts import Facts
from django_badger.rules.protocol import Reads, Rule
from django_badger.verdicts import ONE, Explanation


@dataclass(frozen=True, slots=True)
class Next:
    """A badge that a person does not hold yet, and how far it is."""

    badge: Badge
    explanation: Explanation

    @property
    def percent(self) -> int:
        """How much of it is done, in whole percent."""
        return self.explanation.percent


def rules_of(badges: Iterable[Badge]) -> dict[Any, Rule]:
    """Return the rules of these badges by key: what code declares, else their prerequisites. At most one query."""
    rules: dict[Any, Rule] = {}
    others = []
    for badge in badges:
        declared = registry.get(badge.slug)
        rule = rule_of(declared) if declared else None
        if rule is not None:
            rules[badge.pk] = rule
        elif not (declared and declared.decide):
            others.append(badge.pk)
    if others:
        rules |= {pk: rule for pk, (_badge, rule) in prerequisite_rules(others).items()}
    return rules


def explain_all(
    badges: Iterable[Badge], user_id: Any, *, rules: Mapping[Any, Rule] | None = None
) -> dict[Any, Explanation]:
    """Return why one person has these badges, or not, by the badge's key; ``rules`` where they are known already."""
    badges = list(badges)
    rules = rules_of(badges) if rules is None else rules
    reads = reduce(Reads.__or__, (rules[badge.pk].reads() for badge in badges if badge.pk in rules), Reads())
    asked = {badge.slug for badge in badges} | reads.badges
    facts = probe(Question(frozenset(asked), reads), people=[user_id], at=timezone.now()).facts
    return {badge.pk: _explained(badge, rules.get(badge.pk), facts, user_id) for badge in badges}


def explain_working(
    badges: Iterable[Badge], user_id: Any, *, rules: Mapping[Any, Rule] | None = None
) -> dict[Any, Explanation]:
    """Return what :func:`explain_all` does, without the badges whose rule fails: those are logged and counted."""
    badges = list(badges)
    try:
        with _apart():
            return explain_all(badges, user_id, rules=rules)
    except Exception as error:  # noqa: BLE001  a rule is the site's code: whatever it raises, the page goes on
        if len(badges) == 1:
            failed("explaining", error, slug=badges[0].slug, user_id=user_id)
            return {}
    found: dict[Any, Explanation] = {}
    for badge in badges:
        found |= explain_working([badge], user_id, rules=rules)
    return found


def _apart() -> AbstractContextManager[Any]:
    """Return a savepoint where a transaction is going on: an error in SQL would break it for the rest of the page."""
    using = award_alias()
    return transaction.atomic(using=using) if connections[using].in_atomic_block else nullcontext()


def _explained(badge: Badge, rule: Rule | None, facts: Facts, user_id: Any) -> Explanation:
    if rule is not None:
        return rule.explain(facts, user_id)
    since = facts.since(badge.slug, user_id)
    held = since is not None
    return Explanation(wording.criteria(badge) or _("Awarded by people."), held, Decimal(held), ONE, since)


def next_for(user: Any, *, limit: int) -> list[Next]:
    """Return the badges that ``user`` is closest to, the closest first; what is held, secret or closed is left out."""
    mine = Award.objects.using(award_alias()).standing().to(user).values("badge")
    open_badges = Badge.objects.using(award_alias()).published().filter(secret=False).exclude(pk__in=mine)
    badges = {badge.pk: badge for badge in open_badges}
    ruled = rules_of(badges.values())
    explained = explain_working([badges[pk] for pk in ruled], user.pk, rules=ruled) if ruled else {}
    found = [Next(badges[pk], explanation) for pk, explanation in explained.items() if not explanation.holds]
    found.sort(key=lambda item: (-item.explanation.share, item.explanation.goal, item.badge.slug))
    return found[:limit]
