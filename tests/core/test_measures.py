"""Measures: the same query for one person, for some and for all."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q
from model_bakery import baker

from django_badger import rules
from django_badger.awarding import award
from django_badger.models import Badge
from tests.studio.models import Course, Home, Piece, Visit

pytestmark = pytest.mark.django_db


def values(rule, people=None):
    found = rule.measure.values(people, "default").order_by("badger_user", "badger_text")
    return list(found.values_list("badger_user", "badger_text", "badger_number", "badger_at"))


def crossings(rule, people=None):
    return sorted((row[:3] for row in rule.measure.crossings(people, [rule.goal], "default")), key=str)


@pytest.fixture
def two(make_person, day):
    """Two people and their pieces: three of Ann's, one of Bob's, one of nobody's."""
    ann, bob = sorted((make_person(), make_person()), key=lambda person: person.pk)
    for author, number, kind, points in (
        (ann, 3, "oil", 5),
        (ann, 1, "ink", 1),
        (ann, 2, "oil", 3),
        (bob, 4, "oil", 7),
        (None, 5, "oil", 9),
    ):
        Piece.objects.create(
            author=author, created_at=day(number), kind=kind, points=points, made_on=day(number).date()
        )
    return ann.pk, bob.pk


def test_a_count_for_one_for_some_and_for_all(two, day):
    ann, bob = two
    rule = rules.count(Piece, by="author", reaches=2)
    assert values(rule, [bob]) == [(bob, "", 1, day(4))]
    assert values(rule, [ann, bob]) == values(rule) == [(ann, "", 3, day(3)), (bob, "", 1, day(4))]
    assert crossings(rule) == crossings(rule, [ann, bob]) == [(ann, "", day(2))]
    assert crossings(rule, [bob]) == []


def test_a_total(two, day):
    ann, bob = two
    rule = rules.total(Piece, "points", by="author", reaches=7)
    assert values(rule) == [(ann, "", 9, day(3)), (bob, "", 7, day(4))]
    assert crossings(rule) == sorted([(ann, "", day(3)), (bob, "", day(4))], key=str)


def test_different_values(two, day):
    ann, bob = two
    rule = rules.distinct(Piece, "kind", by="author", reaches=2)
    assert values(rule) == [(ann, "", 2, day(2)), (bob, "", 1, day(4))]
    assert crossings(rule) == [(ann, "", day(2))]


def test_occasions_split_it(two, day):
    ann, bob = two
    rule = rules.count(Piece, by="author", reaches=2, each="kind")
    assert values(rule) == [(ann, "kind:ink", 1, day(1)), (ann, "kind:oil", 2, day(3)), (bob, "kind:oil", 1, day(4))]
    assert crossings(rule) == [(ann, "kind:oil", day(3))]


def test_days_are_written_alike_everywhere(two):
    ann, bob = two
    rule = rules.created(Piece, by="author", each=rules.day("made_on"))
    assert [(person, text) for person, text, _, _ in values(rule)] == [
        (ann, "2026-01-01"), (ann, "2026-01-02"), (ann, "2026-01-03"), (bob, "2026-01-04"),
    ]  # fmt: skip


def test_years_have_four_digits(make_person):
    person = make_person()
    Piece.objects.create(author=person, made_on=datetime.date(800, 12, 25))
    rule = rules.created(Piece, by="author", each=rules.year("made_on"))
    assert values(rule)[0][1] == "0800"


def test_conditions_hold(two, day):
    ann, bob = two
    rule = rules.count(Piece, by="author", reaches=1, where=Q(points__gt=4) & ~Q(kind="ink"))
    assert values(rule) == [(ann, "", 1, day(3)), (bob, "", 1, day(4))]


def test_what_does_not_say_when_has_no_moment(make_person):
    person = make_person()
    Visit.objects.create(guest=person)
    assert values(rules.created(Visit, by="guest")) == [(person.pk, "", 1, None)]


