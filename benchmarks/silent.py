"""W1: an event that no badge listens to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.contrib.auth.models import Group
from django.db.models.signals import post_save

from benchmarks import data
from benchmarks.badges import again, counting, declarations_of
from benchmarks.results import Gate, Row, micros_more, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Side, Turns, compare
from django_badger.awarding import record
from django_badger.models import Award
from django_badger.testing import isolated_registry


def silent(sizes: Sizes) -> Iterator[Row]:
    """Signals of a model that no badge reads, named events that no badge awaits, and the save itself."""
    data.fill(sizes.people)
    declarations = declarations_of(counting([1000] * sizes.registered))
    group = Group.objects.create(pk=1, name="Somebody")
    turns = Turns(40, block=21, number=max(1, sizes.silent // 40))

    def sent(_turn: int) -> None:
        post_save.send(sender=Group, instance=group, created=True, update_fields=None, raw=False, using="default")

    def recorded(_turn: int) -> None:
        record("nobody.listens", user=None)

    def nothing(_turn: int) -> None:
        pass

    for number in sorted({1, min(1000, sizes.registered), sizes.registered}):
        among = partial(again, declarations[:number])
        told = f"{number:,} badges on another model" if number > 1 else "one badge on another model"
        base, ours = compare(sent, sent, turns, within=(isolated_registry, among))
        yield _row(f"a model's signal, {told}", "no badges", base, ours, 0.3)
        base, ours = compare(nothing, recorded, turns, within=(isolated_registry, among))
        yield _row(f"a named event, {told}", "an empty function", base, ours, 1)

    saves = Turns(sizes.rounds * 2, block=max(5, sizes.rounds // 5), warm=5)
    number = min(1000, sizes.registered)
    among = partial(again, declarations[:number])
    base, ours = compare(_save, _save, saves, within=(isolated_registry, among))
    targets = (queries(1, ours), times(1.02, ours, base))
    case = f"the save itself, {number:,} badges on another model"
    yield Row("W1", case, "no badges", base, ours, targets, Gate(Award.objects.count(), 0))


def _save(_turn: int) -> None:
    Group(pk=1, name="Somebody").save()


def _row(case: str, beside: str, base: Side, ours: Side, limit: float) -> Row:
    targets = (queries(0, ours), micros_more(limit, ours, base))
    return Row("W1", case, beside, base, ours, targets, Gate(Award.objects.count(), 0))
