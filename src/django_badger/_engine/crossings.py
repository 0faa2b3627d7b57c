"""When lines were crossed: asked of the data, where a verdict cannot tell by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Value

from django_badger._engine.aliases import source_alias
from django_badger._engine.statement import Blank, Read, Statement, compiled
from django_badger.rules.measures import STEPS
from django_badger.verdicts import Crossing

#: Whose crossing of which line is asked for.
Crossings = Mapping[Crossing, Collection[Any]]
#: The goals of one measure that are asked about together.
Goals = tuple[Any, tuple[Decimal, ...]]
COLUMNS = ("badger_arm", *STEPS)
ARM, USER, TEXT, AT, FROM, TO = range(len(COLUMNS))
#: How many goals of a measure, and people each, are asked about together: SQLite nests 1,000 conditions, and takes 32,766
#: parameters.
GOALS_AT_ONCE = 100
PEOPLE_AT_ONCE = 500
#: How many measures one statement asks about, and how many where it is about one person: SQLite takes 500 arms.
ARMS_AT_ONCE = 50
ARMS_OF_ONE = 400


def moments(crossings: Crossings) -> dict[tuple[Any, Any, str], Any]:
    """Return the moments by (crossing, person, occasion): one query a database, whatever number of goals a measure has."""
    together = _by_measure(crossings)
    found: dict[tuple[Any, Any, str], Any] = {}
    for statement, values in _statements(crossings, together):
        read = statement.reader()
        for row in statement.run(values):
            measure, goals = together[row[ARM]]
            person, moment = read(USER, row[USER]), read(AT, row[AT])
            for goal in _crossed(goals, row, read) if moment is not None else ():
                key = (Crossing(measure, goal), person, row[TEXT])
                found[key] = min(moment, found.get(key, moment))
    return found


def _crossed(goals: Sequence[Decimal], row: Sequence[Any], read: Read) -> Sequence[Decimal]:
    """Return which of these goals a step goes over: of one alone, only its steps were asked for."""
    if len(goals) == 1:
        return goals
    return goals[bisect_right(goals, read(FROM, row[FROM])) : bisect_right(goals, read(TO, row[TO]))]


def _by_measure(lines: Collection[Crossing]) -> list[Goals]:
    goals: dict[Any, list[Decimal]] = defaultdict(list)
    for line in lines:
        goals[line.measure].append(line.goal)
    return [
        (measure, tuple(sorted(those)[start : start + GOALS_AT_ONCE]))
        for measure, those in goals.items()
        for start in range(0, len(those), GOALS_AT_ONCE)
    ]


def _statements(crossings: Crossings, together: Sequence[Goals]) -> Iterator[tuple[Statement, Mapping[str, Any]]]:
    """Return the statements, with the values of their blanks: about one person they are kept."""
    people = set().union(*crossings.values())
    if len(people) == 1:
        for start in range(0, len(together), ARMS_OF_ONE):
            for statement in _about_one(tuple(together[start : start + ARMS_OF_ONE]), start, settings.AUTH_USER_MODEL):
                yield statement, {"person": next(iter(people))}
        return
    arms: dict[str, list[Any]] = defaultdict(list)
    for number, (measure, goals) in enumerate(together):
        everybody = sorted(set().union(*(crossings[Crossing(measure, goal)] for goal in goals)), key=str)
        for start in range(0, len(everybody), PEOPLE_AT_ONCE):
            arm = _arm(number, measure, goals, everybody[start : start + PEOPLE_AT_ONCE])
            arms[source_alias(measure.model)].append(arm)
    for alias, found in arms.items():
        for start in range(0, len(found), ARMS_AT_ONCE):
            yield compiled(found[start : start + ARMS_AT_ONCE], alias), {}


@lru_cache(maxsize=512)
def _about_one(together: Sequence[Goals], first: int, _user_model: str) -> list[Statement]:
    """Return the statements, one a database, that ask when one person crossed these lines; ``first`` is the first one's number."""
    arms: dict[str, list[Any]] = defaultdict(list)
    person = Blank("person", get_user_model()._meta.pk)
    for number, (measure, goals) in enumerate(together, start=first):
        arms[source_alias(measure.model)].append(_arm(number, measure, goals, person))
    return [compiled(found, alias) for alias, found in arms.items()]


def _arm(number: int, measure: Any, goals: Collection[Decimal], people: Any) -> Any:
    rows = measure.crossings(people, goals, source_alias(measure.model))
    return rows.annotate(badger_arm=Value(number)).values_list(*COLUMNS)
