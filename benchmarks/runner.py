"""The door to bulk acts, and the ranges that they work in."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Max

from django_badger.models import Run, RunRange
from django_badger.runs import backfill


def whole(slugs: Collection[str]) -> Run:
    """Award everybody who has earned these badges."""
    return backfill(slugs)


def changed(slugs: Collection[str]) -> Run:
    """Do the same for people with rows that no finished run has seen."""
    return backfill(slugs, recent=True)


def ranges(run: Run) -> list[tuple[int, int]]:
    """Return the ranges of people (keys) in which a run has worked: a floor works in the same."""
    return [(int(one.first), int(one.last)) for one in RunRange.objects.filter(run=run).order_by("number")]


def longest(run: Run) -> float:
    """Return how many seconds the longest range of a run took, from its lock to its commit."""
    found: float = RunRange.objects.filter(run=run).aggregate(longest=Max("seconds"))["longest"]
    return found
