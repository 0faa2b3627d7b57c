"""The badges of the guestbook, each earned by what people do."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from model_bakery import baker

from django_badger.awarding import explain, progress
from django_badger.models import Award
from django_badger.testing import assert_awarded, happened
from guestbook import badges
from guestbook.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return baker.make(get_user_model())


def test_the_first_public_entry_earns_the_first_badge(user):
    with assert_awarded(badges.first_post, to=user):
        Entry.objects.create(author=user, message="Hello")


def test_a_private_entry_earns_nothing_until_it_is_made_public(user):
    with assert_awarded(badges.first_post, to=user, times=0):
        entry = Entry.objects.create(author=user, message="Hello", is_public=False)
    with assert_awarded(badges.first_post, to=user):
        entry.is_public = True
        entry.save()


def test_words_add_up_over_entries_and_the_crossing_entry_dates_the_award(user):
    for days, words in ((3, 100), (2, 149), (1, 200)):
        moment = timezone.now() - datetime.timedelta(days=days)
        with happened():
            last = Entry.objects.create(author=user, message="…", word_count=words, created_at=moment)
    award = Award.objects.of(badges.wordsmith).to(user).get()
    assert award.earned_at == last.created_at


def test_tiers_come_one_after_the_other(user):
    with assert_awarded(badges.regular.bronze, to=user):
        for _ in range(10):
            Entry.objects.create(author=user, message="…")
    assert not Award.objects.of(badges.regular.silver).exists()


def test_a_year_of_thirty_entries_is_an_award_of_that_year(user):
    with happened():
        for year in (2024, 2025):
            for day in range(1, 31):
                moment = datetime.datetime(year, 1, day, 12, tzinfo=datetime.UTC)
                Entry.objects.create(author=user, message="…", created_at=moment)
    occasions = Award.objects.of(badges.yearly).to(user).values_list("occasion", flat=True)
    assert sorted(occasions) == ["2024", "2025"]


def test_the_meta_badge_comes_with_its_last_prerequisite(user):
    with assert_awarded(badges.master_badger, to=user):
        Entry.objects.create(author=user, message="…", word_count=300)


def test_the_night_owl_writes_before_five(user):
    moment = datetime.datetime(2026, 1, 1, 3, tzinfo=datetime.UTC)
    with assert_awarded(badges.night_owl, to=user):
        Entry.objects.create(author=user, message="…", created_at=moment)


def test_clicks_are_counted_to_ten_and_each_key_once(user):
    clicker = progress(badges.button_clicker, user)
    with assert_awarded(badges.button_clicker, to=user):
        for number in range(10):
            clicker.increment(1, key=f"click:{number}")
            clicker.increment(1, key=f"click:{number}")
    assert clicker.current == 10


def test_an_explanation_says_how_far_it_is(user):
    with happened():
        Entry.objects.create(author=user, message="…", word_count=120)
    explanation = explain(badges.wordsmith, user)
    assert (explanation.current, explanation.goal, explanation.holds) == (120, 250, False)
