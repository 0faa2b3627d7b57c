"""How rare badges are: the share of people who hold each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import gettext as _

from django_badger.models import Award, AwardQuerySet, Badge
from django_badger.people import number_of_people

#: For how many seconds a number is kept in the site's cache: counting a million awards takes a while.
KEPT = 300
#: The same for the number of people, which changes slowly.
KEPT_PEOPLE = 3600
PEOPLE = "badger.people"
#: Up to how many holders of one badge are counted each time: that is quick, and seen at once.
COUNTED = 10_000


def rarity_of(badges: Sequence[Badge]) -> Mapping[Any, str]:
    """Return, by key, which share of the site's people hold each badge, in words; nothing where nobody does.

    What is hidden or in no list is not counted. At most two queries, and none for what was counted in the last minutes.
    """
    holders = _holders([badge.pk for badge in badges])
    return {key: rarity_in_words(number) for key, number in holders.items() if number}


def number_of_holders(badge: Badge, awards: AwardQuerySet) -> int:
    """Return how many people have these awards of a badge: exactly, or as of a few minutes ago where they are very many."""
    kept: int = cache.get(_name(badge.pk), 0)
    if kept > COUNTED:
        return kept
    number = awards.order_by().values("recipient").distinct().count()
    if number > COUNTED:
        cache.set(_name(badge.pk), number, KEPT)
    return number


def rarity_in_words(holders: int) -> str:
    """Return which share of the site's people so many are, in words; nothing for nobody."""
    if not holders:
        return ""
    everybody: int = cache.get_or_set(PEOPLE, number_of_people, KEPT_PEOPLE) or 0
    percent = Decimal(100 * holders) / max(holders, everybody)
    if percent < 1:
        return _("Held by fewer than %(percent)s %% of people") % {"percent": 1}
    return _("Held by %(percent)s %% of people") % {"percent": percent.to_integral_value(ROUND_HALF_UP)}


def forget(badges: Iterable[Any]) -> None:
    """Forget how many people hold these badges (keys): somebody has just hidden them, or shows them again."""
    cache.delete_many([_name(badge) for badge in badges])


def _name(badge: Any) -> str:
    return f"badger.holders.{badge}"


def _holders(keys: Sequence[Any]) -> dict[Any, int]:
    kept = cache.get_many([_name(key) for key in keys])
    found = {key: kept[_name(key)] for key in keys if _name(key) in kept}
    missing = [key for key in keys if key not in found]
    if missing:
        awards = Award.objects.shown().filter(badge__in=missing).order_by()
        counted = dict.fromkeys(missing, 0) | dict(
            awards.values_list("badge").annotate(Count("recipient", distinct=True))
        )
        cache.set_many({_name(key): number for key, number in counted.items()}, KEPT)
        found |= counted
    return found
