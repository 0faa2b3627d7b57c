"""When lines were crossed: asked of the data, where a verdict cannot tell by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Value

from django_badger._engine.aliases import source_alias

#: (measure, goal) pairs, and whose crossing is asked for.
Crossings = Mapping[Any, Collection[Any]]
COLUMNS = ("badger_arm", "badger_user", "badger_text", "badger_at")


def moments(crossings: Crossings) -> dict[tuple[Any, Any, str], Any]:
    """Return the moments by (crossing, person, occasion): one query a database, however many crossings."""
    asked = list(crossings.items())
    arms: dict[str, list[Any]] = defaultdict(list)
    for number, ((measure, goal), people) in enumerate(asked):
        alias = source_alias(measure.model)
        rows = measure.crossings(sorted(people, key=str), goal, alias)
        arms[alias].append(rows.annotate(badger_arm=Value(number)).values_list(*COLUMNS))
    found: dict[tuple[Any, Any, str], Any] = {}
    for first, *others in arms.values():
        for number, person, occasion, moment in first.union(*others, all=True) if others else first:
            if moment is not None:
                key = (asked[number][0], person, occasion)
                found[key] = min(moment, found.get(key, moment))
    return found
