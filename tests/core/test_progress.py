"""Progress that the host reports: exact, each key once, awarded at the goal."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection
from model_bakery import baker

from django_badger import badge, rules, signals, wording
from django_badger._engine import counters, making, runs
from django_badger._engine.sync import sync
from django_badger.awarding import explain, next_badges, progress, revoke
from django_badger.exceptions import BadAmount, UnknownBadge
from django_badger.models import Award, Badge, Progress, ProgressKey
from django_badger.testing import assert_awarded, happened, isolated_registry
from guestbook import badges

pytestmark = pytest.mark.django_db


@pytest.fixture
def clicker(registry):
    return badge("clicker", title="Clicker", progress=10)


def test_it_adds_up_and_awards_at_the_goal(user, clicker):
    mine = progress(clicker, user)
    assert mine.current == 0
    for number in range(1, 10):
        reported = mine.increment()
        assert not reported
        assert (reported.current, reported.goal, reported.percent) == (number, 10, number * 10)
    reported = mine.increment()
    assert reported
    assert reported.percent == 100
    assert reported.award == Award.objects.of(clicker).to(user).get()
    assert reported.award.evidence == {"value": "10", "goal": "10", "rule": "progress:10"}
    assert reported.award.route == "rule"
    assert not mine.increment(5)
    assert mine.current == 15
    assert Award.objects.count() == 1


def test_it_is_explained_without_words_of_our_tables(user, clicker):
    progress(clicker, user).increment(4)

    explained = explain(clicker, user)

    assert explained.text == "Reach 10."
    assert (explained.current, explained.goal, explained.percent) == (4, 10, 40)


def test_one_step_may_go_over_the_goal(user, clicker):
    assert progress(clicker, user).increment(11)


def test_decimals_stay_exact(user, registry):
    litres = badge("litres", title="Litres", progress=Decimal("1.5"))
    mine = progress(litres, user)
    for _ in range(14):
        assert not mine.increment(Decimal("0.1"))
    assert mine.current == Decimal("1.4")
    assert mine.increment(Decimal("0.1"))
    assert mine.increment(Decimal("0.000001")).current == Decimal("1.500001")
    assert str(Progress.objects.get()) == "1.500001"


def test_a_key_counts_once_for_each_person_and_badge(user, make_person, clicker):
    mine = progress(clicker, user)
    first, again = mine.increment(3, key="attempt:1"), mine.increment(3, key="attempt:1")
    assert (first.current, first.replayed) == (3, False)
    assert (again.current, again.replayed) == (3, True)
    assert mine.increment(3, key="attempt:2").current == 6
    assert progress(clicker, make_person()).increment(3, key="attempt:1").current == 3
    other = badge("other", title="Other", progress=10)
    assert progress(other, user).increment(3, key="attempt:1").current == 3
    assert str(ProgressKey.objects.first()) == "attempt:1"


def test_a_replayed_key_brings_no_second_award(user, clicker):
    mine = progress(clicker, user)
    assert mine.increment(10, key="all")
    assert not mine.increment(10, key="all")


def test_trouble_of_another_kind_is_not_taken_for_a_key_that_was_counted(user, clicker):
    def broken(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "progresskey" in sql:
            msg = "FOREIGN KEY constraint failed"
            raise IntegrityError(msg)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        reported = progress(clicker, user).increment(1, key="attempt:1")
    assert (reported.current, reported.replayed) == (0, False)
    assert not ProgressKey.objects.exists()


@pytest.mark.parametrize("key", ["x" * 151, "a\x00b", "🦡" * 200])
def test_any_key_is_told_apart_from_its_neighbour(user, clicker, key):
    mine = progress(clicker, user)
    assert mine.increment(1, key=key).current == 1
    assert mine.increment(1, key=key).current == 1
    assert mine.increment(1, key=f"{key}!").current == 2


def test_it_can_be_set_also_backwards(user, clicker):
    mine = progress(clicker, user)
    assert mine.set(4).current == 4
    assert mine.set(0).current == 0
    assert mine.set(10)
    assert not mine.set(12)
    assert mine.current == 12


def test_it_can_be_set_in_percent(user, registry):
    litres = badge("litres", title="Litres", progress=Decimal("2.5"))
    mine = progress(litres, user)
    assert mine.percent(50).current == Decimal("1.25")
    assert mine.percent(Decimal("99.9")).percent == 99
    assert mine.percent(100)
    assert mine.percent(150).percent == 100


@pytest.mark.parametrize(
    "amount",
    [0, -1, True, False, 1.0, 0.1, "1", None, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal(-1),
     Decimal("0.0000001"), 10**14, Decimal(10) ** 30],
)  # fmt: skip
def test_what_is_no_amount_is_refused_before_anything_is_counted(user, clicker, amount):
    with pytest.raises(BadAmount, match=r"is no amount of progress: pass an int or a Decimal of 0.000001 or more"):
        progress(clicker, user).increment(amount)
    assert not Progress.objects.exists()


@pytest.mark.parametrize("value", [-1, 0.5, Decimal("NaN"), True])
def test_what_cannot_be_set_is_refused(user, clicker, value):
    with pytest.raises(BadAmount, match="of 0 or more"):
        progress(clicker, user).set(value)
    with pytest.raises(BadAmount, match="of 0 or more"):
        progress(clicker, user).percent(value)


def test_only_badges_declared_so_have_progress_to_report(user, clicker):
    counted = badge("counted", title="Counted", when=rules.event("x"))
    with pytest.raises(UnknownBadge, match="badge 'counted' has no progress to report: declare it with progress=10"):
        progress(counted, user)
    Badge.objects.create(slug="site", title="Site")
    with pytest.raises(UnknownBadge, match="badge 'site' has no progress to report"):
        progress("site", user)
    with pytest.raises(UnknownBadge, match="there is no badge 'nope'"):
        progress("nope", user)


@pytest.mark.parametrize("make_visitor", [lambda: None, AnonymousUser, get_user_model()])
def test_a_visitors_progress_is_nobodys(clicker, make_visitor):
    reported = progress(clicker, make_visitor()).increment(10)
    assert not reported
    assert reported.current == 0
    assert not Progress.objects.exists()


def test_a_closed_badge_counts_on_and_is_awarded_by_a_run_once_it_is_open(user, clicker):
    sync()
    Badge.objects.filter(slug="clicker").update(status="disabled")
    mine = progress(clicker, user)
    assert not mine.increment(10)
    assert mine.current == 10
    assert not Award.objects.exists()
    Badge.objects.filter(slug="clicker").update(status="published")
    runs.backfill(["clicker"])
    assert Award.objects.of(clicker).to(user).exists()


def test_a_blocked_person_is_counted_and_not_awarded(make_person, clicker):
    mine = progress(clicker, make_person(is_active=False))
    assert not mine.increment(10)
    assert mine.current == 10


def test_what_was_revoked_does_not_come_again_by_progress(user, clicker):
    mine = progress(clicker, user)
    revoke(mine.increment(10).award, reason="Cheated.")
    mine.set(0)
    assert not mine.increment(10)


def test_an_expiring_badge_expires_also_by_progress(user, registry):
    aid = badge("aid", title="Aid", progress=1, valid_for=datetime.timedelta(days=1))
    assert progress(aid, user).increment().award.expires_at is not None


def test_progress_is_explained_and_comes_next(user, clicker):
    progress(clicker, user).increment(4)
    why = explain(clicker, user)
    assert (why.current, why.goal, why.percent, why.holds) == (4, 10, 40, False)
    [closest] = next_badges(user)
    assert (closest.badge.slug, closest.percent) == ("clicker", 40)
    assert wording.criteria(closest.badge) == "Reach 10."


def test_a_meta_badge_comes_with_progress_that_is_complete(user, clicker):
    meta = badge("meta", title="Meta", when=rules.has(clicker))
    with assert_awarded(meta, to=user):
        progress(clicker, user).increment(10)


def test_what_waits_for_it_in_the_database_comes_with_it(user, clicker):
    meta = baker.make(Badge, slug="meta", title="Meta")
    sync()
    meta.prerequisites.add(Badge.objects.get(slug="clicker"))
    with assert_awarded(meta, to=user):
        progress(clicker, user).increment(10)


@pytest.fixture
def in_steps(monkeypatch):
    """A database that does not return what it wrote."""
    monkeypatch.setattr(type(connection.features), "can_return_rows_from_bulk_insert", False)
    caches = (counters._statement, counters._key_statement, making.statement_of)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it always does")
def test_a_database_that_does_not_return_what_it_wrote_is_asked_for_it(user, clicker, in_steps):
    mine = progress(clicker, user)
    assert mine.increment(Decimal("0.5")).current == Decimal("0.5")
    assert mine.set(4).current == 4
    assert mine.increment(5, key="once").current == 9
    assert mine.increment(5, key="once").replayed
    assert mine.increment(1)
    assert not mine.increment(1)
    assert mine.current == 11


def test_the_row_of_its_badge_is_made_when_it_is_first_needed(user, clicker):
    mine = progress(clicker, user)
    assert not Badge.objects.filter(slug="clicker").exists()
    assert mine.badge.slug == "clicker"
    Badge.objects.filter(slug="clicker").delete()
    assert mine.increment(10).award.badge == Badge.objects.get(slug="clicker")


def test_what_nobody_knows_any_more_is_not_counted(user):
    with isolated_registry():
        mine = progress(badge("short-lived", title="Short-lived", progress=10), user)
    assert mine.increment(3).current == 0
    assert mine.increment(3, key="three").current == 0
    assert mine.set(10).current == 0
    assert not Progress.objects.exists()


def test_what_the_column_does_not_hold_is_rounded_before_it_is_compared(user, registry):
    mine = progress(badge("fine", title="Fine", progress=Decimal("1.0000004")), user)
    assert not mine.set(Decimal("1.0000001"))
    assert mine.current == 1
    assert mine.increment(Decimal("0.000001"))


def test_the_guestbook_counts_clicks(user):
    with assert_awarded(badges.button_clicker, to=user, times=0), happened():
        progress(badges.button_clicker, user).increment(9)
    with assert_awarded(badges.button_clicker, to=user):
        progress("button-clicker", user).increment(1)


def test_reported_progress_is_told_until_the_goal_is_reached(user):
    told = []

    def note(badge, user_id, current, goal, **_rest):
        told.append((badge, user_id, current, goal))

    signals.progressed.connect(note)
    try:
        with happened():
            progress(badges.button_clicker, user).increment(4, key="once")
            progress(badges.button_clicker, user).increment(4, key="once")
            progress(badges.button_clicker, user).increment(6)
    finally:
        signals.progressed.disconnect(note)

    assert told == [("button-clicker", user.pk, 4, 10)]
