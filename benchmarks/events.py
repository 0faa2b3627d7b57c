"""W2 and W3: one event, to which one badge listens, or a thousand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models.signals import post_save

from benchmarks import data, floors
from benchmarks.badges import again, counting, declarations_of, declared
from benchmarks.posts.models import Post
from benchmarks.results import Gate, Row, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare
from django_badger.models import Award, Badge

AT = datetime(2026, 1, 1, tzinfo=UTC)


def saved(post: Post) -> None:
    """Tell the world that a post was saved, as Django does: outside of a transaction, badges are awarded at once."""
    post_save.send(sender=Post, instance=post, created=True, update_fields=None, raw=False, using="default")


def give(rows: Iterable[Badge], keys: Sequence[int]) -> None:
    """Let these people hold these badges."""
    made = [Award(badge=row, recipient_id=key, earned_at=AT, announced_at=AT) for key in keys for row in rows]
    Award.objects.bulk_create(made, batch_size=2000)


class Pool:
    """Who takes part: each turn of each side has a person of its own, where an act can be done only once."""

    def __init__(self, people: Sequence[int], turns: Turns) -> None:
        """Take the first for the base and the next for ours."""
        if len(people) < 2 * turns.all:
            msg = f"{2 * turns.all} people are needed and there are {len(people)}: ask for more people, or fewer rounds"
            raise ValueError(msg)
        self.base = people[: turns.all]
        self.ours = people[turns.all : 2 * turns.all]

    @property
    def everybody(self) -> list[int]:
        """Those of both sides."""
        return [*self.base, *self.ours]


def one_badge(sizes: Sizes) -> Iterator[Row]:
    """W2: a rule "10 posts"."""
    turns = Turns(sizes.rounds, block=5)
    data.fill(sizes.people)
    with declared(counting([10])) as rows:
        yield _not_earned("W2", "one badge listens: not earned", turns, sizes, key="event-1-no")
        yield _earned("W2", "earned by the tenth post", rows, turns, sizes, tenth=True, key="event-1-new")
        yield _earned("W2", "earned long before, seen now", rows, turns, sizes, tenth=False)
        yield _held("W2", "held", rows, turns, sizes, key="event-1-held")


def many_badges(sizes: Sizes) -> Iterator[Row]:
    """W3: many rules, over one measure and over ten."""
    for number, measures in [
        *((one, 1) for one in sizes.listening),
        (sizes.listening[-2], min(10, sizes.listening[-2])),
    ]:
        what = f"{number:,} badges listen" + (f", {measures} measures" if measures > 1 else "")
        turns = Turns(max(10, sizes.rounds // (1 + number // 10)), block=5)
        key = f"event-{number}" if measures == 1 else ""
        data.fill(sizes.people)
        with declared(counting([1000 + one for one in range(number)], measures=measures)):
            yield _not_earned("W3", f"{what}: not earned", turns, sizes, measures=measures, key=f"{key}-no")
        data.fill(sizes.people)
        with declared(counting([1 + one % 10 for one in range(number)], measures=measures)) as rows:
            yield _held("W3", f"{what}: all held", rows, turns, sizes, key=f"{key}-held")
            yield _one_new(f"{what}: one new, the others held", rows, turns, sizes, measures)
            yield _earned(
                "W3", f"{what}: all new", rows, turns, sizes, tenth=False, measures=measures, key=f"{key}-new"
            )
    yield from _growth(sizes)


def _not_earned(workload: str, case: str, turns: Turns, sizes: Sizes, *, measures: int = 1, key: str = "") -> Row:
    pool = Pool(data.who_wrote(data.SOME, sizes.people), turns)
    last = data.last_posts(pool.ours)
    before = Award.objects.count()
    base, ours = compare(lambda turn: floors.posts_of(pool.base[turn], measures), lambda turn: saved(last[turn]), turns)
    gate = Gate(Award.objects.count() - before, 0)
    return Row(workload, case, "floor", base, ours, (queries(1, ours), times(2, ours, base)), gate, key=key)


def _held(workload: str, case: str, rows: Sequence[Badge], turns: Turns, sizes: Sizes, *, key: str = "") -> Row:
    _nobody_holds_anything()
    pool = Pool(data.who_wrote(data.MANY, sizes.people), turns)
    give(rows, pool.everybody)
    last = data.last_posts(pool.ours)
    before = Award.objects.count()
    base, ours = compare(lambda turn: floors.held_by(pool.base[turn]), lambda turn: saved(last[turn]), turns)
    gate = Gate(Award.objects.count() - before, 0)
    return Row(workload, case, "floor", base, ours, (queries(1, ours), times(2, ours, base)), gate, key=key)


def _one_new(case: str, rows: Sequence[Badge], turns: Turns, sizes: Sizes, measures: int) -> Row:
    _nobody_holds_anything()
    pool = Pool(data.who_wrote(data.MANY, sizes.people), turns)
    give(rows[1:], pool.everybody)
    last = data.last_posts(pool.ours)

    def floor(turn: int) -> None:
        measured, held = floors.posts_and_held(pool.base[turn], measures)
        floors.insert([row.pk for row in rows if row.pk not in held], pool.base[turn], *measured[0])

    before = Award.objects.count()
    base, ours = compare(floor, lambda turn: saved(last[turn]), turns)
    gate = Gate(Award.objects.count() - before, 2 * turns.all)
    return Row("W3", case, "floor", base, ours, (queries(3, ours), times(2, ours, base)), gate)


def _earned(
    workload: str,
    case: str,
    rows: Sequence[Badge],
    turns: Turns,
    sizes: Sizes,
    *,
    tenth: bool,
    measures: int = 1,
    key: str = "",
) -> Row:
    _nobody_holds_anything()
    pool = Pool(data.who_wrote(data.SOME if tenth else data.MANY, sizes.people), turns)
    last = (data.raise_to(10, pool.everybody) if tenth else data.last_posts(pool.everybody))[turns.all :]
    keys = [row.pk for row in rows]

    def floor(turn: int) -> None:
        floors.insert(keys, pool.base[turn], *floors.posts_of(pool.base[turn], measures)[0])

    before = Award.objects.count()
    base, ours = compare(floor, lambda turn: saved(last[turn]), turns)
    gate = Gate(Award.objects.count() - before, 2 * turns.all * len(rows))
    return Row(workload, case, "floor", base, ours, (queries(3, ours), times(2, ours, base)), gate, key=key)


def _growth(sizes: Sizes) -> Iterator[Row]:
    """A thousand badges beside one: what comes on top, where nothing is earned and where everything is held."""
    data.fill(sizes.people)
    turns = Turns(max(20, sizes.rounds // 2), block=20)
    people = data.who_wrote(data.SOME, sizes.people)[: turns.all]
    last = data.last_posts(people)

    def event(turn: int) -> None:
        saved(last[turn])

    few, many = _among(sizes.badges, goal=1000)
    base, ours = compare(event, event, turns, within=(few, many))
    gate = Gate(Award.objects.count(), 0)
    case = f"{sizes.badges:,} badges not earned"
    yield Row("W3", case, "one badge", base, ours, (queries(1, ours), times(1.5, ours, base)), gate)

    few, many = _among(sizes.badges, goal=1)
    give(Badge.objects.all(), people[:10])
    base, ours = compare(lambda turn: event(turn % 10), lambda turn: event(turn % 10), turns, within=(few, many))
    gate = Gate(Award.objects.count(), 10 * sizes.badges)
    yield Row("W3", f"{sizes.badges:,} badges held", "one badge", base, ours, (queries(1, ours),), gate)


def _among(number: int, *, goal: int) -> tuple[Any, Any]:
    """Return contexts in which one badge is declared, and so many."""
    declarations = declarations_of(counting([goal] * number))
    return lambda: again(declarations[:1]), lambda: again(declarations)


def _nobody_holds_anything() -> None:
    data.empty(Award._meta.db_table)
