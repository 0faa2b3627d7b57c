"""W4: progress that the host reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Thread
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from benchmarks import data, floors
from benchmarks.badges import declared
from benchmarks.results import Gate, Row, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare
from django_badger import awarding, badge
from django_badger.models import Award, Badge, Progress, ProgressKey

GOAL, EACH = 10, 25


def increments(sizes: Sizes) -> Iterator[Row]:
    """One more: below the goal, over it, after it, with a key, with a key that came before, and many at once."""
    data.fill(sizes.people)
    turns = Turns(sizes.rounds, block=5)
    people = list(get_user_model().objects.filter(is_active=True).order_by("pk")[: 2 * turns.all])
    with declared(lambda: badge("goal", title="Goal", progress=GOAL)) as (row,):
        yield _case("below the goal", row, people, turns, start=1, most=1)
        yield _case("below the goal, with a key", row, people, turns, start=1, most=3, key=str)
        yield _case("crossing the goal", row, people, turns, start=GOAL - 1, most=3)
        yield _case("after the goal", row, people, turns, start=GOAL, most=1)
        yield _case("a key that came before", row, people, turns, start=1, most=1, key=lambda _turn: "again")
    with declared(lambda: badge("goal", title="Goal", progress=sizes.threads * EACH // 2)) as (row,):
        yield _at_once(row, people[0], sizes.threads)


def _case(
    case: str,
    row: Badge,
    people: Sequence[Any],
    turns: Turns,
    *,
    start: int,
    most: int,
    key: Callable[[int], str] | None = None,
) -> Row:
    """Each turn adds one to somebody's counter that stands at ``start``."""
    _count_anew(row, people, start, "again" if key and key(0) == "again" else "")
    crossing = start == GOAL - 1
    first, second = people[: turns.all], people[turns.all :]
    replayed = ProgressKey.objects.exists()

    def floor(turn: int) -> None:
        floors.report(row.pk, first[turn].pk, 1, GOAL, once=key(turn) if key else "")

    def ours(turn: int) -> None:
        awarding.progress("goal", second[turn]).increment(key=key(turn) if key else "")

    base, side = compare(floor, ours, turns)
    expected = start if replayed else start + 1
    made = Progress.objects.filter(current=expected).count() + Award.objects.count()
    gate = Gate(made, 2 * turns.all * (2 if crossing else 1))
    return Row("W4", case, "floor", base, side, (queries(most, side), times(1.5, side, base)), gate)


def _count_anew(row: Badge, people: Sequence[Any], start: int, key: str) -> None:
    data.empty(Award._meta.db_table, ProgressKey._meta.db_table, Progress._meta.db_table)
    Progress.objects.bulk_create([Progress(badge=row, user=person, current=start) for person in people], 1000)
    if key:
        counters = Progress.objects.all()
        ProgressKey.objects.bulk_create([ProgressKey(progress=counter, key=key) for counter in counters], 1000)


def _at_once(row: Badge, person: Any, threads: int) -> Row:
    """Many threads add to one counter; nothing is lost, and one award is made."""
    goal, everything = threads * EACH // 2, threads * EACH
    wrong: list[int] = []

    def floor() -> None:
        floors.report(row.pk, person.pk, 1, goal)

    def ours() -> None:
        awarding.progress("goal", person).increment()

    def all_at_once(act: Callable[[], None]) -> Callable[[int], None]:
        def turn(_number: int) -> None:
            _count_anew(row, [person], 0, "")
            _together(act, threads)
            if (Progress.objects.get().current, Award.objects.count()) != (everything, 1):
                wrong.append(1)

        return turn

    turns = Turns(3, warm=1)
    # Statements are counted in this thread, which sends none of them.
    base, side = (replace(one, queries=None) for one in compare(all_at_once(floor), all_at_once(ours), turns))
    case = f"{threads} threads, {EACH} each, on one counter (all of it)"
    return Row(
        "W4", case, "floor", base, side, (times(1.5, side, base),), Gate(2 * turns.all - len(wrong), 2 * turns.all)
    )


def _together(act: Callable[[], None], threads: int) -> None:
    def work() -> None:
        try:
            for _ in range(EACH):
                act()
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
