"""The words for "when": ``rules.count(Entry, by="author", reaches=10)``."""

from django_badger.rules.aging import age
from django_badger.rules.counting import count, created, distinct, total
from django_badger.rules.every import every
from django_badger.rules.happening import event
from django_badger.rules.holding import at_least, has, has_all, has_any
from django_badger.rules.in_a_row import streak
from django_badger.rules.occasions import day, month, year

__all__ = [
    "age",
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
    "streak",
    "total",
    "year",
]
