"""Within a length of time, and since a moment."""

import datetime
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from django_badger import badge, rules
from django_badger._engine import runs
from django_badger._engine.probe import Question, probe
from django_badger.awarding import explain
from django_badger.models import Award
from django_badger.rules.combining import standing
from django_badger.rules.protocol import ComesAndGoes
from django_badger.testing import assert_awarded, happened
from guestbook.models import Entry
from tests.studio.models import Piece

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]

WEEK = timedelta(days=7)
THREE = rules.count(Entry, by="author", reaches=3, within=WEEK)


def write(user, *moments, **fields):
    """Write an entry at each of these moments, each with what follows its commit."""
    for moment in moments:
        with happened():
            Entry.objects.create(author=user, message="…", created_at=moment, **fields)


def earned_at():
    return Award.objects.get().earned_at


def kept(rule, user, at):
    """Give whether the rule is true at a moment: read for one person, and asked for everybody."""
    facts = probe(Question(frozenset(), rule.reads()), people=[user.pk], at=at).facts
    everybody = [row[0] for row in rule.keepers(None, "default", at)]
    assert (standing(rule, facts, user.pk) == {""}) == (user.pk in everybody)
    return user.pk in everybody


# --- within ------------------------------------------------------------------------------------------------------------


def test_so_many_rows_within_a_week_are_earned_with_the_last_of_them(user, day):
    busy = badge("busy", title="Busy", when=THREE)
    with assert_awarded(busy, to=user, times=0):
        write(user, day(1), day(5), day(10))
    with assert_awarded(busy, to=user):
        write(user, day(11))
    assert earned_at() == day(11)
    assert Award.objects.get().evidence | {"rule": ""} == {"value": "3", "goal": "3", "rule": ""}


def test_what_is_exactly_a_week_older_lies_outside(user, day):
    busy = badge("busy", title="Busy", when=THREE)
    with assert_awarded(busy, to=user, times=0):
        write(user, day(1), day(5), day(8))
    almost = day(8) - timedelta(microseconds=1)
    with assert_awarded(busy, to=user):
        write(user, almost)
    assert earned_at() == almost


def test_rows_of_one_moment_lie_together(user, day):
    busy = badge("busy", title="Busy", when=THREE)
    with assert_awarded(busy, to=user):
        write(user, day(1), day(1), day(1))


def test_what_was_earned_long_ago_is_found_with_its_moment(user, day):
    badge("busy", title="Busy", when=THREE)
    Entry.objects.bulk_create(Entry(author=user, message="…", created_at=day(n)) for n in (1, 2, 3, 4, 20))
    runs.backfill()
    assert earned_at() == day(3)


def test_a_total_falls_out_of_the_window(user, day):
    points = badge("a", title="A", when=rules.total(Piece, "points", by="author", reaches=10, within=WEEK))
    with assert_awarded(points, to=user, times=0), happened():
        Piece.objects.create(author=user, points=6, created_at=day(1))
        Piece.objects.create(author=user, points=6, created_at=day(8))
    with assert_awarded(points, to=user), happened():
        Piece.objects.create(author=user, points=4, created_at=day(9))
    assert earned_at() == day(9)


def test_the_moment_of_a_total_is_that_of_the_first_window_and_not_of_the_best(user, day):
    badge("a", title="A", when=rules.total(Piece, "points", by="author", reaches=10, within=WEEK))
    Piece.objects.bulk_create(Piece(author=user, points=n, created_at=day(n)) for n in (3, 9, 12, 28))
    runs.backfill()
    assert earned_at() == day(9)


def test_a_value_that_comes_again_counts_once(user, day):
    kinds = badge("a", title="A", when=rules.distinct(Piece, "kind", by="author", reaches=3, within=WEEK))
    with assert_awarded(kinds, to=user, times=0):
        for number, kind in ((1, "oil"), (2, "ink"), (3, "oil"), (9, "clay"), (9, None)):
            with happened():
                Piece.objects.create(author=user, kind=kind or "oil", created_at=day(number))
    assert explain(kinds, user).current == 0
    with assert_awarded(kinds, to=user), happened():
        Piece.objects.create(author=user, kind="ink", created_at=day(10))
    assert earned_at() == day(10)


def test_days_are_taken_at_their_midnights(user):
    first = datetime.date(2026, 1, 1)
    two = badge("a", title="A", when=rules.count(Piece, by="author", reaches=2, at="made_on", within=timedelta(days=2)))
    with assert_awarded(two, to=user, times=0), happened():
        Piece.objects.create(author=user, made_on=first)
        Piece.objects.create(author=user, made_on=first + timedelta(days=2))
        Piece.objects.create(author=user, made_on=None)
    with assert_awarded(two, to=user), happened():
        Piece.objects.create(author=user, made_on=first + timedelta(days=3))
    assert earned_at() == datetime.datetime(2026, 1, 4, tzinfo=datetime.UTC)


def test_progress_is_what_lies_in_the_window_that_ends_now(user):
    busy = badge("busy", title="Busy", when=THREE)
    now = timezone.now()
    write(user, now - timedelta(days=30), now - timedelta(days=29), now - timedelta(days=3))
    why = explain(busy, user)
    assert (why.text, why.holds, why.current, why.goal, why.percent, why.at) == (
        "3 entries within 7 days", False, 1, 3, 33, None,
    )  # fmt: skip


