"""The awards of badges in numbers; those of a badge with very many are kept for some minutes in the site's cache."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max, Q

from django_badger._engine.aliases import award_alias
from django_badger.models import Award, Badge

#: Up to how many standing awards of one badge are counted each time: that is quick, and seen at once.
COUNTED = 10_000
#: For how many seconds other numbers are kept.
KEPT = 300


class Tally(NamedTuple):
    """The awards of a badge.

    How many stand, how many people hold it, when its rule last brought one, and how many of those that stand an earlier
    version of its rule has brought.
    """

    standing: int = 0
    holders: int = 0
    earned_at: datetime | None = None
    earlier: int = 0


def tallies_of(badges: Collection[Badge], at: datetime) -> Mapping[Any, Tally]:
    """Return the tallies of those of these badges that have awards, by key: two queries, none for what is kept."""
    names = {badge.pk: f"badger.health.{badge.pk}.{badge.rule_version}" for badge in badges}
    kept = cache.get_many(names.values())
    found: dict[Any, Tally] = {pk: kept[name] for pk, name in names.items() if name in kept}
    counted = _counted(names.keys() - found.keys(), at) if len(found) < len(names) else {}
    many = {names[pk]: tally for pk, tally in counted.items() if tally.standing > COUNTED}
    if many:
        cache.set_many(many, KEPT)
    return found | counted


def _counted(keys: Collection[Any], at: datetime) -> dict[Any, Tally]:
    awards = Award.objects.using(award_alias()).filter(badge__in=list(keys)).order_by()
    stands = Q(ended="") & (Q(expires_at=None) | Q(expires_at__gt=at))
    brought = Q(route=Award.Route.RULE) & ~Q(ended=Award.Ended.RETRACTED)
    rows = awards.values_list("badge").annotate(
        badger_standing=Count("pk", filter=stands),
        badger_holders=Count("recipient", filter=stands, distinct=True),
        badger_earned=Max("awarded_at", filter=brought),
    )
    of_earlier_rules = (
        awards.filter(stands).by_earlier_rules().values_list("badge").annotate(badger_earlier=Count("pk"))
    )
    earlier = dict(of_earlier_rules)
    return {pk: Tally(*numbers)._replace(earlier=earlier.get(pk, 0)) for pk, *numbers in rows}
