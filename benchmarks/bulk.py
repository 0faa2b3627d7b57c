"""Bulk acts in turns: each checked for what it added and for what stands afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from benchmarks import data
from benchmarks.dialect import run
from benchmarks.results import Gate, Target, times
from benchmarks.timing import Side, Turns, compare
from django_badger.models import Award

#: From how many people on the time of a whole run has a target: it takes some for itself, however few they are.
MANY = 100_000
#: How many statements a run may take, and how many more a range: one that makes awards, and what says that it was done.
A_RUN, A_RANGE = 20, 20


def statements_for(ranges: Sequence[Any]) -> int:
    """Return how many statements a run of so many ranges may take, however many people and awards there are."""
    return A_RUN + A_RANGE * len(ranges)


def times_for(people: int, limit: float, ours: Side, base: Side) -> tuple[Target, ...]:
    """Return the target "at most so many times as long as the base" of a run about so many people, if it has one."""
    return (times(limit, ours, base),) if people >= MANY else ()


def nobody_holds_anything() -> None:
    """Empty the table of awards, and forget how full it was."""
    data.empty(Award._meta.db_table)
    if connection.vendor == "postgresql":
        run("VACUUM ANALYZE badger_award")


def in_turns(
    base: Callable[[], int],
    ours: Callable[[], int],
    turns: Turns,
    *,
    added: int,
    stand: int,
    before: Callable[[], object] = lambda: None,
) -> tuple[Side, Side, Gate]:
    """Measure two acts that return how many awards they made: ``added``, and afterwards there are ``stand``."""
    told: list[int] = []
    found: list[tuple[int, int]] = []

    def note() -> None:
        found.append((told[-1], Award.objects.count()))

    def note_and_prepare() -> None:
        if told:
            note()
        before()

    sides = compare(
        lambda _turn: told.append(base()), lambda _turn: told.append(ours()), turns, before=note_and_prepare
    )
    note()
    first_wrong = next((one for one in found if one != (added, stand)), (added, stand))
    return *sides, Gate(sum(first_wrong), added + stand)


def same_rows(floor: Callable[[], int], ours: Callable[[], int], *, before: Callable[[], object]) -> Gate:
    """Return how many of our awards the floor makes, too: the same in every column that is not made up for each.

    Of the evidence the numbers are compared; a rule's own digest the floor does not know.
    """
    rows = []
    for act in (floor, ours):
        before()
        act()
        rows.append({_told(award) for award in Award.objects.all()})
    return Gate(len(rows[0] & rows[1]), len(rows[1]))


def _told(award: Award) -> tuple[object, ...]:
    apart = {"id", "uuid", "awarded_at", "announced_at", "run", "evidence"}
    columns = [field for field in Award._meta.concrete_fields if field.name not in apart]
    numbers = (award.evidence.get("value"), award.evidence.get("goal"), set(award.evidence) - {"value", "goal"})
    told = award.announced_at is None
    return (*(field.value_from_object(award) for field in columns), str(numbers), told)
