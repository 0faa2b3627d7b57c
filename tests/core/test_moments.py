"""``earned_at`` is the moment the line was crossed, however and in whatever order rows land.

Compared with a reference in plain Python: rows in the order of their moments, and of their keys among equals.
"""

import datetime
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_badger import badge, rules
from django_badger._engine import runs
from django_badger._engine.sync import sync
from django_badger.models import Award
from django_badger.testing import happened
from tests.studio.models import Piece

pytestmark = pytest.mark.django_db

START = datetime.datetime(
    2025, 12, 30, 22, 30, tzinfo=datetime.UTC
)  # new year in Berlin is a day and half an hour away


def moment(number):
    return START + datetime.timedelta(hours=12 * number)


def year_of(at):
    return str((at + datetime.timedelta(hours=1)).year)  # Berlin in winter


# --- the reference -------------------------------------------------------------------------------------------------------


def nth_row(rows, goal):
    return rows[goal - 1].created_at if len(rows) >= goal else None


def nth_value(rows, goal):
    first: dict[str, datetime.datetime] = {}
    for row in rows:
        first.setdefault(row.kind, row.created_at)
    return sorted(first.values())[goal - 1] if len(first) >= goal else None


def crossing_row(rows, goal):
    reached = 0
    for row in rows:
        reached += row.points
        if reached >= goal:
            return row.created_at
    return None


def expected(pieces, before=None):
    """Give all awards that these pieces bring, with the moment of each; a meta-badge looks at awards made ``before``."""
    rows = sorted(pieces, key=lambda piece: (piece.created_at, piece.pk))
    years = defaultdict(list)
    for row in rows:
        years[year_of(row.created_at)].append(row)
    found = {
        ("first", ""): nth_row(rows, 1),
        ("three", ""): nth_row(rows, 3),
        ("kinds", ""): nth_value(rows, 2),
        ("points", ""): crossing_row(rows, 10),
        ("many-points", ""): crossing_row(rows, 25),
        **{("yearly", year): nth_row(some, 2) for year, some in years.items()},
    }
    both = [found["three", ""], found["points", ""]]
    found["both", ""] = max(both) if all(both) else None
    some = sorted(filter(None, [found["three", ""], found["points", ""], found["kinds", ""]]))
    found["two-of", ""] = some[1] if len(some) > 1 else None
    held = found | (before or {})
    found["meta", ""] = held["both", ""] and max(held["both", ""], held["first", ""])
    for year, rows_of_year in years.items():
        together = [nth_row(rows_of_year, 2), found["points", ""]]
        found["year-and-points", year] = max(together) if all(together) else None
    return {key: at for key, at in found.items() if at is not None}


@pytest.fixture
def declared(registry):
    three = rules.count(Piece, by="author", reaches=3)
    points = rules.total(Piece, "points", by="author", reaches=10)
    kinds = rules.distinct(Piece, "kind", by="author", reaches=2)
    yearly = rules.count(Piece, by="author", reaches=2, each=rules.year("created_at"))
    first = badge("first", title="First", when=rules.created(Piece, by="author"))
    badge("three", title="Three", when=three)
    badge("kinds", title="Kinds", when=kinds)
    badge("points", title="Points", when=points)
    badge("many-points", title="Many", when=rules.total(Piece, "points", by="author", reaches=25))
    badge("yearly", title="{occasion}", when=yearly)
    both = badge("both", title="Both", when=three & points)
    badge("two-of", title="Two", when=rules.at_least(2, three, points, kinds))
    badge("meta", title="Meta", when=rules.has_all(both, first))
    badge("year-and-points", title="{occasion}", when=yearly & points)
    sync()


def awarded(user):
    rows = Award.objects.to(user).values_list("badge__slug", "occasion", "earned_at")
    return {(slug, occasion): at for slug, occasion, at in rows}


