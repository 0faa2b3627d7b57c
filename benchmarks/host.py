"""W7: what a host's own saves cost more when badges listen to them: than without badges, and than the least that asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.models.signals import post_save

from benchmarks import data, floors
from benchmarks.badges import again, counting, declarations_of
from benchmarks.posts.models import Post
from benchmarks.results import Gate, Row, Target, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare, counted
from django_badger.models import Award
from django_badger.testing import isolated_registry

LISTENING = 100


def saves(sizes: Sizes) -> Iterator[Row]:
    """One save, a thousand in one transaction, and a thousand that are rolled back."""
    data.fill(sizes.people)
    declarations = declarations_of(counting([100_000 + one for one in range(LISTENING)]))
    people = data.who_wrote(data.ONE, sizes.people)
    beside = {"no badges": isolated_registry, "floor": asking}

    def listening() -> AbstractContextManager[None]:
        return again(declarations)

    def save(turn: int) -> None:
        Post(author_id=people[turn % len(people)]).save()

    turns = Turns(sizes.rounds, block=20)
    for name, other in beside.items():
        base, ours = compare(save, save, turns, within=(other, listening))
        targets = (queries(2, ours), *((times(1.2, ours, base),) if name == "floor" else ()))
        gate = Gate(Award.objects.count(), 0)
        yield Row("W7", f"one save, {LISTENING} badges listen", name, base, ours, targets, gate)

    def many(turn: int) -> None:
        with transaction.atomic():
            for _ in range(sizes.saves):
                Post(author_id=people[turn]).save()

    turns = Turns(10, warm=1, block=5)  # the first after declaring works out what is worked out once
    for name, other in beside.items():
        before = Post.objects.count()
        base, ours = compare(many, many, turns, within=(other, listening))
        gate = Gate(Post.objects.count() - before, 2 * turns.all * sizes.saves)
        targets = (queries(sizes.saves + 3, ours), *((times(1.05, ours, base),) if name == "floor" else ()))
        yield Row("W7", f"{sizes.saves:,} saves in one transaction", name, base, ours, targets, gate)
    yield _rolled_back(sizes, people[0])


@contextmanager
def asking() -> Iterator[None]:
    """Have no badges, and the least that finds out what a save has earned: noted, and asked about when it is committed."""
    waiting: set[int] = set()
    mine: Any = connections["default"]

    def ask() -> None:
        for key in waiting:
            floors.posts_and_held(key)
        waiting.clear()

    def note(instance: Post, **_rest: Any) -> None:
        waiting.add(instance.author_id)
        if not mine.in_atomic_block:
            ask()
        elif not mine.run_on_commit or mine.run_on_commit[-1][1] is not ask:
            mine.on_commit(ask)

    with isolated_registry():
        post_save.connect(note, sender=Post)
        try:
            yield
        finally:
            post_save.disconnect(note, sender=Post)


def _rolled_back(sizes: Sizes, author: int) -> Row:
    """Nothing is asked, and nothing is awarded, for what did not happen."""

    def never(_turn: int) -> None:
        with transaction.atomic():
            for _ in range(sizes.saves):
                Post(author_id=author).save()
            transaction.set_rollback(True)

    with again(declarations_of(counting([1] * LISTENING))):
        sent = counted(never)
    gate = Gate(Award.objects.count(), 0)
    case = f"{sizes.saves:,} saves that are rolled back"
    return Row("W7", case, targets=(Target("queries", sizes.saves, sent),), gate=gate)
