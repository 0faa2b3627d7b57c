"""The rule of badges whose progress the host reports: the counter reaches the goal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import lazy

from django_badger import wording
from django_badger.definitions import Declaration
from django_badger.models import Progress
from django_badger.rules.measures import Measure
from django_badger.rules.protocol import Rule
from django_badger.rules.reaching import Reaches
from django_badger.verdicts import in_digits

if TYPE_CHECKING:
    from django.utils.functional import Promise


@lru_cache(maxsize=4096)
def counter(slug: str) -> Measure:
    """Return the measure of a badge's counter."""
    return Measure(Progress, "user", "total", "current", Q(badge__slug=slug), None, "updated_at")


@dataclass(frozen=True)
class Reported(Reaches):
    """The rule "the counter reaches the goal": people know neither its table nor its column."""

    def text(self) -> str | Promise:
        """Return the number."""
        return _reach(self.goal)

    def version(self) -> str:
        """Return the goal: the counter is the badge's own, whatever it is called."""
        return f"progress:{in_digits(self.goal)}"


_reach = lazy(wording.reach, str)


def rule_of(declaration: Declaration) -> Rule | None:
    """Return the rule of a declared badge: its own, or that its counter reaches its goal."""
    if declaration.goal is not None:
        return Reported(counter(declaration.slug), declaration.goal)
    return declaration.when
