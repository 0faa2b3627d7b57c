"""The rule of badges whose progress the host reports: the counter reaches the goal."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q

from django_badger.definitions import Declaration
from django_badger.models import Progress
from django_badger.rules.measures import Measure
from django_badger.rules.protocol import Rule
from django_badger.rules.reaching import Reaches


@lru_cache(maxsize=4096)
def counter(slug: str) -> Measure:
    """Return the measure of a badge's counter."""
    return Measure(Progress, "user", "total", "current", Q(badge__slug=slug), None, "updated_at")


def rule_of(declaration: Declaration) -> Rule | None:
    """Return the rule of a declared badge: its own, or that its counter reaches its goal."""
    if declaration.goal is not None:
        return Reaches(counter(declaration.slug), declaration.goal)
    return declaration.when
