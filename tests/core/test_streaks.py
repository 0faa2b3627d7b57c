"""Days and weeks in a row."""

import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_badger import badge, checks, rules
from django_badger._engine import runs
from django_badger._engine.probe import Question, probe
from django_badger.awarding import explain
from django_badger.models import Award
from django_badger.rules import clock
from django_badger.rules.combining import standing
from django_badger.testing import assert_awarded, happened
from guestbook.models import Entry
from tests.studio.models import Home, Piece, Remark

BERLIN = ZoneInfo("Europe/Berlin")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def utc(month, day, hour, minute=0):
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=datetime.UTC)


def write(user, *moments):
    for moment in moments:
        with happened():
            Entry.objects.create(author=user, message="…", created_at=moment)


def in_a_row(reaches, **options):
    return badge("row", title="Row", when=rules.streak(Entry, by="author", reaches=reaches, **options))


def earned_at():
    return Award.objects.get().earned_at


def test_three_days_in_a_row_are_earned_with_the_first_row_of_the_third(user, day):
    row = in_a_row(3)
    with assert_awarded(row, to=user, times=0):
        write(user, day(1), day(2), day(4), day(5), day(5, 20))
    with assert_awarded(row, to=user):
        write(user, day(6, 20), day(6))
    # The award was made by the first of the two; the other, earlier one came too late to date it.
    assert earned_at() == day(6, 20)


def test_the_first_row_of_the_day_that_completed_it_dates_it(user, day):
    in_a_row(3)
    moments = [day(1), day(2), day(3, 20), day(3, 9), day(4), day(9)]
    Entry.objects.bulk_create(Entry(author=user, message="…", created_at=moment) for moment in moments)
    runs.backfill()
    assert earned_at() == day(3, 9)
    assert Award.objects.get().evidence["value"] == "4"


def test_a_day_may_be_missed_as_often_as_it_happens_and_counts_for_nothing(user, day):
    row = in_a_row(4, gap=1)
    with assert_awarded(row, to=user, times=0):
        write(user, day(1), day(3), day(5), day(8), day(10), day(12))
    with assert_awarded(row, to=user):
        write(user, day(13))


def test_days_begin_at_midnight_on_the_clock_of_the_site(user):
    row = in_a_row(3)
    with assert_awarded(row, to=user, times=0):  # in Berlin, all on the 2nd of January and the 3rd
        write(user, utc(1, 1, 23, 30), utc(1, 2, 22, 30), utc(1, 2, 23, 30))
    with assert_awarded(row, to=user):
        write(user, utc(1, 3, 23, 30))


@pytest.mark.parametrize("first", [datetime.date(2026, 3, 27), datetime.date(2026, 10, 23)], ids=["spring", "autumn"])
@pytest.mark.parametrize("clock", [datetime.time(0, 10), datetime.time(23, 50)], ids=["early", "late"])
def test_a_day_of_23_or_25_hours_is_a_day(user, first, clock):
    row = in_a_row(5)
    days = [first + timedelta(days=number) for number in range(5)]
    moments = [datetime.datetime.combine(one, clock, BERLIN) for one in days]
    with assert_awarded(row, to=user, times=0):
        write(user, *moments[:4], moments[3] + timedelta(minutes=5))
    with assert_awarded(row, to=user):
        write(user, moments[4])
    assert earned_at() == moments[4]


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Pacific/Auckland", 1),
        ("America/New_York", 1),
        (None, 2),
        ("", 2),
        ("Mars/Olympus", 2),
        ("america/new_york", 2),
        ("+05:00", 2),
        ("x' OR '1", 2),
    ],
)
def test_days_begin_where_somebody_lives(user, zone, days):
    """What is empty, or no name of a time zone letter for letter, is the site's."""
    in_a_row(9, timezone="home__timezone")
    Home.objects.create(owner=user, timezone=zone)
    write(user, utc(1, 1, 22, 30), utc(1, 2, 0, 30))
    facts, [rule] = facts_of(user, utc(1, 2, 1)), rules_of("row")
    assert facts.value(rule.measure, user.pk)[""].number == days


def test_who_lives_nowhere_lives_where_the_site_is(user, day):
    row = in_a_row(2, timezone="home__timezone", gap=11)  # as in no other test: compiled statements are kept
    with assert_awarded(row, to=user):
        write(user, day(1), day(2))


