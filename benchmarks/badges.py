"""The badges of a case: declared for it, with their rows, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import Q

from benchmarks.posts.models import Post
from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.definitions import Declaration
from django_badger.models import Badge
from django_badger.testing import isolated_registry

Declare = Callable[[], object]


@contextmanager
def declared(declare: Declare) -> Iterator[list[Badge]]:
    """Declare the badges of a case, and no others; give their rows in the order of their keys."""
    with isolated_registry() as registry:
        declare()
        sync()
        yield list(Badge.objects.filter(slug__in=[one.slug for one in registry]).order_by("pk"))


def declarations_of(declare: Declare) -> list[Declaration]:
    """Return the declarations of a case, whose rows are made."""
    with isolated_registry() as registry:
        declare()
        sync()
        return list(registry)


@contextmanager
def again(declarations: Sequence[Declaration]) -> Iterator[None]:
    """Have these badges declared, and no others, whose rows are there."""
    with isolated_registry() as registry:
        for one in declarations:
            registry.add(one)
        yield


def counting(goals: Sequence[int], *, measures: int = 1) -> Declare:
    """Return what declares a badge for each goal: so many posts, over so many measures in turn."""

    def declare() -> None:
        for number, goal in enumerate(goals):
            badge(f"posts-{number}", title=f"Badge {number}", when=posts(goal, number % measures))

    return declare


def posts(goal: int, measure: int = 0) -> Any:
    """Return the rule "so many posts"; another ``measure`` counts posts of another length, which all posts have."""
    where = Q(words__gte=measure) if measure else None
    return rules.count(Post, by="author", reaches=goal, where=where)
