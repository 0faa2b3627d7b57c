"""How old an account is."""

import datetime
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from django_badger import badge, rules
from django_badger._engine import runs
from django_badger.awarding import explain, next_badges
from django_badger.exceptions import BadDeclaration
from django_badger.models import Award
from django_badger.testing import assert_awarded, happened
from tests.studio.models import Home

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]
DATED = pytest.mark.project("core", "everything", "playdoh")
YEAR = timedelta(days=365)


@pytest.fixture
def veteran():
    return badge("veteran", title="Veteran", when=rules.age(YEAR, at="home__moved_in"))


def moved_in(user, days_ago):
    today = timezone.now().astimezone(datetime.UTC).date()
    return Home.objects.create(owner=user, moved_in=days_ago and today - timedelta(days=days_ago))


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


@DATED
def test_a_year_after_joining_a_run_finds_it(make_person):
    joined = timezone.now() - timedelta(days=400)
    old, young = make_person(date_joined=joined), make_person()
    year = badge("year", title="Year", when=rules.age(YEAR))
    with assert_awarded(year, to=young, times=0):
        runs.backfill()
    made = Award.objects.get()
    assert (made.recipient, made.earned_at) == (old, joined + YEAR)
    assert made.evidence["days"] == "365"


@DATED
def test_a_saved_account_is_looked_at(make_person):
    joined = timezone.now() - YEAR
    with happened():
        person = make_person(date_joined=joined)
    year = badge("year", title="Year", when=rules.age(YEAR))
    with assert_awarded(year, to=person), happened():
        person.save()
    assert Award.objects.get().earned_at == joined + YEAR


def test_it_is_reckoned_from_any_moment_of_the_person(user, veteran):
    home = moved_in(user, 365)
    with assert_awarded(veteran, to=user):
        runs.backfill()
    assert Award.objects.get().earned_at == midnight(home.moved_in) + YEAR


def test_a_day_too_early_is_too_early(user, veteran):
    moved_in(user, 364)
    with assert_awarded(veteran, to=user, times=0):
        runs.backfill()
    assert explain(veteran, user).text == "moved in: 365 days ago"
    assert [(one.badge.slug, one.percent) for one in next_badges(user)] == [("veteran", 99)]


def test_whole_days_are_told(user, veteran):
    home = moved_in(user, 73)
    why = explain(veteran, user)
    assert (why.holds, why.current, why.goal, why.percent, why.at) == (False, 73, 365, 20, None)
    home.moved_in -= timedelta(days=1000)
    home.save()
    why = explain(veteran, user)
    assert (why.holds, why.current, why.at) == (True, 1073, midnight(home.moved_in) + YEAR)


@pytest.mark.parametrize("home", [True, False])
def test_nothing_is_known_of_who_has_no_moment(user, veteran, home):
    if home:
        moved_in(user, None)
    runs.backfill()
    assert not Award.objects.exists()
    assert (explain(veteran, user).current, explain(veteran, user).holds) == (0, False)


def test_tomorrow_is_no_age(user, veteran):
    moved_in(user, -3)
    assert explain(veteran, user).current == 0


def test_hours_are_parts_of_a_day(user):
    half = badge("half", title="Half", when=rules.age(timedelta(hours=12), at="home__moved_in"))
    moved_in(user, 1)
    with assert_awarded(half, to=user):
        runs.backfill()
    assert Award.objects.get().evidence["days"] == "0.5"
    assert explain(half, user).goal * 2 == 1
    Home.objects.update(moved_in=timezone.now().date() + timedelta(days=2))
    assert explain(half, user).current == 0


def test_it_wakes_on_accounts_only(user):
    rule = rules.age(YEAR, at="home__moved_in")
    [key] = rule.wakes_on()
    from django_badger.events import Event

    assert list(rule.people(Event(key=key, subject=user))) == [user.pk]
    assert list(rule.people(Event(key="other", subject=None, user_id=user.pk))) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at": "home__moved"}, "has no field 'moved'"),
        ({"at": "home__timezone"}, "at='home__timezone' of .* is no moment: name a date or datetime field"),
        ({"at": "entries__created_at"}, "is no moment"),
        ({"length": timedelta(0)}, "is no length of time: write a timedelta of whole seconds, for example timedelta"),
        ({"length": timedelta(milliseconds=1500)}, "is no length of time"),
        ({"length": timedelta(days=10**6)}, "is no length of time"),
        ({"length": 365}, "365 is no length of time"),
    ],
)
def test_nonsense_is_refused(options, words):
    with pytest.raises(BadDeclaration, match=rf"test_ages\.py:\d+: .*{words}"):
        rules.age(**{"length": YEAR, "at": "home__moved_in"} | options)


@pytest.mark.project("uuid_people")
def test_a_user_model_that_does_not_say_when_needs_to_be_told():
    label = get_user_model()._meta.label
    with pytest.raises(BadDeclaration, match=f"{label} has no field that says by its name when the account was made"):
        rules.age(YEAR)
