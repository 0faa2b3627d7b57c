"""W7: what a host's own saves cost more when badges listen to them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from benchmarks import data
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
    within = (isolated_registry, lambda: again(declarations))

    def save(turn: int) -> None:
        Post(author_id=people[turn % len(people)]).save()

    turns = Turns(sizes.rounds, block=20)
    base, ours = compare(save, save, turns, within=within)
    limit = 1.35 if connection.vendor == "sqlite" else 2
    gate = Gate(Award.objects.count(), 0)
    case = f"one save, {LISTENING} badges listen"
    yield Row("W7", case, "no badges", base, ours, (queries(2, ours), times(limit, ours, base)), gate)

    def many(turn: int) -> None:
        with transaction.atomic():
            for _ in range(sizes.saves):
                Post(author_id=people[turn]).save()

    turns = Turns(10, warm=1, block=5)  # the first after declaring works out what is worked out once
    before = Post.objects.count()
    base, ours = compare(many, many, turns, within=within)
    gate = Gate(Post.objects.count() - before, 2 * turns.all * sizes.saves)
    targets = (queries(sizes.saves + 3, ours), times(1.05, ours, base))
    yield Row("W7", f"{sizes.saves:,} saves in one transaction", "no badges", base, ours, targets, gate)
    yield _rolled_back(sizes, people[0])


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
