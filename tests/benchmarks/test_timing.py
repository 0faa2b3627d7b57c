"""Two acts in turns: whose turn it is, what is timed, and what is counted."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from benchmarks.timing import FRAME, Turns, compare, counted

pytestmark = pytest.mark.django_db


def test_both_do_the_same_turns_and_take_turns_in_going_first():
    done = []
    compare(lambda turn: done.append(("base", turn)), lambda turn: done.append(("ours", turn)), Turns(2, warm=1))

    assert done == [("base", 0), ("ours", 0), ("ours", 1), ("base", 1), ("base", 2), ("ours", 2)]


def test_only_turns_after_the_warm_ones_are_timed():
    base, ours = compare(lambda _turn: None, lambda _turn: None, Turns(5, warm=3))

    assert len(base.seconds) == len(ours.seconds) == 5


def test_each_side_works_in_its_own_context():
    open_now, seen = [], []

    @contextmanager
    def within(name):
        open_now.append(name)
        yield
        open_now.remove(name)

    contexts = (lambda: within("base"), lambda: within("ours"))
    compare(lambda _turn: seen.append(("base", *open_now)), lambda _turn: seen.append(("ours", *open_now)),
            Turns(2, block=2), within=contexts)  # fmt: skip

    assert set(seen) == {("base", "base"), ("ours", "ours")}


def test_statements_are_counted_without_those_that_frame_a_transaction():
    def act(_turn):
        with transaction.atomic():
            Group.objects.create(name="Somebody")
            Group.objects.count()

    assert counted(act) == 2
    assert FRAME.match('SAVEPOINT "x"')


def test_what_comes_before_a_turn_is_not_counted():
    base, ours = compare(lambda _turn: None, lambda _turn: Group.objects.count(), Turns(1, warm=1),
                         before=Group.objects.count)  # fmt: skip

    assert (base.queries, ours.queries) == (0, 1)
