"""Whom a query is about: one person, some, a span of keys, or everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression


@dataclass(frozen=True, slots=True)
class Span:
    """Everybody whose key lies between two keys, both of which belong to it; None is open."""

    first: Any = None
    last: Any = None

    @property
    def closed(self) -> bool:
        """Whether it has two ends."""
        return self.first is not None and self.last is not None


@dataclass(frozen=True, slots=True)
class Queried:
    """Some people, whose keys are what a query gives."""

    keys: Expression


#: One person (an expression that gives a key), some (their keys, or what gives them), a span, or everybody (None).
Whom = Iterable[Any] | Expression | Queried | Span | None


def belonging(path: str, people: Whom) -> dict[str, Any]:
    """Return the condition that what ``path`` leads to is one of these people."""
    if people is None or people == Span():
        return {f"{path}__isnull": False}
    if isinstance(people, Span):
        ends = {f"{path}__gte": people.first, f"{path}__lte": people.last}
        return {name: key for name, key in ends.items() if key is not None}
    if isinstance(people, Queried):
        return {f"{path}__in": people.keys}
    return {path: people} if isinstance(people, Expression) else {f"{path}__in": people}
