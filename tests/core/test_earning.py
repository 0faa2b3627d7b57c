"""Every kind of rule, earned by what people do."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from django_badger import badge, rules
from django_badger.awarding import award, explain, record
from django_badger.models import Award
from django_badger.testing import assert_awarded, happened
from guestbook.models import Entry
from tests.studio.models import Course, Piece, Remark, Sculpture, Sketch, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def occasions(declared, user):
    return sorted(Award.objects.of(declared).to(user).values_list("occasion", flat=True))


# --- occasions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (rules.year, ["2025", "2026"]),
        (rules.month, ["2025-12", "2026-01"]),
        (rules.day, ["2025-12-31", "2026-01-01"]),
    ],
)
def test_a_calendar_is_read_on_the_clock_of_the_site(user, each, expected):
    late = badge("a", title="A", when=rules.created(Entry, by="author", each=each("created_at")))
    with happened():
        for hour in (22, 23):  # 23:30 and 00:30 in Berlin
            moment = datetime.datetime(2025, 12, 31, hour, 30, tzinfo=datetime.UTC)
            Entry.objects.create(author=user, message="…", created_at=moment)
    assert occasions(late, user) == expected


@pytest.mark.parametrize(
    ("each", "expected"), [(rules.year, ["2026"]), (rules.month, ["2026-01"]), (rules.day, ["2026-01-31"])]
)
def test_a_date_is_the_same_day_everywhere(user, each, expected):
    dated = badge("a", title="A", when=rules.created(Piece, by="author", each=each("made_on"), at="made_on"))
    with assert_awarded(dated, to=user):
        Piece.objects.create(author=user, made_on=datetime.date(2026, 1, 31))
    assert occasions(dated, user) == expected


def test_the_clock_of_a_visitor_does_not_matter(user):
    yearly = badge("clock", title="A", when=rules.created(Entry, by="author", each=rules.year("created_at")))
    moment = datetime.datetime(2025, 12, 31, 22, 30, tzinfo=datetime.UTC)  # 2025 in Berlin, 2026 in Auckland
    with timezone.override("Pacific/Auckland"), happened():
        Entry.objects.create(author=user, message="…", created_at=moment)
    assert occasions(yearly, user) == ["2025"]


def test_each_value_of_a_field_is_an_occasion(user):
    studious = badge("a", title="A", when=rules.count(Piece, by="author", reaches=2, each="course"))
    first, second = (Course.objects.create(name=name) for name in "ab")
    with happened():
        for course in (first, first, first, second, second):
            Piece.objects.create(author=user, course=course)
    assert occasions(studious, user) == sorted([f"course:{first.pk}", f"course:{second.pk}"])


def test_each_may_be_a_path(user):
    discussed = badge("a", title="A", when=rules.created(Remark, by="piece__author", each="piece__course"))
    course = Course.objects.create(name="oil")
    with assert_awarded(discussed, to=user):
        Remark.objects.create(piece=Piece.objects.create(author=user, course=course))
    assert occasions(discussed, user) == [f"piece__course:{course.pk}"]


def test_rows_without_a_value_are_for_no_occasion(user):
    studious = badge("a", title="A", when=rules.created(Piece, by="author", each="course"))
    dated = badge("b", title="B", when=rules.created(Piece, by="author", each=rules.year("made_on")))
    finished = badge("c", title="C", when=rules.created(Piece, by="author", each=rules.month("finished_at")))
    with happened():
        Piece.objects.create(author=user)
    assert [occasions(each, user) for each in (studious, dated, finished)] == [[], [], []]


# --- numbers -----------------------------------------------------------------------------------------------------------


def test_decimals_and_floats_are_added_exactly(user, day):
    weight = badge("a", title="A", when=rules.total(Piece, "weight", by="author", reaches=1))
    size = badge("b", title="B", when=rules.total(Piece, "size", by="author", reaches=1))
    with happened():
        for number in range(1, 10):
            Piece.objects.create(author=user, weight=Decimal("0.1"), size=0.1, created_at=day(number))
    assert not Award.objects.exists()
    with assert_awarded(weight, to=user), assert_awarded(size, to=user):
        Piece.objects.create(author=user, weight=Decimal("0.1"), size=0.1, created_at=day(10))


def test_what_is_missing_adds_nothing(user):
    heavy = badge("a", title="A", when=rules.total(Piece, "weight", by="author", reaches=1))
    with assert_awarded(heavy, to=user, times=0):
        Piece.objects.create(author=user)
    assert explain(heavy, user).current == 0


def test_what_is_taken_off_counts_against_it(user):
    points = badge("a", title="A", when=rules.total(Piece, "points", by="author", reaches=10))
    with assert_awarded(points, to=user, times=0), happened():
        Piece.objects.create(author=user, points=12)
        Piece.objects.create(author=user, points=-5)
    with assert_awarded(points, to=user):
        Piece.objects.create(author=user, points=3)


def test_a_sum_that_only_the_database_knows(user, day):
    points = badge("a", title="A", when=rules.total(Piece, "points", by="author", reaches=10))
    piece = Piece.objects.create(author=user, points=4, created_at=day(3))
    with assert_awarded(points, to=user):
        piece.points = F("points") + 6
        piece.save()
    assert Award.objects.get().earned_at == day(3)


def test_different_values_are_counted_once_each(user):
    versatile = badge("a", title="A", when=rules.distinct(Piece, "kind", by="author", reaches=3))
    with assert_awarded(versatile, to=user, times=0):
        for kind in ("oil", "oil", "clay", "clay"):
            Piece.objects.create(author=user, kind=kind)
    with assert_awarded(versatile, to=user):
        Piece.objects.create(author=user, kind="ink")


def test_no_value_is_no_value(user):
    courses = badge("a", title="A", when=rules.distinct(Piece, "course", by="author", reaches=1))
    with assert_awarded(courses, to=user, times=0):
        Piece.objects.create(author=user)


def test_only_rows_that_count_are_counted(user):
    public = badge("a", title="A", when=rules.count(Entry, by="author", reaches=2, where=Q(is_public=True)))
    with assert_awarded(public, to=user, times=0):
        for is_public in (True, False, False):
            Entry.objects.create(author=user, message="…", is_public=is_public)
    with assert_awarded(public, to=user):
        Entry.objects.create(author=user, message="…")


# --- whose it is -------------------------------------------------------------------------------------------------------


def test_a_row_may_belong_to_somebody_by_way_of_another(make_person):
    ann, bob = make_person(), make_person()
    discussed = badge("a", title="A", when=rules.count(Remark, by="piece__author", reaches=2))
    piece = Piece.objects.create(author=ann)
    with assert_awarded(discussed, to=ann), assert_awarded(discussed, to=bob, times=0):
        Remark.objects.create(piece=piece)
        Remark.objects.create(piece=piece)


def test_a_row_of_nobody_is_nobodys(registry):
    badge("a", title="A", when=rules.created(Piece, by="author"))
    badge("b", title="B", when=rules.created(Remark, by="piece__author"))
    with happened():
        Remark.objects.create(piece=Piece.objects.create(author=None))
    assert not Award.objects.exists()


def test_what_was_deleted_before_the_commit_harms_nobody(user):
    badge("a", title="A", when=rules.created(Remark, by="piece__author"))
    other = badge("b", title="B", when=rules.created(Piece, by="author"))
    piece = Piece.objects.create(author=user)
    remark = Remark.objects.create(piece=piece)
    with assert_awarded(other, to=user):
        with transaction.atomic():
            fresh = Remark.objects.get(pk=remark.pk)
            fresh.save()
            piece.delete()
        Piece.objects.create(author=user)


def test_accounts_themselves_can_be_counted(make_person):
    welcome = badge("a", title="Welcome", when=rules.created(get_user_model(), by="pk", where=Q(is_active=True)))
    with happened():
        ann = make_person()
        make_person(is_active=False)
    assert list(Award.objects.of(welcome).values_list("recipient", flat=True)) == [ann.pk]


def test_a_child_and_a_proxy_are_rows_of_their_parent(user):
    pieces = badge("a", title="A", when=rules.count(Piece, by="author", reaches=2))
    stones = badge("b", title="B", when=rules.created(Sculpture, by="author"))
    with assert_awarded(stones, to=user), assert_awarded(pieces, to=user):
        Sculpture.objects.create(author=user)
        Sketch.objects.create(author=user)


def test_rows_that_do_not_say_when_are_awarded_when_they_are_seen(user):
    guest = badge("a", title="A", when=rules.count(Visit, by="guest", reaches=2))
    with assert_awarded(guest, to=user):
        Visit.objects.create(guest=user)
        Visit.objects.create(guest=user)
    made = Award.objects.get()
    assert made.earned_at == made.awarded_at


# --- events ------------------------------------------------------------------------------------------------------------


def test_an_event_is_recorded_for_a_person(user, day):
    passed = badge("a", title="A", when=rules.event("quiz.passed"))
    with assert_awarded(passed, to=user):
        record("quiz.passed", user=user, at=day(3))
    made = Award.objects.get()
    assert made.earned_at == day(3)
    assert made.evidence["event"] == "quiz.passed"
    assert made.route == "rule"


def test_an_event_that_fits_counts_also_where_another_of_its_name_does_not(user):
    good = badge("a", title="A", when=rules.event("quiz", where=lambda event: event.data["score"] >= 50))
    with assert_awarded(good, to=user, times=0):
        record("quiz", user=user, score=49)
    with assert_awarded(good, to=user), transaction.atomic():
        record("quiz", user=user, score=90)
        record("quiz", user=user, score=10)


def test_an_event_about_nobody_awards_nobody(user):
    badge("a", title="A", when=rules.event("quiz"))
    with happened():
        record("quiz")
        record("something.else", user=user)
    assert not Award.objects.exists()


def test_an_event_has_a_subject_for_functions(user):
    @badge("a", title="A", on=rules.event("quiz", where=lambda event: event.data.get("score", 0) > 50))
    def first(event):
        return event.subject

    with assert_awarded(first, to=user, times=0):
        record("quiz", subject=user, score=10)
    with assert_awarded(first, to=user):
        record("quiz", subject=user, score=60)


def test_an_event_and_a_badge_together(user):
    before = badge("a", title="A")
    both = badge("b", title="B", when=rules.event("quiz") & rules.has(before))
    with assert_awarded(both, to=user, times=0):
        record("quiz", user=user)
    with assert_awarded(both, to=user, times=0):
        award(before, to=user)
    with assert_awarded(both, to=user):
        record("quiz", user=user)


# --- sets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        lambda: get_user_model().objects.filter(entries__word_count__gt=5),
        lambda: get_user_model().objects.filter(entries__word_count__gt=5).order_by("pk")[:3],
        lambda: Entry.objects.filter(word_count__gt=5).values_list("author", flat=True),
        lambda: Entry.objects.filter(word_count__gt=5).values_list("author", flat=True).order_by("pk")[:3],
        lambda: Entry.objects.filter(word_count__gt=5).values_list("author"),
        lambda: Entry.objects.filter(word_count__gt=5).values_list("author").order_by("pk")[:3],
    ],
    ids=["users", "users-sliced", "ids", "ids-sliced", "rows", "rows-sliced"],
)
def test_a_set_is_a_query_of_people_or_of_their_ids(make_person, query):
    ann, bob = make_person(), make_person()
    long = badge("a", title="A", when=rules.every(query, text="Be long.", wakes_on=[Entry], by="author"))
    with assert_awarded(long, to=ann), assert_awarded(long, to=bob, times=0):
        Entry.objects.create(author=ann, message="…", word_count=6)
        Entry.objects.create(author=bob, message="…", word_count=5)
    why = explain(long, ann)
    assert (why.text, why.holds, why.percent) == ("Be long.", True, 100)
    assert explain(long, bob).percent == 0


# --- combinations ------------------------------------------------------------------------------------------------------


def test_two_rules_are_earned_when_both_hold(user):
    both = badge(
        "a", title="A",
        when=rules.count(Entry, by="author", reaches=2) & rules.total(Entry, "word_count", by="author", reaches=100),
    )  # fmt: skip
    with assert_awarded(both, to=user, times=0):
        Entry.objects.create(author=user, message="…", word_count=100)
    with assert_awarded(both, to=user):
        Entry.objects.create(author=user, message="…")
    parts = [(part.text, part.current, part.goal) for part in explain(both, user).parts]
    assert parts == [("2 entries", 2, 2), ("word count: 100 over all entries together", 100, 100)]


def test_one_of_two_is_enough(user):
    either = badge(
        "a",
        title="A",
        when=rules.created(Piece, by="author") | rules.total(Entry, "word_count", by="author", reaches=5),
    )
    with assert_awarded(either, to=user, times=0):
        Entry.objects.create(author=user, message="…", word_count=4)
    with assert_awarded(either, to=user):
        Piece.objects.create(author=user)


def test_a_combination_with_a_year_is_earned_each_year(user):
    member = badge("member", title="Member")
    yearly = badge(
        "a", title="A", when=rules.created(Entry, by="author", each=rules.year("created_at")) & rules.has(member)
    )
    award(member, to=user)
    with happened():
        for year in (2024, 2025):
            moment = datetime.datetime(year, 6, 1, tzinfo=datetime.UTC)
            Entry.objects.create(author=user, message="…", created_at=moment)
    assert occasions(yearly, user) == ["2024", "2025"]


def test_two_of_three_nested(user):
    rare = badge("rare", title="Rare")
    mixed = badge(
        "a", title="A",
        when=rules.at_least(2, rare, rules.created(Piece, by="author"), rules.created(Entry, by="author") & rules.event("x")),
    )  # fmt: skip
    with happened():
        Piece.objects.create(author=user)
        Entry.objects.create(author=user, message="…")
    assert explain(mixed, user).percent == 75
    with assert_awarded(mixed, to=user), happened():
        award(rare, to=user)


def test_a_meta_badge_that_counts_something_else_too_is_asked_anew(user, day):
    first = badge("a", title="A", when=rules.created(Entry, by="author"))
    both = badge("b", title="B", when=rules.has(first) & rules.count(Piece, by="author", reaches=2))
    for number in (3, 7):
        Piece.objects.create(author=user, created_at=day(number))
    with assert_awarded(both, to=user):
        Entry.objects.create(author=user, message="…", created_at=day(5))
    assert Award.objects.of(both).get().earned_at == day(7)


def test_meta_badges_follow_each_other(user):
    first = badge("a", title="A", when=rules.created(Entry, by="author"))
    second = badge("b", title="B", when=rules.has(first))
    third = badge("c", title="C", when=rules.has_all(first, second))
    with assert_awarded(third, to=user):
        Entry.objects.create(author=user, message="…")
    moments = set(Award.objects.to(user).values_list("earned_at", flat=True))
    assert len(moments) == 1


# --- held several times ------------------------------------------------------------------------------------------------


def test_a_badge_of_three_years_earns_another_with_the_third_of_them(user):
    yearly = badge("yearly", title="{occasion}", when=rules.created(Entry, by="author", each=rules.year("created_at")))
    loyal = badge("loyal", title="Loyal", when=rules.has(yearly, times=3))
    moments = [datetime.datetime(year, 6, 1, tzinfo=datetime.UTC) for year in (2025, 2022, 2024, 2023)]
    with assert_awarded(loyal, to=user, times=0), happened():
        for moment in moments[:2]:
            Entry.objects.create(author=user, message="…", created_at=moment)
    assert (explain(loyal, user).current, explain(loyal, user).goal) == (2, 3)
    with assert_awarded(loyal, to=user), happened():
        for moment in moments[2:]:
            Entry.objects.create(author=user, message="…", created_at=moment)
    # Four years at once: the third of them in time, and not the third that was written.
    assert Award.objects.of(loyal).get().earned_at == datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC)


def test_a_badge_that_is_awarded_again_and_again_counts_each_time(user, day):
    thanks = badge("thanks", title="Thanks", repeatable=True)
    loved = badge("loved", title="Loved", when=rules.has(thanks, times=2))
    with assert_awarded(loved, to=user, times=0):
        award(thanks, to=user, at=day(3))
    with assert_awarded(loved, to=user):
        award(thanks, to=user, at=day(5))
    assert Award.objects.of(loved).get().earned_at == day(5)
