"""W5: everybody who has earned a badge already."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from benchmarks import data, floors, memory, runner
from benchmarks.badges import counting, declared
from benchmarks.bulk import in_turns, nobody_holds_anything, same_rows, statements_for, times_for
from benchmarks.dialect import run
from benchmarks.posts.models import Post
from benchmarks.results import Gate, Row, Target, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns
from django_badger.models import Award, Badge, Run

GOAL = 10
BADGE = "posts-0"
#: Where one in a hundred has changed, a run is large among so many times as many people as others.
TEN = 10


def backfills(sizes: Sizes) -> Iterator[Row]:
    """A first run, one with nothing new, one with a little new, many badges at once, and what has been a trap."""
    turns = Turns(sizes.bulk_rounds, warm=1)
    yield _same_rows(min(sizes.everybody))
    for people in sizes.everybody:
        yield from _of(people, turns)
    yield _thresholds(min(sizes.everybody[-1], 100_000), turns)
    if connection.vendor == "postgresql":
        yield from _trap(sizes.trap, turns)


def _same_rows(people: int) -> Row:
    data.fill(people)
    with declared(counting([GOAL])) as (row,):
        ranges = runner.ranges(runner.whole([BADGE]))
        gate = same_rows(
            lambda: sum(floors.award_counted(row.pk, GOAL, one) for one in ranges),
            lambda: runner.whole([BADGE]).added,
            before=nobody_holds_anything,
        )
    return Row("W5", f"{people:,} people: the floor's awards are ours, column by column", gate=gate)


def _of(people: int, turns: Turns) -> Iterator[Row]:
    data.fill(people)
    should = data.number_with(GOAL, people)
    with declared(counting([GOAL])) as (row,):
        ranges = runner.ranges(runner.whole([BADGE]))
        most = statements_for(ranges)

        def floor() -> int:
            return sum(floors.award_counted(row.pk, GOAL, one) for one in ranges)

        def ours() -> int:
            return runner.whole([BADGE]).added

        base, first, gate = in_turns(floor, ours, turns, before=nobody_holds_anything, added=should, stand=should)
        longest = runner.longest(Run.objects.latest("pk"))
        targets = (queries(most, first), *times_for(people, 1.3, first, base))
        case = f"{people:,} people, first run"
        yield Row("W5", case, "floor", base, first, targets, gate, key=f"everybody-{people}-first")
        yield _memory(people, should)
        case = f"{people:,} people, how long a range holds its locks"
        yield Row("W5", case, targets=(Target("s", 1, longest),))

        base, again, gate = in_turns(floor, ours, turns, added=0, stand=should)
        targets = (queries(most, again), *times_for(people, 1.2, again, base))
        case = f"{people:,} people, nothing new"
        yield Row("W5", case, "floor", base, again, targets, gate, key=f"everybody-{people}-again")
        yield _little_new(people, row, ranges, turns)


def _memory(people: int, should: int) -> Row:
    nobody_holds_anything()
    grown = memory.of_a_run(BADGE, GOAL)
    gate = Gate(Award.objects.count(), should)
    targets = () if grown is None else (Target("MiB", 16, grown),)
    note = "not measured: this system does not tell the peak of a process" if grown is None else ""
    return Row("W5", f"{people:,} people, memory of the first run", targets=targets, gate=gate, note=note)


def _little_new(people: int, row: Badge, ranges: list[tuple[int, int]], turns: Turns) -> Row:
    """One in a hundred people writes five posts more: who had five has ten now."""
    newest = Post.objects.latest("pk").pk
    stood = Award.objects.count()
    chosen = data.one_in_a_hundred(people)
    data.write_more(dict.fromkeys(chosen, GOAL - data.SOME))
    data.after_raw_inserts(Post)
    should = sum(data.posts_of(key - 1) == data.SOME for key in chosen)

    last_run, last_award = Run.objects.latest("pk").pk, Award.objects.latest("pk").pk

    def forget() -> None:
        """Take back what the last turn made, and what the last run noted as seen."""
        Run.objects.filter(pk__gt=last_run).delete()
        Award.objects.filter(pk__gt=last_award).delete()

    base, ours, gate = in_turns(
        lambda: sum(floors.award_counted(row.pk, GOAL, one, newer_than=newest) for one in ranges),
        lambda: runner.changed([BADGE]).added,
        turns,
        before=forget,
        added=should,
        stand=stood + should,
    )
    targets = times_for(people // TEN, 1.3, ours, base)
    return Row("W5", f"{people:,} people, 1 % changed", "floor", base, ours, targets, gate)


def _thresholds(people: int, turns: Turns) -> Row:
    """Twenty badges of one measure, in one run and in twenty."""
    data.fill(people)
    goals = [1 + one % data.MANY for one in range(20)]
    should = sum(data.number_with(goal, people) for goal in goals)
    with declared(counting(goals)) as rows:
        slugs = [row.slug for row in rows]
        base, ours, gate = in_turns(
            lambda: sum(runner.whole([slug]).added for slug in slugs),
            lambda: runner.whole(slugs).added,
            turns,
            before=nobody_holds_anything,
            added=should,
            stand=should,
        )
    limit = 0.6 if connection.vendor == "sqlite" else 0.8  # what it saves is reading, and others write more slowly
    targets = times_for(people, limit, ours, base)
    return Row("W5", f"{people:,} people, 20 badges in one run", "20 runs", base, ours, targets, gate)


def _trap(people: int, turns: Turns) -> Iterator[Row]:
    """Everybody qualifies, the planner believes that the table of awards is empty, and memory for sorting is short."""
    data.fill(people)
    should = data.number_with(1, people)
    run("ALTER TABLE badger_award SET (autovacuum_enabled = false)", "SET work_mem = '1MB'")
    with declared(counting([1])) as (row,):
        ranges = runner.ranges(runner.whole([BADGE]))
        for case, before, new, limit in [
            ("first run", nobody_holds_anything, should, 1.3),
            ("nothing new", lambda: None, 0, 1.2),
        ]:
            base, ours, gate = in_turns(
                lambda: sum(floors.award_counted(row.pk, 1, one) for one in ranges),
                lambda: runner.whole([BADGE]).added,
                turns,
                before=before,
                added=new,
                stand=should,
            )
            told = f"{people:,} people, all qualify, no statistics, 1 MB to sort: {case}"
            yield Row("W5", told, "floor", base, ours, (times(limit, ours, base),), gate)
    run("ALTER TABLE badger_award RESET (autovacuum_enabled)", "RESET work_mem")
