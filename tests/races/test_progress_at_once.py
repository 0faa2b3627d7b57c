"""No increment of progress is lost, each key counts once, and passing the goal awards once."""

import pytest
from django.db import OperationalError, connection, transaction

from django_badger import badge
from django_badger.awarding import progress
from django_badger.models import Award, Progress, ProgressKey
from guestbook.models import Entry
from tests.races.threads import LEVELS, at_once

pytestmark = pytest.mark.race

#: 32 × 1,000 takes half a minute; the smaller figures are for the databases that say the same with fewer.
THREADS, EACH = (32, 1000) if connection.vendor == "postgresql" else (16, 50)


def test_every_increment_counts_and_passing_the_goal_awards_once(people, heard):
    clicks = badge("clicks", title="Clicks", progress=10_000 if EACH == 1000 else 250)
    person = people(1)[0]

    def click(_mine):
        mine = progress(clicks, person)
        return sum(bool(mine.increment()) for _ in range(EACH))

    awarded = at_once(THREADS, click)

    assert progress(clicks, person).current == THREADS * EACH
    assert sum(awarded) == 1
    assert Award.objects.count() == 1
    assert len(heard) == 1


def test_the_first_increments_of_many_people_make_one_counter_each(people, heard):
    clicks = badge("clicks", title="Clicks", progress=8)
    members = people(10)

    at_once(8, lambda _: [progress(clicks, one).increment() for one in members])

    assert sorted(Progress.objects.values_list("current", flat=True)) == [8] * 10
    assert len(heard) == 10


def test_a_key_that_several_threads_replay_counts_once(people, heard):
    clicks = badge("clicks", title="Clicks", progress=20)
    person = people(1)[0]

    def click(_mine):
        mine = progress(clicks, person)
        return [mine.increment(key=f"click:{number}").replayed for number in range(30)]

    replayed = at_once(8, click)

    assert progress(clicks, person).current == 30
    assert ProgressKey.objects.count() == 30
    assert sum(map(sum, replayed)) == 7 * 30
    assert len(heard) == 1


def test_setting_and_incrementing_at_once_award_once(people, heard):
    clicks = badge("clicks", title="Clicks", progress=5)
    members = people(20)

    def go(mine):
        for one in members:
            if mine % 2:
                progress(clicks, one).set(7)
            else:
                progress(clicks, one).increment(6)

    at_once(4, go)

    assert Award.objects.count() == 20
    assert len(heard) == 20
    assert set(Progress.objects.values_list("current", flat=True)) <= {7, 13, 19}


@pytest.mark.parametrize("key", ["", "click"])
@pytest.mark.parametrize("level", LEVELS)
def test_inside_transactions_that_already_read_no_increment_vanishes(level, key, people):
    """A counter that came to be after the transaction began: it counts, or the database says to do it all again."""
    clicks = badge("clicks", title="Clicks", progress=100)
    members = people(15)

    def visit(mine):
        again = 0
        for one in members:
            while True:
                try:
                    with transaction.atomic():
                        Progress.objects.count()
                        Entry.objects.create(author=one, message=f"{mine}")
                        progress(clicks, one).increment(key=key and f"{key}:{mine}")
                        assert Entry.objects.filter(author=one, message=f"{mine}").count() == 1
                    break
                except OperationalError:
                    again += 1
        return again

    at_once(8, visit, level=level)

    assert sorted(Progress.objects.values_list("current", flat=True)) == [8] * 15
    assert Entry.objects.count() == 8 * 15
