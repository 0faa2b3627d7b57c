"""W2 and W3: one event, to which one badge listens, or a thousand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models.signals import post_save

from benchmarks import data, floors
from benchmarks.badges import again, counting, declarations_of, declared
from benchmarks.posts.models import Post
from benchmarks.results import Gate, Row, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Act, Side, Turns, compare
from django_badger.models import Award, Badge

AT = datetime(2026, 1, 1, tzinfo=UTC)


def saved(post: Post) -> None:
    """Tell the world that a post was saved, as Django does: outside of a transaction, badges are awarded at once."""
    post_save.send(sender=Post, instance=post, created=True, update_fields=None, raw=False, using="default")


def give(rows: Iterable[Badge], keys: Sequence[int]) -> None:
    """Let these people hold these badges."""
    made = [Award(badge=row, recipient_id=key, earned_at=AT, announced_at=AT) for key in keys for row in rows]
    Award.objects.bulk_create(made, batch_size=2000)


@dataclass(frozen=True)
class Lines:
    """Badges, each for so many posts, over so many measures in turn."""

    rows: Sequence[Badge]
    goals: Sequence[int]
    measures: int = 1

    def floor(self, key: int) -> None:
        """Award one person what they do not hold yet: ask what there is, ask when it was if it was earlier, and write."""
        measured, held = floors.posts_and_held(key, self.measures)
        new = [place for place, row in enumerate(self.rows) if row.pk not in held]
        number, newest = measured[0]
        goals: dict[int, int] = {}
        for place in new:
            measure = place % self.measures
            goals[measure] = max(self.goals[place], goals.get(measure, 0))
        when = floors.moments(key, goals) if min(goals.values()) < number else {}
        dated = {
            self.rows[place].pk: (
                when[place % self.measures][self.goals[place] - 1] if when else newest,
                floors.reached(number, self.goals[place]),
            )
            for place in new
        }
        floors.insert(dated, key)

    def dated(self, people: Sequence[int]) -> int:
        """Return how many of these badges people have with the moment of the post that brought them, and with their goal."""
        goals = {row.pk: goal for row, goal in zip(self.rows, self.goals, strict=True)}
        written: dict[int, list[datetime]] = {key: [] for key in people}
        for key, moment in Post.objects.order_by("created_at", "pk").values_list("author_id", "created_at"):
            if key in written:
                written[key].append(moment)
        awards = Award.objects.filter(badge__in=goals, recipient__in=people)
        found = awards.values_list("badge_id", "recipient_id", "earned_at", "evidence").iterator()
        return sum(
            (earned_at, evidence["goal"]) == (written[key][goals[badge] - 1], str(goals[badge]))
            for badge, key, earned_at, evidence in found
        )


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
        lines = Lines(rows, [10])
        yield _not_earned("W2", "one badge listens: not earned", turns, sizes, key="event-1-no")
        yield _earned("W2", "earned by the tenth post", lines, turns, sizes, tenth=True, key="event-1-new")
        yield _earned("W2", "earned long before, seen now", lines, turns, sizes)
        yield _held("W2", "held", lines, turns, sizes, key="event-1-held")


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
        goals = [1 + one % 10 for one in range(number)]
        with declared(counting(goals, measures=measures)) as rows:
            lines = Lines(rows, goals, measures)
            yield _held("W3", f"{what}: all held", lines, turns, sizes, key=f"{key}-held")
            yield _one_new(f"{what}: one new, the others held", lines, turns, sizes)
            yield _earned("W3", f"{what}: all new", lines, turns, sizes, key=f"{key}-new")
    yield from _growth(sizes)


def _not_earned(workload: str, case: str, turns: Turns, sizes: Sizes, *, measures: int = 1, key: str = "") -> Row:
    pool = Pool(data.who_wrote(data.SOME, sizes.people), turns)
    last = data.last_posts(pool.ours)
    before = Award.objects.count()
    base, ours = _compared(lambda turn: floors.posts_and_held(pool.base[turn], measures), last, turns)
    gate = Gate(Award.objects.count() - before, 0)
    return Row(workload, case, "floor", base, ours, (queries(1, ours), times(2, ours, base)), gate, key=key)


def _held(workload: str, case: str, lines: Lines, turns: Turns, sizes: Sizes, *, key: str = "") -> Row:
    _nobody_holds_anything()
    pool = Pool(data.who_wrote(data.MANY, sizes.people), turns)
    give(lines.rows, pool.everybody)
    last = data.last_posts(pool.ours)
    before = Award.objects.count()
    base, ours = _compared(lambda turn: floors.posts_and_held(pool.base[turn], lines.measures), last, turns)
    gate = Gate(Award.objects.count() - before, 0)
    return Row(workload, case, "floor", base, ours, (queries(1, ours), times(2, ours, base)), gate, key=key)


def _one_new(case: str, lines: Lines, turns: Turns, sizes: Sizes) -> Row:
    _nobody_holds_anything()
    pool = Pool(data.who_wrote(data.MANY, sizes.people), turns)
    give(lines.rows[1:], pool.everybody)
    base, ours = _compared(lambda turn: lines.floor(pool.base[turn]), data.last_posts(pool.ours), turns)
    gate = Gate(Lines(lines.rows[:1], lines.goals[:1]).dated(pool.everybody), 2 * turns.all)
    return Row("W3", case, "floor", base, ours, (queries(3, ours), times(2, ours, base)), gate)


def _earned(
    workload: str, case: str, lines: Lines, turns: Turns, sizes: Sizes, *, tenth: bool = False, key: str = ""
) -> Row:
    _nobody_holds_anything()
    pool = Pool(data.who_wrote(data.SOME if tenth else data.MANY, sizes.people), turns)
    last = (data.raise_to(10, pool.everybody) if tenth else data.last_posts(pool.everybody))[turns.all :]
    base, ours = _compared(lambda turn: lines.floor(pool.base[turn]), last, turns)
    gate = Gate(lines.dated(pool.everybody), 2 * turns.all * len(lines.rows))
    return Row(workload, case, "floor", base, ours, (queries(3, ours), times(2, ours, base)), gate, key=key)


def _compared(floor: Act, last: Sequence[Post], turns: Turns) -> tuple[Side, Side]:
    """Measure the floor beside the event that these posts, one a turn, were saved."""
    return compare(floor, lambda turn: saved(last[turn]), turns)


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