def test_numbers_are_decimals_of_six_places(make_person):
    person = make_person()
    for size in (0.1, 0.2):
        Piece.objects.create(author=person, size=size, weight=Decimal(str(size)))
    for field in ("size", "weight"):
        [(_, _, number, _)] = values(rules.total(Piece, field, by="author", reaches=1))
        assert (type(number), number) == (Decimal, Decimal("0.3"))


def test_equal_measures_are_one(db):
    one = rules.count(Piece, by="author", reaches=1, where=Q(kind="oil"))
    other = rules.count(Piece, by="author", reaches=5, where=Q(kind="oil"))
    different = rules.count(Piece, by="author", reaches=1, where=Q(kind="ink"))
    assert one.measure == other.measure
    assert hash(one.measure) == hash(other.measure)
    assert one.measure != different.measure


@pytest.mark.parametrize(
    ("points", "step"), [(5, 5), (None, 0), (Decimal("2.5"), Decimal("2.5")), (0.5, Decimal("0.5")), ("5", None)]
)
def test_a_saved_row_may_tell_what_it_added(points, step, day):
    measure = rules.total(Piece, "points", by="author", reaches=1).measure
    told = measure.step_of(Piece(points=points, created_at=day(1)))
    assert told == (None if step is None else (step, day(1)))


def test_a_row_of_another_kind_tells_nothing(db):
    measure = rules.total(Piece, "points", by="author", reaches=1).measure
    assert measure.step_of(Course()) is None
    assert rules.created(Piece, by="author").measure.step_of(Piece()) is None


# --- who earned it, and who keeps it, as a query in a query --------------------------------------------------------------


def of_everybody(two):
    """Give rules of each kind, and which of Ann and Bob have earned them."""
    week = datetime.timedelta(days=7)
    return [
        (rules.count(Piece, by="author", reaches=2), [1, 0]),
        (rules.count(Piece, by="author", reaches=2, at="finished_at"), [1, 0]),
        (rules.total(Piece, "points", by="author", reaches=8), [1, 0]),
        (rules.distinct(Piece, "kind", by="author", reaches=2), [1, 0]),
        (rules.created(Visit, by="guest"), [0, 0]),
        (rules.count(Piece, by="author", reaches=2, within=week), [1, 0]),
        (rules.total(Piece, "points", by="author", reaches=7, within=week), [1, 1]),
        (rules.distinct(Piece, "kind", by="author", reaches=2, within=week), [1, 0]),
        (rules.streak(Piece, by="author", reaches=1), [1, 1]),
        (rules.streak(Piece, by="author", reaches=3, timezone="home__timezone"), [1, 0]),
        (rules.age(week, at="home__moved_in"), [0, 1]),
        (rules.has("thanks"), [0, 1]),
        (rules.every(lambda: Piece.objects.filter(kind="ink").values("author"), text="Draw."), [1, 0]),
    ]


def test_the_queries_of_rules_fit_into_other_queries(two, day):
    """Runs put them behind IN and EXCEPT."""
    people = get_user_model()._base_manager
    ann, bob = two
    Home.objects.create(owner_id=bob, moved_in=day(1).date())
    award(baker.make(Badge, slug="thanks", status=Badge.Status.PUBLISHED), to=people.get(pk=bob))
    for rule, expected in of_everybody(two):
        earners = rule.earners(None, "default", day(20))
        inside = people.filter(pk__in=earners.values("badger_user"))
        assert [int(inside.filter(pk=pk).exists()) for pk in two] == expected, rule
        both = sorted(row[0] for row in earners.union(rule.earners([ann], "default", day(20)), all=True).order_by())
        assert both == sorted([pk for pk, has in zip(two, expected, strict=True) if has] + [ann] * expected[0]), rule


def test_the_queries_of_those_who_keep_it_fit_too(two, day):
    people = get_user_model()._base_manager
    coming_and_going: list[Any] = [
        rules.count(Piece, by="author", reaches=2, within=datetime.timedelta(days=7)),
        rules.streak(Piece, by="author", reaches=2),
    ]
    for rule in coming_and_going:
        keepers = rule.keepers(None, "default", day(4))
        assert [one.pk for one in people.filter(pk__in=keepers.values("badger_user"))] == [two[0]]