@contextmanager
def undone():
    """Take back what the block does."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


PIECES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("abc"), st.integers(0, 12)), min_size=1, max_size=9
)  # moment, kind, points
IN_A_TEST = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def piece_of(user, number, kind, points):
    return Piece(author=user, created_at=moment(number), kind=kind, points=points)


@pytest.mark.usefixtures("declared")
@IN_A_TEST
@given(history=PIECES)
def test_each_event_dates_what_it_brings_by_the_rows_there_are(user, history):
    with undone():
        written: list[Piece] = []
        dated: dict[tuple[str, str], datetime.datetime] = {}
        for made in history:
            piece = piece_of(user, *made)
            with happened():
                piece.save()
            written.append(piece)
            dated = expected(written, dated) | dated  # what is awarded stays as it is
            assert awarded(user) == dated


@pytest.mark.usefixtures("declared")
@IN_A_TEST
@given(history=PIECES)
def test_a_run_and_events_in_the_order_of_time_give_the_same(user, history):
    history = sorted(history, key=lambda made: made[0])
    found = []
    for by_events in (True, False):
        with undone():
            pieces = [piece_of(user, *made) for made in history]
            if by_events:
                for piece in pieces:
                    with happened():
                        piece.save()
            else:
                Piece.objects.bulk_create(pieces)
                runs.backfill()
            found.append(awarded(user))
    assert found[0] == found[1] == expected(pieces)


# --- by hand -------------------------------------------------------------------------------------------------------------


def only_moment(slug):
    return Award.objects.get(badge__slug=slug).earned_at


def test_rows_that_land_together_in_any_order_are_dated_by_their_own_moments(user, registry):
    badge("three", title="Three", when=rules.count(Piece, by="author", reaches=3))
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=10))
    with happened():
        for number, points in ((9, 4), (2, 4), (7, 4), (4, 4)):
            piece_of(user, number, "a", points).save()
    assert only_moment("three") == only_moment("points") == moment(7)


def test_a_back_dated_row_may_be_the_one_that_was_missing(user, registry):
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=10))
    with happened():
        piece_of(user, 9, "a", 9).save()
    with happened():
        piece_of(user, 1, "a", 1).save()
    assert only_moment("points") == moment(9)


def test_a_row_that_is_changed_counts_as_it_is_now(user, registry):
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=10))
    with happened():
        first = piece_of(user, 1, "a", 5)
        first.save()
        piece_of(user, 3, "a", 1).save()
    with happened():
        first.points = 9
        first.save()
    assert only_moment("points") == moment(3)


def test_a_row_that_two_hands_change_is_asked_of_the_database(user, registry):
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=10))
    Piece.objects.bulk_create([piece_of(user, 1, "a", 10)])
    with happened():
        piece = piece_of(user, 2, "a", 9)
        piece.save()
        Piece(pk=piece.pk, author=user, created_at=moment(2), points=3).save()
    assert only_moment("points") == moment(1)


def test_two_badges_of_one_measure_and_one_row_need_no_query_for_the_moment(user, registry, django_assert_num_queries):
    badge.tiers("points", title="{tier}", measure=rules.total(Piece, "points", by="author"), bronze=5, silver=10)
    sync()
    piece = piece_of(user, 1, "a", 12)
    piece.save()
    with django_assert_num_queries(5), happened():  # the row; the question; savepoint, insert, release
        piece.save()
    assert only_moment("points-silver") == only_moment("points-bronze") == moment(1)


def test_tenths_cross_the_line_where_they_do_on_paper(user, registry):
    badge("weight", title="Weight", when=rules.total(Piece, "weight", by="author", reaches=1))
    badge("size", title="Size", when=rules.total(Piece, "size", by="author", reaches=1))
    Piece.objects.bulk_create(
        Piece(author=user, created_at=moment(number), weight=Decimal("0.1"), size=0.1) for number in range(1, 13)
    )
    runs.backfill()
    assert only_moment("weight") == only_moment("size") == moment(10)


def test_what_is_taken_off_again_does_not_move_the_moment(user, registry):
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=10))
    Piece.objects.bulk_create(piece_of(user, number, "a", points) for number, points in ((1, 12), (2, -9), (3, 8)))
    runs.backfill()
    assert only_moment("points") == moment(1)


def test_an_event_that_adds_nothing_dates_what_was_reached_before_by_the_first_time(user, registry):
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=10))
    sync()
    Piece.objects.bulk_create(piece_of(user, number, "a", points) for number, points in ((1, 12), (2, -9), (3, 8)))
    with happened():
        piece_of(user, 4, "a", 0).save()
    assert only_moment("points") == moment(1)


def finished(user, *numbers):
    return [Piece(author=user, finished_at=number and moment(number), points=1, kind=str(number)) for number in numbers]


three_finished = pytest.mark.parametrize(
    "rule",
    [
        rules.count(Piece, by="author", reaches=3, at="finished_at"),
        rules.total(Piece, "points", by="author", reaches=3, at="finished_at"),
        rules.distinct(Piece, "kind", by="author", reaches=3, at="finished_at"),
    ],
    ids=["count", "total", "distinct"],
)


@three_finished
def test_rows_that_do_not_say_when_came_first(user, registry, rule):
    badge("three", title="Three", when=rule)
    Piece.objects.bulk_create(finished(user, 5, 4, None, 3))
    runs.backfill()
    assert only_moment("three") == moment(4)


def test_a_part_that_may_have_been_fulfilled_last_is_asked_of_the_database(user, registry):
    """The last piece was finished long before it was written down: it is not what completed the second rule."""
    badge("made", title="Made", when=rules.count(Piece, by="author", reaches=3, at="finished_at"))
    badge("both", title="Both", when=rules.has("made") & rules.count(Piece, by="author", reaches=2))
    pieces = [Piece(author=user, created_at=moment(6 + day), finished_at=moment(day), points=1) for day in (1, 2, 3)]
    Piece.objects.bulk_create(pieces[:2])
    with happened():
        pieces[2].save()
    assert only_moment("made") == moment(3)
    assert only_moment("both") == moment(8)


@three_finished
def test_the_newest_of_rows_some_of_which_do_not_say_when_dates_what_it_brings(user, registry, rule):
    badge("three", title="Three", when=rule)
    before, newest = finished(user, None, 4), finished(user, 5)[0]
    Piece.objects.bulk_create(before)
    with happened():
        newest.save()
    assert only_moment("three") == moment(5)


def test_a_line_crossed_by_a_row_that_does_not_say_when_is_dated_now(user, registry):
    badge("two", title="Two", when=rules.count(Piece, by="author", reaches=2, at="finished_at"))
    badge(
        "both",
        title="Both",
        when=rules.has("two") & rules.total(Piece, "points", by="author", reaches=2, at="finished_at"),
    )
    Piece.objects.bulk_create(finished(user, None, None, 3))
    runs.backfill()
    for award in Award.objects.to(user):
        assert award.earned_at == award.awarded_at


def test_a_date_is_the_midnight_it_began(user, registry):
    badge("two", title="Two", when=rules.count(Piece, by="author", reaches=2, at="made_on"))
    badge("points", title="Points", when=rules.total(Piece, "points", by="author", reaches=2, at="made_on"))
    with happened():
        for day in (1, 2, 3):
            Piece.objects.create(author=user, made_on=datetime.date(2026, 1, day), points=1)
    assert only_moment("two") == only_moment("points") == datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


def test_more_lines_and_people_than_one_statement_takes(make_person, registry):
    people = [make_person() for _ in range(3)]
    for goal in range(1, 56):
        badge(f"pieces-{goal}", title="Pieces", when=rules.count(Piece, by="author", reaches=goal))
    Piece.objects.bulk_create(piece_of(person, number, "a", 1) for person in people for number in range(1, 61))
    runs.backfill()
    for person in people:
        found = awarded(person)
        assert found == {(f"pieces-{goal}", ""): moment(goal) for goal in range(1, 56)}


@pytest.mark.parametrize(
    ("rule", "by_the_piece"),
    [
        (rules.count, {}),
        (rules.total, {"field": "points"}),
        (rules.distinct, {"field": "kind"}),
        (rules.count, {"within": datetime.timedelta(days=3650)}),
    ],
    ids=["count", "total", "distinct", "window"],
)
def test_each_of_very_many_lines_of_one_measure_has_its_own_moment(user, registry, rule, by_the_piece):
    """More than one statement's arm asks about; every other piece crosses two of a total's lines at once."""
    points = 2 if rule is rules.total else 1
    for goal in range(1, 121):
        badge(f"pieces-{goal}", title="Pieces", when=rule(Piece, by="author", reaches=goal, **by_the_piece))
    sync()
    Piece.objects.bulk_create(piece_of(user, number, str(number), points) for number in range(1, 121))
    with happened():
        piece_of(user, 121, "121", points).save()
    assert awarded(user) == {(f"pieces-{goal}", ""): moment(-(-goal // points)) for goal in range(1, 121)}


def test_half_a_piece_more_than_one_is_two_pieces(user, registry):
    badge("pieces", title="Pieces", when=rules.count(Piece, by="author", reaches=Decimal("1.5")))
    badge("kinds", title="Kinds", when=rules.distinct(Piece, "kind", by="author", reaches=Decimal("1.5")))
    Piece.objects.bulk_create(piece_of(user, number, kind, 1) for number, kind in ((1, "a"), (2, "b"), (3, "c")))
    runs.backfill()
    assert only_moment("pieces") == only_moment("kinds") == moment(2)