def test_what_is_written_for_tomorrow_is_not_in_it_yet(user):
    busy = badge("busy", title="Busy", when=THREE)
    write(user, timezone.now() + timedelta(days=1))
    assert explain(busy, user).current == 0


def test_earned_once_it_holds_also_when_the_window_of_now_is_empty(user, day):
    busy = badge("busy", title="Busy", when=THREE)
    write(user, day(1), day(2), day(3))
    why = explain(busy, user)
    assert (why.holds, why.current, why.percent, why.at) == (True, 0, 100, day(3))


def test_a_negative_row_that_falls_out_does_not_earn_it(user):
    """Ten points lie in the window of now, but in none that ended with a row."""
    points = badge("a", title="A", when=rules.total(Piece, "points", by="author", reaches=10, within=WEEK))
    now = timezone.now()
    with assert_awarded(points, to=user, times=0), happened():
        Piece.objects.create(author=user, points=-5, created_at=now - timedelta(days=8))
        Piece.objects.create(author=user, points=10, created_at=now - timedelta(days=2))
    assert (explain(points, user).holds, explain(points, user).current) == (False, 5)


def test_it_is_true_as_long_as_the_window_of_now_reaches_the_goal(user, day):
    write(user, day(1), day(2), day(3))
    assert isinstance(THREE, ComesAndGoes)
    assert [kept(THREE, user, day(n)) for n in (2, 3, 7, 8, 20)] == [False, True, True, False, False]


def test_what_is_made_of_rules_is_true_as_long_as_enough_of_them_are(user, day):
    write(user, day(1), day(2), day(3))
    whole = rules.at_least(2, THREE, rules.created(Entry, by="author"), "nothing")
    for at, found in ((day(4), {""}), (day(20), set())):
        facts = probe(Question(frozenset({"nothing"}), whole.reads()), people=[user.pk], at=at).facts
        assert standing(whole, facts, user.pk) == found
        assert standing(whole.parts[1], facts, user.pk) == {""}


def test_an_occasion_is_true_with_the_parts_that_know_none(user, day):
    write(user, day(1), day(2), day(3))
    yearly = rules.count(Entry, by="author", reaches=2, each=rules.year("created_at"))
    facts = probe(Question(frozenset(), (THREE & yearly).reads()), people=[user.pk], at=day(4)).facts
    assert standing(THREE & yearly, facts, user.pk) == {"2026"}


def test_tiers_share_one_window(user, day):
    tiers = badge.tiers(
        "busy", title="{tier}", measure=rules.count(Entry, by="author", within=WEEK), bronze=2, silver=3
    )
    with assert_awarded(tiers.silver, to=user):
        write(user, day(1), day(2), day(3))
    moments = {tier.slug: Award.objects.of(tier).get().earned_at for tier in tiers}
    assert moments == {"busy-bronze": day(2), "busy-silver": day(3)}
    assert len((tiers.bronze.when.reads() | tiers.silver.when.reads()).measures) == 2  # ever, and now


# --- since -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "number"),
    [
        (datetime.date(2026, 1, 2), 3),  # midnight in Berlin is 23:00 UTC of the day before
        (datetime.datetime(2026, 1, 1, 23, 1, tzinfo=datetime.UTC), 2),
        (datetime.datetime(2026, 1, 3, 12, tzinfo=datetime.UTC), 1),
    ],
)
def test_only_what_happened_since_then_counts(user, day, since, number):
    several = badge("a", title="A", when=rules.count(Entry, by="author", reaches=5, since=since))
    write(user, day(1), day(1, 23), day(2), day(3))
    assert explain(several, user).current == number


@pytest.mark.parametrize(
    ("since", "number"),
    [
        (datetime.date(2026, 1, 2), 2),
        (datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), 2),
        (datetime.datetime(2026, 1, 2, 0, 0, 0, 1, tzinfo=datetime.UTC), 1),
    ],
)
def test_a_date_counts_since_its_midnight(user, since, number):
    several = badge("a", title="A", when=rules.count(Piece, by="author", reaches=5, at="made_on", since=since))
    for day_of_january in (1, 2, 3, None):
        made_on = datetime.date(2026, 1, day_of_january) if day_of_january else None
        Piece.objects.create(author=user, made_on=made_on)
    assert explain(several, user).current == number


def test_since_goes_with_everything_else(user, day):
    since = day(2)
    words = {
        "first": rules.created(Piece, by="author", since=since, where=Q(points__gt=0)),
        "points": rules.total(Piece, "points", by="author", reaches=10, since=since),
        "kinds": rules.distinct(Piece, "kind", by="author", reaches=2, since=since),
        "yearly": rules.count(Piece, by="author", reaches=2, since=since, each=rules.year("created_at")),
        "busy": rules.count(Piece, by="author", reaches=2, since=since, within=WEEK),
    }
    for slug, rule in words.items():
        badge(slug, title=slug, when=rule)
    with happened():
        for number, points, kind in ((1, 20, "ink"), (2, 5, "oil"), (3, 5, "ink")):
            Piece.objects.create(author=user, points=points, kind=kind, created_at=day(number))
    found = {slug: at.day for slug, at in Award.objects.values_list("badge__slug", "earned_at")}
    assert found == {"first": 2, "points": 3, "kinds": 3, "yearly": 3, "busy": 3}
