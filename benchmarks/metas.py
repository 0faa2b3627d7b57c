"""W6: badges for badges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from benchmarks import data, floors, runner
from benchmarks.badges import declared, posts
from benchmarks.bulk import in_turns, nobody_holds_anything, same_rows, statements_for, times_for
from benchmarks.dialect import dialect, run, series
from benchmarks.events import AT, Pool, give, saved
from benchmarks.results import Gate, Row, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare
from django_badger import badge, rules
from django_badger.models import Award, Badge

NEEDED, GOAL = 10, 10
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
    badge(f"needed-{NEEDED - 1}", title="The last one", when=posts(GOAL) if tenth_is_earned else None)
    badge(META, title="All of them", when=rules.has_all(*(f"needed-{number}" for number in range(NEEDED))))


def _tenth(sizes: Sizes, turns: Turns) -> Row:
    """Nine are held; the tenth post brings the tenth badge, and that the meta-badge."""
    data.fill(sizes.people)
    with declared(lambda: _needed(tenth_is_earned=True)) as rows:
        *held, tenth, meta = sorted(rows, key=lambda row: (row.slug == META, row.pk))
        case = "the event that completes the tenth of ten"
        return _event(case, held, tenth, {meta: [*held, tenth]}, turns=turns, sizes=sizes, most=3 + 1)


def _chain(sizes: Sizes, turns: Turns) -> Row:
    """A badge that completes one that completes another, five in all."""

    def declare() -> None:
        badge("link-0", title="Link", when=posts(GOAL))
        for number in range(1, 5):
            badge(f"link-{number}", title="Link", when=rules.has(f"link-{number - 1}"))

    data.fill(sizes.people)
    with declared(declare) as rows:
        links = {link: [before] for before, link in pairwise(rows)}
        return _event("an event that sets off a chain of five", [], rows[0], links, turns=turns, sizes=sizes, most=3)


def _event(
    case: str,
    held: Sequence[Badge],
    first: Badge,
    metas: Mapping[Badge, Sequence[Badge]],
    *,
    turns: Turns,
    sizes: Sizes,
    most: int,
) -> Row:
    """The tenth post brings the first badge, and that the metas, each of which rests on some."""
    pool = Pool(data.who_wrote(data.SOME, sizes.people), turns)
    written = data.raise_to(GOAL, pool.everybody)
    give(held, pool.everybody)

    def floor(turn: int) -> None:
        (number, newest), since = floors.posts_and_since(pool.base[turn])
        new = {}
        if first.pk not in since and number >= GOAL:
            since[first.pk] = newest
            new[first.pk] = newest, floors.reached(number, GOAL)
        for meta, needed in metas.items():
            moments = [since.get(one.pk) for one in needed]
            if meta.pk not in since and all(moments):
                since[meta.pk] = max(moments)
                new[meta.pk] = since[meta.pk], floors.complete([one.slug for one in needed])
        floors.insert(new, pool.base[turn])

    base, ours = compare(floor, lambda turn: saved(written[turns.all + turn]), turns)
    moments = {key: post.created_at for key, post in zip(pool.everybody, written, strict=True)}
    made = _right(first, metas, moments, AT if held else None)
    gate = Gate(made, 2 * turns.all * (1 + len(metas)))
    return Row("W6", case, "floor", base, ours, (queries(most, ours), times(2, ours, base)), gate)


def _right(
    first: Badge, metas: Mapping[Badge, Sequence[Badge]], moments: Mapping[int, datetime], others: datetime | None
) -> int:
    """Return how many awards of these badges have the moment of the last thing that was needed, and say what it was."""
    right = 0
    for award in Award.objects.filter(badge__in=[first, *metas]).iterator():
        moment = moments[award.recipient_id]
        if award.badge_id == first.pk:
            right += (award.earned_at, award.evidence["value"]) == (moment, str(GOAL))
            continue
        needed = [one.slug for one in metas[award.badge]]
        named = [part["badge"] for part in award.evidence.get("parts", [award.evidence])]
        right += (award.earned_at, named) == (max(moment, others or moment), needed)
    return right


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
