"""When lines were crossed: asked of the data, where a verdict cannot tell by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Value

from django_badger._engine.aliases import source_alias
from django_badger._engine.statement import Blank, Statement, compiled
from django_badger.verdicts import Crossing

#: Whose crossing of which line is asked for.
Crossings = Mapping[Crossing, Collection[Any]]
COLUMNS = ("badger_arm", "badger_user", "badger_text", "badger_at")
#: How many lines, and people each, one statement asks about, and how many lines where it is about one person: SQLite
#: takes 500 arms and 32,766 parameters.
LINES_AT_ONCE = 50
PEOPLE_AT_ONCE = 500
LINES_OF_ONE = 400


def moments(crossings: Crossings) -> dict[tuple[Any, Any, str], Any]:
    """Return the moments by (crossing, person, occasion): one query a database, for up to 50 lines and 500 people."""
    asked = list(crossings)
    found: dict[tuple[Any, Any, str], Any] = {}
    for statement, values in _statements(crossings):
        for number, person, occasion, moment in statement.converted(statement.run(values)):
            if moment is not None:
                key = (asked[number], person, occasion)
                found[key] = min(moment, found.get(key, moment))
    return found


def _statements(crossings: Crossings) -> Iterator[tuple[Statement, Mapping[str, Any]]]:
    """Return the statements, with the values of their blanks: about one person they are kept."""
    people = set().union(*crossings.values())
    if len(people) == 1:
        lines = tuple(crossings)
        for start in range(0, len(lines), LINES_OF_ONE):
            some = lines[start : start + LINES_OF_ONE]
            for statement in _about_one(some, start, settings.AUTH_USER_MODEL):
                yield statement, {"person": next(iter(people))}
        return
    arms: dict[str, list[Any]] = defaultdict(list)
    for number, (line, those) in enumerate(crossings.items()):
        everybody = sorted(those, key=str)
        for start in range(0, len(everybody), PEOPLE_AT_ONCE):
            arms[source_alias(line.measure.model)].append(_arm(number, line, everybody[start : start + PEOPLE_AT_ONCE]))
    for alias, found in arms.items():
        for start in range(0, len(found), LINES_AT_ONCE):
            yield compiled(found[start : start + LINES_AT_ONCE], alias), {}


@lru_cache(maxsize=512)
def _about_one(lines: Sequence[Crossing], first: int, _user_model: str) -> list[Statement]:
    """Return the statements, one a database, that ask when one person crossed these lines; ``first`` is the first one's number."""
    arms: dict[str, list[Any]] = defaultdict(list)
    person = Blank("person", get_user_model()._meta.pk)
    for number, line in enumerate(lines, start=first):
        arms[source_alias(line.measure.model)].append(_arm(number, line, person))
    return [compiled(found, alias) for alias, found in arms.items()]


def _arm(number: int, line: Crossing, people: Any) -> Any:
    rows = line.measure.crossings(people, line.goal, source_alias(line.measure.model))
    return rows.annotate(badger_arm=Value(number)).values_list(*COLUMNS)
