"""Awards are written as they were decided; what is no longer so, the database leaves out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from django_badger import badge, rules, signals
from django_badger._engine import doubting, making
from django_badger._engine.sync import sync
from django_badger.awarding import award, progress
from django_badger.models import Award, Badge
from django_badger.testing import happened
from guestbook.models import Entry
from tests.core.test_query_counts import cost_of_saving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def nothing_doubted(monkeypatch):
    monkeypatch.setattr(doubting, "_closed", set())


def first_post(**options):
    return badge("first-post", title="First post!", when=rules.created(Entry, by="author"), **options)


def write(user):
    with happened():
        Entry.objects.create(author=user, message="Hello")


def held(user):
    return sorted(Award.objects.to(user).values_list("badge__slug", flat=True))


def test_a_closed_badge_is_not_awarded_and_from_then_on_asked_about(user):
    first_post()
    sync()
    Badge.objects.update(status=Badge.Status.DISABLED)
    assert cost_of_saving(user) == 3  # in vain, and then carefully
    assert cost_of_saving(user) == 1
    assert held(user) == []
    Badge.objects.update(status=Badge.Status.PUBLISHED)
    assert cost_of_saving(user) == 2 + 1  # one for the date, which is that of the first entry
    assert held(user) == ["first-post"]
    assert doubting.doubted(frozenset({"first-post"})) == frozenset()


def test_who_has_another_badge_tries_for_a_closed_one_in_vain_only_once(user):
    first_post()
    badge("writer", title="Writer", when=rules.created(Entry, by="author"))
    sync()
    Badge.objects.filter(slug="first-post").update(status=Badge.Status.DISABLED)
    write(user)
    assert held(user) == ["writer"]
    assert cost_of_saving(user) == 1


def test_what_rests_on_a_badge_that_is_closed_in_the_last_moment_is_not_awarded(user):
    """One is closed from the start, so all of it is asked carefully; the other just before the second writing."""
    first_post()
    badge("writer", title="Writer", when=rules.created(Entry, by="author"))
    badge("author", title="Author", when=rules.has_all("writer"))
    sync()
    Badge.objects.filter(slug="first-post").update(status=Badge.Status.DISABLED)
    tried: list[str] = []

    def close(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "badger_award" in sql:
            tried.append(sql)
            if len(tried) > 1:
                Badge.objects.filter(slug="writer").update(status=Badge.Status.DISABLED)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(close):
        write(user)
    assert len(tried) == 2
    assert held(user) == []


def test_what_rests_on_a_closed_badge_is_not_awarded_either(user):
    first_post()
    badge("author", title="Author", when=rules.has("first-post"))
    badge("writer", title="Writer", when=rules.created(Entry, by="author"))
    sync()
    Badge.objects.filter(slug="first-post").update(status=Badge.Status.DISABLED)
    write(user)
    assert held(user) == ["writer"]


def test_a_receiver_is_given_an_award_as_the_database_has_it(user):
    first_post()
    badge("clicker", title="Clicker", progress=1)
    sync()
    heard = []

    def hear(award, **_rest):
        award.full_clean()  # which would find its own public id taken, if it took itself for a new one
        heard.append(award)

    signals.badge_awarded.connect(hear)
    try:
        write(user)
        with happened():
            assert progress("clicker", user).increment().award == Award.objects.get(badge__slug="clicker")
    finally:
        signals.badge_awarded.disconnect(hear)
    names = [field.attname for field in Award._meta.concrete_fields if field.name != "announced_at"]  # noted afterwards
    for one in heard:
        fresh = Award.objects.get(pk=one.pk)
        assert [getattr(one, name) for name in names] == [getattr(fresh, name) for name in names]
    assert len(heard) == 2


@pytest.mark.parametrize("number", [1, 2, making.FEW, making.FEW + 1, 3 * making.FEW])
def test_any_number_of_badges_is_written_alike(number, user):
    """A few are listed, more are one parameter; with a meta-badge there is one more, and all are made or none."""
    for goal in range(1, number + 1):
        badge(f"entries-{goal}", title="E", when=rules.count(Entry, by="author", reaches=goal), valid_for=YEAR)
    sync()
    moments = [datetime(2026, 1, day, 12, 30, 0, 5, tzinfo=UTC) for day in range(1, number + 1)]
    Entry.objects.bulk_create(Entry(author=user, message="Hello", created_at=at) for at in moments)
    badge("all", title="All", when=rules.has_all(*(f"entries-{goal}" for goal in range(1, number + 1))))
    sync()
    write(user)
    awards = {award.badge.slug: award for award in Award.objects.to(user).with_badges()}
    assert len(awards) == number + 1
    for goal, at in enumerate(moments, start=1):
        one = awards[f"entries-{goal}"]
        assert (one.earned_at, one.expires_at, one.slot, one.route) == (at, one.awarded_at + YEAR, "", "rule")
        assert (one.evidence["value"], one.evidence["goal"]) == (str(number + 1), str(goal))
        assert one.announced_at == one.awarded_at
    assert awards["all"].earned_at == moments[-1]
    assert [part["badge"] for part in awards["all"].evidence["parts"]] == [
        f"entries-{goal}" for goal in range(1, number + 1)
    ]


@pytest.mark.parametrize("number", [1, making.FEW])
def test_what_is_not_alike_is_written_together_too(number, user, make_person):
    """Two people, with and without an occasion, for a year and for good: in one statement, each with its own."""
    other = make_person("other")
    for place in range(number):
        badge(f"lasting-{place}", title="L", when=rules.created(Entry, by="author"))
    badge(
        "yearly",
        title="Y",
        when=rules.count(Entry, by="author", reaches=1, each=rules.year("created_at")),
        valid_for=YEAR,
    )
    sync()
    with CaptureQueriesContext(connection) as sent, happened():
        for person in (user, other):
            Entry.objects.create(author=person, message="Hello")
    assert sum(one["sql"].startswith("INSERT") and "badger_award" in one["sql"] for one in sent) == 1
    year = str(Entry.objects.latest("created_at").created_at.year)
    lasting = {(f"lasting-{place}", "", "", None) for place in range(number)}
    for person in (user, other):
        awards = Award.objects.to(person).with_badges()
        assert len(awards) == number + 1
        found = {(one.badge.slug, one.occasion, one.slot, one.expires_at) for one in awards}
        assert found == lasting | {("yearly", year, year, awards[0].awarded_at + YEAR)}


@pytest.mark.parametrize("number", [2, 3 * making.FEW])
def test_what_rests_on_one_of_many_that_is_closed_is_not_awarded(number, user):
    slugs = [f"entries-{place}" for place in range(number)]
    for slug in slugs:
        badge(slug, title="E", when=rules.created(Entry, by="author"))
    badge("all", title="All", when=rules.has_all(*slugs))
    sync()
    Badge.objects.filter(slug=slugs[0]).update(status=Badge.Status.DISABLED)
    write(user)
    assert held(user) == sorted(slugs[1:])


def test_what_somebody_else_has_just_awarded_takes_nothing_with_it(user):
    """Between the question and the writing: the rest is made, and what rests on all of it."""
    first_post()
    badge("writer", title="Writer", when=rules.created(Entry, by="author"))
    badge("author", title="Author", when=rules.has_all("first-post", "writer"))
    sync()
    done: list[str] = []

    def interfere(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "badger_award" in sql and not done:
            done.append(sql)
            award("writer", to=user, reason="Given by hand.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(interfere):
        write(user)
    assert done
    assert held(user) == ["author", "first-post", "writer"]


def test_a_badge_without_a_row_gets_one_and_is_awarded(user):
    first_post()
    badge("author", title="Author", when=rules.has("first-post"))
    write(user)
    assert held(user) == ["author", "first-post"]


def test_a_blocked_person_is_refused_by_the_database(make_person):
    blocked = make_person(is_active=False)
    first_post()
    sync()
    write(blocked)
    assert held(blocked) == []


def test_very_many_badges_closed_are_not_all_remembered(monkeypatch):
    monkeypatch.setattr(doubting, "MOST", 2)
    doubting.found_closed({"a", "b", "c"})
    doubting.found_closed({"d"})
    assert doubting.doubted(frozenset("abcd")) == {"d"}


@pytest.mark.sqlite
def test_a_database_that_does_not_return_what_it_made_is_asked_for_it(user, monkeypatch):
    monkeypatch.setattr(type(connection.features), "can_return_rows_from_bulk_insert", False)
    first_post()
    sync()
    waiting = Badge.objects.create(slug="waiting", title="Waiting")
    waiting.prerequisites.set(Badge.objects.filter(slug="first-post"))
    with CaptureQueriesContext(connection) as captured:
        write(user)
    assert held(user) == ["first-post", "waiting"]
    assert not [query for query in captured if "RETURNING" in query["sql"] and "json" in query["sql"].lower()]


def test_many_badges_are_read_without_being_named(user):
    """Of more than forty badges all that a person has is read, and what others have makes no difference."""
    for number in range(45):
        badge(f"entries-{number}", title="E", when=rules.count(Entry, by="author", reaches=1 + number % 3))
    sync()
    other = baker.make(get_user_model())
    write(other)
    for _entry in range(3):
        write(user)
    assert len(held(user)) == 45
    assert len(held(other)) == 15
    assert cost_of_saving(user) == 1
