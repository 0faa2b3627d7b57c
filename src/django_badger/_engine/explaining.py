"""Why or why not, and what comes next: the same facts and rules as awarding, read and not written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import wording
from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import failed
from django_badger._engine.listening import reads_of_all
from django_badger._engine.prerequisites import prerequisite_rules
from django_badger._engine.probe import Question, probe
from django_badger._engine.reported import rule_of
from django_badger._engine.versions import version_of
from django_badger.models import Award, Badge
from django_badger.registry import registry
from django_badger.rules.facts import Facts
from django_badger.rules.protocol import Rule
from django_badger.verdicts import ONE, Explanation, when_read

#: How many badges are looked up besides those that are wanted, because some of them may be closed.
SPARE = 20


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


def version_today(badge: Badge) -> str:
    """Return the version that a badge's rule has today: declared, or made of its prerequisites; ``""`` without one."""
    declared = registry.get(badge.slug)
    version = version_of(declared) if declared else None
    rule = None if version else rules_of([badge]).get(badge.pk)
    return version or (rule.version() if rule else "")


#: What to explain, by slug: rules, and the badges themselves that have none.
Asked = Mapping[str, Rule | Badge]


def asked_of(badges: Iterable[Badge]) -> Asked:
    """Return what to explain about these badges. At most one query."""
    badges = list(badges)
    rules = rules_of(badges)
    return {badge.slug: rules.get(badge.pk) or badge for badge in badges}


def declared_rule(slug: str) -> Rule | None:
    """Return the rule of a badge, where code has one: its row need not be asked for."""
    declared = registry.get(slug)
    return rule_of(declared) if declared else None


def explain_asked(asked: Asked, user_id: Any) -> dict[str, Explanation]:
    """Return why one person has these badges, or not, by slug. One query a database."""
    reads = reads_of_all(one for one in asked.values() if not isinstance(one, Badge))
    question = Question(reads.badges.union(asked), reads)
    facts = probe(question, people=[user_id], at=timezone.now()).facts
    return {
        slug: _held(one, facts, user_id) if isinstance(one, Badge) else one.explain(facts, user_id)
        for slug, one in asked.items()
    }


def explain_working(asked: Asked, user_id: Any) -> dict[str, Explanation]:
    """Return what :func:`explain_asked` does, without the badges whose rule fails: those are logged and counted."""
    try:
        with _apart():
            return explain_asked(asked, user_id)
    except Exception as error:  # noqa: BLE001  a rule is the site's code: whatever it raises, the page goes on
        if len(asked) == 1:
            failed("explaining", error, slug=next(iter(asked)), user_id=user_id)
            return {}
    found: dict[str, Explanation] = {}
    for slug, one in asked.items():
        found |= explain_working({slug: one}, user_id)
    return found


def _apart() -> AbstractContextManager[Any]:
    """Return a savepoint where a transaction is going on: an error in SQL would break it for the rest of the page."""
    using = award_alias()
    return transaction.atomic(using=using) if connections[using].in_atomic_block else nullcontext()


def _held(badge: Badge, facts: Facts, user_id: Any) -> Explanation:
    since = facts.since(badge.slug, user_id)
    held = since is not None
    text = when_read(lambda: wording.criteria(badge) or _("Awarded by people."))
    return Explanation(text, held, Decimal(held), ONE, since)


def next_for(user: Any, *, limit: int) -> list[Next]:
    """Return the badges that ``user`` is closest to, the closest first; what is held, secret or closed is left out."""
    mine = Award.objects.using(award_alias()).standing().to(user).values("badge")
    open_badges = Badge.objects.using(award_alias()).open_at(timezone.now()).filter(secret=False).exclude(pk__in=mine)
    asked = {one.slug: rule for one in registry if not one.secret and (rule := rule_of(one))}
    for badge, rule in prerequisite_rules(open_badges.values("pk")).values():
        declared = registry.get(badge.slug)
        if badge.slug not in asked and not (declared and declared.decide):
            asked[badge.slug] = rule
    explained = explain_working(asked, user.pk) if asked else {}
    closest = sorted((-one.share, one.goal, slug) for slug, one in explained.items() if not one.holds)
    found: list[Next] = []
    # Whether they can be earned at all is asked of the closest: nearly always they can.
    for start in range(0, len(closest), limit + SPARE):
        slugs = [slug for _share, _goal, slug in closest[start : start + limit + SPARE]]
        badges = {badge.slug: badge for badge in open_badges.filter(slug__in=slugs)}
        found += [Next(badges[slug], explained[slug]) for slug in slugs if slug in badges]
        if len(found) >= limit:
            break
    return found[:limit]
