"""Rows of what people let others see: the holder's own choices about their awards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, QuerySet, Value, When

from django_badger._engine.aliases import award_alias
from django_badger._engine.committed import once_committed
from django_badger._engine.failing import retried, together
from django_badger.models import Award, Showcase
from django_badger.rarity import forget


def choose(user_id: Any, **choices: bool) -> None:
    """Note what somebody chose: ``hidden``, ``unlisted``, or both."""
    rows: Any = Showcase.objects.using(award_alias())
    retried(lambda: rows.update_or_create(user_id=user_id, defaults=choices))
    awards = Award.objects.using(award_alias()).filter(recipient=user_id).order_by()
    once_committed(forget, list(awards.values_list("badge", flat=True).distinct()))


def set_hidden(award: Award, *, hidden: bool) -> bool:
    """Hide an award, or show it again; return False where it is so already."""
    rows = _rows([award.pk]).filter(hidden=not hidden)
    changed: bool = retried(lambda: rows.update(hidden=hidden)) == 1
    once_committed(forget, [award.badge_id])
    return changed


def pinned_by(user_id: Any) -> list[Any]:
    """Return the keys of the standing awards that somebody shows first, in their order."""
    rows = Award.objects.using(award_alias()).standing().filter(recipient=user_id, pinned__isnull=False)
    return list(rows.order_by("pinned", "-earned_at", "-pk").values_list("pk", flat=True))


def set_pinned(user_id: Any, awards: Sequence[Any]) -> None:
    """Let these awards (keys) be what somebody shows first, in this order, and no others."""
    places = Case(*(When(pk=key, then=Value(place)) for place, key in enumerate(awards, start=1)))
    dropped = Award.objects.using(award_alias()).filter(recipient=user_id, pinned__isnull=False).exclude(pk__in=awards)

    def work() -> None:
        dropped.update(pinned=None)
        if awards:
            _rows(awards).update(pinned=places)

    together(work)


def _rows(keys: Sequence[Any]) -> QuerySet[Award]:
    return Award.objects.using(award_alias()).filter(pk__in=keys)
