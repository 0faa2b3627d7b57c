"""W6: badges for badges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks import data, floors, runner
from benchmarks.badges import declared, posts
from benchmarks.bulk import in_turns, nobody_holds_anything, same_rows, statements_for, times_for
from benchmarks.dialect import dialect, run, series
from benchmarks.events import Pool, give, saved
from benchmarks.results import Gate, Row, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare
from django_badger import badge, rules
from django_badger.models import Award, Badge

NEEDED = 10
META = "all-of-them"


def metas(sizes: Sizes) -> Iterator[Row]:
    """The event that completes the tenth, a chain of five, and everybody."""
    turns = Turns(sizes.rounds // 2, block=5)
    yield _tenth(sizes, turns)
    yield _chain(sizes, turns)
    for people in sizes.everybody:
        yield from _of(people, Turns(sizes.bulk_rounds, warm=1), compared=people == min(sizes.everybody))


def _needed(*, tenth_is_earned: bool) -> None:
    for number in range(NEEDED - 1):
        badge(f"needed-{number}", title=f"Needed {number}")
    badge(f"needed-{NEEDED - 1}", title="The last one", when=posts(10) if tenth_is_earned else None)
    badge(META, title="All of them", when=rules.has_all(*(f"needed-{number}" for number in range(NEEDED))))


def _tenth(sizes: Sizes, turns: Turns) -> Row:
    """Nine are held; the tenth post brings the tenth badge, and that the meta-badge."""
    data.fill(sizes.people)
    with declared(lambda: _needed(tenth_is_earned=True)) as rows:
        by_slug = {row.slug: row for row in rows}
        new = [by_slug.pop(f"needed-{NEEDED - 1}"), by_slug.pop(META)]
        case = "the event that completes the tenth of ten"
        return _event(case, list(by_slug.values()), new, turns, sizes, most=3 + 1)


def _chain(sizes: Sizes, turns: Turns) -> Row:
    """A badge that completes one that completes another, five in all."""

    def declare() -> None:
        badge("link-0", title="Link", when=posts(10))
        for number in range(1, 5):
            badge(f"link-{number}", title="Link", when=rules.has(f"link-{number - 1}"))

    data.fill(sizes.people)
    with declared(declare) as rows:
        return _event("an event that sets off a chain of five", [], rows, turns, sizes, most=3)


def _event(case: str, held: Sequence[Badge], new: Sequence[Badge], turns: Turns, sizes: Sizes, *, most: int) -> Row:
    pool = Pool(data.who_wrote(data.SOME, sizes.people), turns)
    last = data.raise_to(10, pool.everybody)[turns.all :]
    give(held, pool.everybody)

    def floor(turn: int) -> None:
        [(number, newest)], mine = floors.posts_and_held(pool.base[turn])
        floors.insert({row.pk: newest for row in new if row.pk not in mine}, pool.base[turn], number)

    before = Award.objects.count()
    base, ours = compare(floor, lambda turn: saved(last[turn]), turns)
    gate = Gate(Award.objects.count() - before, 2 * turns.all * len(new))
    return Row("W6", case, "floor", base, ours, (queries(most, ours), times(2, ours, base)), gate)


def _of(people: int, turns: Turns, *, compared: bool) -> Iterator[Row]:
    """The i-th person holds all ten where r < 2, five where r < 5, else one: one in five is due."""
    data.fill(people)
    should = data.number_with(NEEDED, people)
    with declared(lambda: _needed(tenth_is_earned=False)) as rows:
        meta = next(row for row in rows if row.slug == META)
        needed = {row.pk: row.slug for row in rows if row.slug != META}
        nobody_holds_anything()
        held = _hold(people, list(needed))
        data.after_raw_inserts(Award)
        ranges = runner.ranges(runner.whole([META]))

        def forget() -> None:
            Award.objects.filter(badge=meta).delete()

        def floor() -> int:
            return sum(floors.award_meta(meta.pk, needed, one) for one in ranges)

        def ours() -> int:
            return runner.whole([META]).added

        if compared:
            gate = same_rows(floor, ours, before=forget)
            yield Row("W6", f"{people:,} people: the floor's awards are ours, column by column", gate=gate)
        for case, before, new, limit in [("first run", forget, should, 1.3), ("nothing new", lambda: None, 0, 1.2)]:
            base, mine, gate = in_turns(floor, ours, turns, before=before, added=new, stand=held + should)
            targets = (queries(statements_for(ranges), mine), *times_for(people, limit, mine, base))
            yield Row("W6", f"{people:,} people, ten needed, {case}", "floor", base, mine, targets, gate)


def _hold(people: int, badges: Sequence[int]) -> int:
    """Let everybody hold as many of these badges as the data say they wrote posts, at most ten; return how many awards."""
    sql = dialect()
    moment = sql.moment.format(seconds="b.i * 1000 + s.i")
    chosen = " ".join(f"WHEN {place} THEN {key}" for place, key in enumerate(badges))
    return run(
        f"INSERT INTO {floors.AWARD} ({floors.COLUMNS}) SELECT {sql.uuid}, CASE b.i {chosen} END, s.i + 1, '', '',"
        f" 'hand', '', '{{}}', {moment}, {moment}, {moment}, '', '', FALSE, NULL"
        f" FROM {series(people)} CROSS JOIN {series(len(badges), 'b')} WHERE b.i < {data.WROTE}"
    )
