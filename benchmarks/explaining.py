"""W9: why, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from benchmarks import data
from benchmarks.badges import counting, declared
from benchmarks.results import Gate, Row, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare
from django_badger._engine.explaining import rules_of
from django_badger._engine.probe import Answer, Question, probe
from django_badger.awarding import explain, explain_many, next_badges
from django_badger.models import Badge
from django_badger.rules.protocol import Reads

MEASURES = 10


def explaining(sizes: Sizes) -> Iterator[Row]:
    """For one person: one badge, all badges, the next three; beside the question that awarding would ask."""
    data.fill(sizes.people)
    user = get_user_model().objects.get(pk=data.who_wrote(data.SOME, sizes.people)[0])
    goals = [10 + one for one in range(sizes.badges)]
    with declared(counting(goals, measures=MEASURES)) as rows:
        turns = Turns(max(10, sizes.rounds // 10), block=5)
        one = _question(rows[:1])
        everything = _question(rows)
        what = f"{sizes.badges:,} badges on {MEASURES} measures"
        gate = Gate(int(explain(rows[0].slug, user).current), data.SOME)
        base, ours = compare(lambda _turn: one(user.pk), lambda _turn: explain(rows[0].slug, user), turns)
        targets = (queries(2, ours), times(2, ours, base))
        yield Row("W9", "explain one badge", "the probe", base, ours, targets, gate)

        gate = Gate(len(explain_many(rows, user)), len(rows))
        base, ours = compare(lambda _turn: everything(user.pk), lambda _turn: explain_many(rows, user), turns)
        targets = (queries(2, ours),)
        yield Row("W9", f"explain {what}", "the probe", base, ours, targets, gate)

        nearest = [found.badge.slug for found in next_badges(user, limit=3)]
        gate = Gate(sum(slug == f"posts-{place}" for place, slug in enumerate(nearest)), 3)
        base, ours = compare(lambda _turn: everything(user.pk), lambda _turn: next_badges(user, limit=3), turns)
        targets = (queries(3, ours),)
        yield Row("W9", f"the next three of {what}", "the probe", base, ours, targets, gate)


def _question(rows: Sequence[Badge]) -> Callable[[Any], Answer]:
    """Return what asks all that awarding would ask about these badges."""
    rules = rules_of(rows)
    measures = frozenset().union(*(rule.reads().measures for rule in rules.values()))
    question = Question(frozenset(row.slug for row in rows), Reads(measures=measures))
    return lambda key: probe(question, people=[key], at=timezone.now())
