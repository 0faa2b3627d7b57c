"""When lines were crossed: asked of the data, where a verdict cannot tell by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Value

from django_badger._engine.aliases import source_alias
from django_badger.verdicts import Crossing

#: Whose crossing of which line is asked for.
Crossings = Mapping[Crossing, Collection[Any]]
COLUMNS = ("badger_arm", "badger_user", "badger_text", "badger_at")
#: How many lines, and people each, one statement asks about: SQLite takes 500 arms and 32,766 parameters.
LINES_AT_ONCE = 50
PEOPLE_AT_ONCE = 500


def moments(crossings: Crossings) -> dict[tuple[Any, Any, str], Any]:
    """Return the moments by (crossing, person, occasion): one query a database, for up to 50 lines and 500 people."""
    asked = list(crossings)
    found: dict[tuple[Any, Any, str], Any] = {}
    for first, *others in _unions(crossings):
        # order_by(): a union takes up its first model's default ordering again, by columns that it does not have.
        rows = first.union(*others, all=True).order_by() if others else first
        for number, person, occasion, moment in rows:
            if moment is not None:
                key = (asked[number], person, occasion)
                found[key] = min(moment, found.get(key, moment))
    return found


def _unions(crossings: Crossings) -> Iterator[list[Any]]:
    """Return the queries that are asked together."""
    arms: dict[str, list[Any]] = defaultdict(list)
    for number, ((measure, goal), people) in enumerate(crossings.items()):
        alias = source_alias(measure.model)
        everybody = sorted(people, key=str)
        for start in range(0, len(everybody), PEOPLE_AT_ONCE):
            rows = measure.crossings(everybody[start : start + PEOPLE_AT_ONCE], goal, alias)
            arms[alias].append(rows.annotate(badger_arm=Value(number)).values_list(*COLUMNS))
    for found in arms.values():
        for start in range(0, len(found), LINES_AT_ONCE):
            yield found[start : start + LINES_AT_ONCE]
