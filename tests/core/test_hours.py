"""A badge can be earned from ``starts_at`` until ``ends_at``, by whatever road."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from django_badger import badge, rules
from django_badger._engine.runs import backfill
from django_badger._engine.sync import sync
from django_badger.awarding import award, award_many, next_badges, progress
from django_badger.models import Award, Badge
from django_badger.testing import happened
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]

START = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 12, 24, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)

MOMENTS = {
    "before": (START - SECOND, False),
    "at the start": (START, True),
    "at the last moment": (END - SECOND, True),
    "at the end": (END, False),
}
whenever = pytest.mark.parametrize(("now", "is_open"), MOMENTS.values(), ids=MOMENTS)


@pytest.fixture
def advent():
    """A badge of December that comes by a rule."""
    return badge("advent", title="Advent", when=rules.created(Entry, by="author"), starts=START, ends=END)


def holds(user, slug):
    return Award.objects.to(user).of(slug).exists()


@whenever
def test_by_an_event(user, advent, now, is_open):
    with time_machine.travel(now, tick=False), happened():
        Entry.objects.create(author=user, message="Hello")
    assert holds(user, "advent") == is_open


@whenever
def test_with_many_badges_that_count_the_same(user, advent, now, is_open):
    for goal in range(1, 70):
        badge(f"entries-{goal}", title="Entries", when=rules.count(Entry, by="author", reaches=goal))
    with time_machine.travel(now, tick=False), happened():
        Entry.objects.create(author=user, message="Hello")
    assert holds(user, "advent") == is_open
    assert holds(user, "entries-1")


@whenever
def test_by_a_run(user, advent, now, is_open):
    Entry.objects.bulk_create([Entry(author=user, message="Hello")])
    with time_machine.travel(now, tick=False):
        backfill()
    assert holds(user, "advent") == is_open


@whenever
def test_by_hand(user, advent, now, is_open):
    with time_machine.travel(now, tick=False):
        one, many = award(advent, to=user, occasion="2026"), award_many(advent, to=[user])
    assert bool(one) == bool(many.awarded) == is_open
    if not is_open:
        assert one.text == many.refused[0][1]


def test_a_refusal_says_when(user, advent):
    with time_machine.travel(START - SECOND, tick=False):
        too_early = award(advent, to=user).text
    with time_machine.travel(END, tick=False):
        too_late = award(advent, to=user).text
    assert too_early == "This badge can be earned from Dec. 1, 2026, 1 p.m. on, not yet."  # noon in Berlin's winter
    assert too_late == "This badge could be earned until Dec. 24, 2026, 1 p.m., and cannot any more."


@whenever
def test_by_reported_progress(user, now, is_open):
    clicks = badge("clicks", title="Clicks", progress=1, starts=START, ends=END)
    with time_machine.travel(now, tick=False):
        reported = progress(clicks, user).increment()
    assert (reported.current, holds(user, "clicks")) == (1, is_open)


@whenever
@pytest.mark.parametrize("where", ["code", "database"])
def test_by_what_it_waits_for(user, now, is_open, where):
    thanks = badge("thanks", title="Thanks")
    if where == "code":
        badge("friend", title="Friend", when=rules.has_all(thanks), starts=START, ends=END)
    sync()
    if where == "database":
        row = Badge.objects.create(slug="friend", title="Friend", starts_at=START, ends_at=END)
        row.prerequisites.set(Badge.objects.filter(slug="thanks"))
    with time_machine.travel(now, tick=False), happened():
        award(thanks, to=user)
    assert holds(user, "friend") == is_open


@whenever
def test_what_comes_next(user, advent, now, is_open):
    sync()
    with time_machine.travel(now, tick=False):
        assert [one.badge.slug for one in next_badges(user)] == ["advent"] * is_open


def test_hours_that_are_open_on_one_side(user):
    now = timezone.now()
    badge("since", title="Since", when=rules.created(Entry, by="author"), starts=now - SECOND)
    badge("until", title="Until", when=rules.created(Entry, by="author"), ends=now + 100 * SECOND)
    with happened():
        Entry.objects.create(author=user, message="Hello")
    assert holds(user, "since")
    assert holds(user, "until")