def test_the_day_of_now_is_that_of_the_person_too(user):
    in_a_row(2, timezone="home__timezone")
    Home.objects.create(owner=user, timezone="Pacific/Auckland")
    write(user, utc(1, 1, 1))  # the 1st in Auckland, where it is 13 hours later
    [rule] = rules_of("row")
    for at, number in ((utc(1, 2, 10, 59), 1), (utc(1, 2, 11, 1), 0)):
        assert rule.readings(facts_of(user, at), user.pk)[""].current == number


def test_the_zone_is_found_from_however_the_row_names_its_person():
    for model, by, path in (
        (Entry, "author", "author__home__timezone"),
        (Entry, "author_id", "author__home__timezone"),
        (Entry, "author__pk", "author__home__timezone"),
        (Remark, "piece__author_id", "piece__author__home__timezone"),
    ):
        assert rules.streak(model, by=by, reaches=2, timezone="home__timezone").measure.zone == path


def test_dates_are_the_days_they_are(user):
    row = badge("row", title="Row", when=rules.streak(Piece, by="author", reaches=2, at="made_on"))
    with assert_awarded(row, to=user, times=0), happened():
        Piece.objects.create(author=user, made_on=datetime.date(2026, 1, 31))
        Piece.objects.create(author=user, made_on=None)
    with assert_awarded(row, to=user), happened():
        Piece.objects.create(author=user, made_on=datetime.date(2026, 2, 1))
    assert earned_at() == utc(2, 1, 0)


def test_weeks_begin_with_monday(user):
    row = in_a_row(3, unit="week")
    with assert_awarded(row, to=user, times=0):  # a Sunday, a Tuesday, a Wednesday
        write(user, utc(1, 4, 12), utc(1, 6, 12), utc(1, 7, 12))
    with assert_awarded(row, to=user):
        write(user, utc(1, 18, 12))
    assert earned_at() == utc(1, 18, 12)


def rules_of(*slugs):
    from django_badger.registry import registry

    return [registry[slug].when for slug in slugs]


def facts_of(user, at):
    [rule] = rules_of("row")
    return probe(Question(frozenset(), rule.reads()), people=[user.pk], at=at).facts


@pytest.mark.parametrize(("gap", "going_on"), [(0, [0, 1, 2, 2, 0]), (1, [0, 1, 2, 2, 2])])
def test_a_streak_goes_on_until_too_many_days_are_missed(user, day, gap, going_on):
    in_a_row(2, gap=gap)
    write(user, day(3), day(4))
    [rule] = rules_of("row")
    found = [rule.explain(facts_of(user, day(n)), user.pk).current for n in (2, 3, 4, 5, 6)]
    assert found == going_on
    for number, current in zip((2, 3, 4, 5, 6), going_on, strict=True):
        true = [row[0] for row in rule.keepers(None, "default", day(number))] == [user.pk]
        assert true == (current >= 2) == (standing(rule, facts_of(user, day(number)), user.pk) == {""})


def test_it_is_explained_by_the_streak_that_is_going_on(user):
    row, now = in_a_row(4), timezone.now()
    write(user, *(now - timedelta(days=days) for days in (1, 2, 9, 10, 11)))
    why = explain(row, user)
    assert (why.text, why.holds, why.current, why.goal, why.percent) == ("entries on 4 days in a row", False, 2, 4, 50)


def test_earned_once_it_holds_also_when_the_streak_has_ended(user, day):
    row = in_a_row(3)
    write(user, day(1), day(2), day(3))
    why = explain(row, user)
    assert (why.holds, why.current, why.at) == (True, 0, day(3))


def test_tiers_share_one_streak(user, day):
    tiers = badge.tiers("row", title="{tier}", measure=rules.streak(Entry, by="author"), bronze=2, silver=3)
    with assert_awarded(tiers.silver, to=user):
        write(user, day(1), day(2), day(3))
    assert Award.objects.of(tiers.bronze).get().earned_at == day(2)


def test_the_names_of_zones_are_asked_of_the_server_once(user, day):
    clock.zones_of.cache_clear()
    in_a_row(2, timezone="home__timezone", gap=11)  # as in no other test: compiled statements are kept
    costs = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as captured:
            write(user, day(number))
        costs.append(len([one for one in captured if "timezone_names" in one["sql"]]))
    assert costs == [int(connection.vendor == "postgresql"), 0]


def test_a_database_that_does_not_know_the_zone_is_told_of(db):
    in_a_row(2)

    def nothing(execute, sql, params, many, context):
        return execute("SELECT NULL", (), many, context)

    with connection.execute_wrapper(nothing):
        assert [found.id for found in checks.check_time_zones(databases=["default"])] == ["badger.W005"]
