"""The rule that "Write a rule" shows is a rule."""

import datetime
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from django_badger import Declaration, badge, rules
from django_badger.awarding import explain
from django_badger.models import Award
from django_badger.rules.protocol import Rule
from django_badger.testing import assert_awarded, happened, isolated_registry
from guestbook.models import Entry
from tests.docs.examples.days_in_a_row import days_in_a_row

pytestmark = pytest.mark.django_db

THREE_DAYS = days_in_a_row(Entry, by="author", at="created_at", reaches=3)


@pytest.fixture
def user():
    return baker.make(get_user_model())


@pytest.fixture
def faithful() -> Iterator[Declaration]:
    with isolated_registry():
        yield badge("faithful", title="Faithful", when=THREE_DAYS)


def write(user, *days):
    for day in days:
        moment = datetime.datetime(2026, 3, day, 12, tzinfo=datetime.UTC)
        baker.make(Entry, author=user, created_at=moment)


def test_it_is_a_rule():
    assert isinstance(THREE_DAYS, Rule)


def test_three_days_in_a_row_earn_the_badge_on_the_third(user, faithful):
    with assert_awarded(faithful, to=user):
        write(user, 1, 2, 3, 4)

    assert Award.objects.of(faithful).to(user).get().earned_at.day == 3


def test_three_days_with_a_gap_earn_nothing(user, faithful):
    with assert_awarded(faithful, to=user, times=0):
        write(user, 1, 2, 4)


def test_it_says_how_far_one_is(user, faithful):
    with happened():
        write(user, 1, 2, 4)

    explanation = explain(faithful, user)

    assert (explanation.text, explanation.current, explanation.percent) == ("3 days in a row", 2, 66)


def test_it_can_be_a_part_of_another_rule(user, faithful):
    both = badge("both", title="Both", when=rules.at_least(2, faithful, THREE_DAYS))

    with assert_awarded(both, to=user):
        write(user, 1, 2, 3)


def test_another_goal_is_another_version():
    assert THREE_DAYS.version() != days_in_a_row(Entry, by="author", at="created_at", reaches=4).version()
