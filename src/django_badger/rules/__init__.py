"""The words for "when": ``rules.count(Entry, by="author", reaches=10)``."""

from django_badger.rules.every import every
from django_badger.rules.happening import event
from django_badger.rules.holding import at_least, has, has_all, has_any
from django_badger.rules.occasions import day, month, year
from django_badger.rules.reaching import count, created, distinct, total

__all__ = [
    "at_least",
    "count",
    "created",
    "day",
    "distinct",
    "event",
    "every",
    "has",
    "has_all",
    "has_any",
    "month",
    "total",
    "year",
]
