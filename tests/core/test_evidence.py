"""Who may ask why, and which rows an explanation can show for its numbers."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_badger import badge, rules
from django_badger._engine import evidence as showing
from django_badger.awarding import aexplain, award, explain, progress
from django_badger.exceptions import NotAllowed
from django_badger.models import Progress
from guestbook.models import Entry
from tests.studio.models import Piece

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def entries(user, *moments, **fields):
    """Make an entry at each of these moments; give their keys."""
    made = [Entry(author=user, message="…", created_at=at, **fields) for at in moments]
    for one in made:
        at = one.created_at
        one.save()
        Entry.objects.filter(pk=one.pk).update(created_at=at)
    return [one.pk for one in made]


# --- who may ask -------------------------------------------------------------------------------------------------------


@pytest.fixture
def ten():
    return badge("ten", title="Ten", when=rules.count(Entry, by="author", reaches=10))


def test_everybody_may_ask_about_themselves(ten, user):
    assert explain(ten, user, by=user).goal == 10


def test_nobody_may_ask_about_others_without_the_permission(ten, user, make_person):
    with pytest.raises(NotAllowed, match=r"give them the permission badger\.view_award"):
        explain(ten, user, by=make_person(may=["change_badge"]))
    assert explain(ten, user, by=make_person(may=["view_award"])).goal == 10


def test_a_visitor_may_ask_about_nobody_but_a_visitor(ten, user):
    with pytest.raises(NotAllowed):
        explain(ten, user, by=AnonymousUser())
    assert explain(ten, AnonymousUser(), by=AnonymousUser()).percent == 0


def test_the_site_itself_may_ask(ten, user):
    assert explain(ten, user).goal == 10


def test_async_code_asks_in_the_same_words(ten, user, make_person):
    asked = async_to_sync(aexplain)
    with pytest.raises(NotAllowed):
        asked(ten, user, by=make_person())
    assert asked(ten, user, by=user, evidence=True).evidence == ()


# --- rows --------------------------------------------------------------------------------------------------------------


def test_the_newest_rows_that_were_counted_are_shown_where_asked_for(user, make_person, day):
    few = badge("few", title="Few", when=rules.count(Entry, by="author", reaches=2, where=rules_public()))
    keys = entries(user, day(4), day(1), day(3), day(2), is_public=True)
    entries(user, day(9), is_public=False)
    entries(make_person(), day(9), is_public=True)
    assert explain(few, user).evidence == ()
    shown = explain(few, user, evidence=True).evidence
    assert shown == (
        ("guestbook.Entry", keys[0], day(4)), ("guestbook.Entry", keys[2], day(3)), ("guestbook.Entry", keys[3], day(2)),
    )  # fmt: skip
    assert (shown[0].model, shown[0].key, shown[0].at) == shown[0]


def rules_public():
    from django.db.models import Q

    return Q(is_public=True)


def test_what_is_not_reached_shows_nothing(ten, user, day):
    entries(user, day(1))
    assert explain(ten, user, evidence=True).evidence == ()


def test_the_rows_are_those_of_the_occasion_that_is_explained(user, day):
    yearly = badge(
        "yearly", title="{occasion}", when=rules.count(Entry, by="author", reaches=2, each=rules.year("created_at"))
    )
    old = entries(user, day(1).replace(year=2001), day(2).replace(year=2001))
    entries(user, day(1).replace(year=2002))
    assert [row.key for row in explain(yearly, user, evidence=True).evidence] == [old[1], old[0]]


def test_the_rows_of_a_window_are_those_with_which_it_was_full(user, day):
    busy = badge("busy", title="Busy", when=rules.count(Entry, by="author", reaches=2, within=timedelta(days=3)))
    keys = entries(user, day(1), day(10), day(12), day(20))
    assert [row.key for row in explain(busy, user, evidence=True).evidence] == [keys[2], keys[1]]


def test_of_a_total_in_a_window_only_the_last_row_lies_in_it_in_any_case(user, day):
    busy = badge(
        "busy", title="Busy", when=rules.total(Entry, "word_count", by="author", reaches=2, within=timedelta(days=3))
    )
    keys = entries(user, day(1), day(10), word_count=2)
    keys += entries(user, day(11), day(20), word_count=1)
    assert [row.key for row in explain(busy, user, evidence=True).evidence] == [keys[2]]


def test_the_rows_of_a_streak_are_those_with_which_it_was_long_enough(user, day):
    daily = badge("daily", title="Daily", when=rules.streak(Entry, by="author", reaches=2))
    keys = entries(user, day(1), day(2), day(9))
    entries(user, day(1).replace(year=2025))
    shown = explain(daily, user, evidence=True).evidence
    assert [(row.key, row.at) for row in shown] == [(keys[1], day(2)), (keys[0], day(1))]


def test_the_age_of_an_account_shows_none(user):
    old = badge("old", title="Old", when=rules.age(timedelta(seconds=1), at="last_login"))
    assert explain(old, user, evidence=True).evidence == ()


def test_rows_without_a_value_are_not_counted(user, day):
    kinds = badge("kinds", title="Kinds", when=rules.distinct(Piece, "course", by="author", reaches=1))
    Piece.objects.create(author=user)
    with_course = Piece.objects.create(author=user, course=course())
    assert [row.key for row in explain(kinds, user, evidence=True).evidence] == [with_course.pk]


def course():
    from model_bakery import baker

    from tests.studio.models import Course

    return baker.make(Course)


def test_every_part_of_a_tree_shows_its_own(user, day):
    member = badge("member", title="Member")
    tree = badge(
        "tree", title="Tree",
        when=rules.count(Entry, by="author", reaches=1) & (rules.total(Entry, "word_count", by="author", reaches=5) | rules.has(member))
        & rules.created(Piece, by="author"),
    )  # fmt: skip
    [key] = entries(user, day(1), word_count=5)
    piece = Piece.objects.create(author=user)
    award(member, to=user)
    count, either, made = explain(tree, user, evidence=True).parts
    total, held = either.parts
    assert [row.key for row in count.evidence] == [key] == [row.key for row in total.evidence]
    assert [row.key for row in made.evidence] == [piece.pk]
    assert (held.holds, held.evidence, either.evidence) == (True, (), ())


def test_of_two_goals_of_one_measure_only_the_reached_one_shows_rows(user):
    admired = Piece.admirers.through  # which does not say when
    owner = user._meta.model_name
    goals = [rules.count(admired, by=owner, reaches=number) for number in (1, 9)]
    several = badge("several", title="Several", when=rules.at_least(1, *goals))
    Piece.objects.create(author=user).admirers.add(user)
    reached, open_one = explain(several, user, evidence=True).parts
    assert [(row.key, row.at) for row in reached.evidence] == [(admired.objects.get().pk, None)]
    assert (open_one.holds, open_one.evidence) == (False, ())


def test_what_is_not_reached_costs_no_query(ten, user, day):
    entries(user, day(1))
    explain(ten, user)
    assert cost(ten, user, evidence=True) == cost(ten, user)


def test_reported_progress_shows_its_counter(user):
    clicks = badge("clicks", title="Clicks", progress=2)
    progress(clicks, user).set(2)
    counter = Progress.objects.get()
    assert explain(clicks, user, evidence=True).evidence == (("badger.Progress", counter.pk, counter.updated_at),)


@pytest.mark.parametrize(("at_once", "more"), [(100, 2), (2, 3)])
def test_it_costs_one_more_query_a_source(user, day, monkeypatch, at_once, more):
    monkeypatch.setattr(showing, "AT_ONCE", at_once)
    parts = [rules.total(Entry, "word_count", by="author", reaches=1), rules.created(Piece, by="author")]
    parts += [rules.count(Entry, by="author", reaches=number) for number in (1, 2)]  # one measure
    parts += [rules.created(Entry, by="author", where=rules_public())]
    several = badge("several", title="Several", when=rules.at_least(1, *parts))
    entries(user, day(1), day(2), word_count=3, is_public=True)
    Piece.objects.create(author=user)
    explain(several, user)
    plain, shown = cost(several, user), cost(several, user, evidence=True)
    assert shown - plain == more


def cost(one, user, **options):
    with CaptureQueriesContext(connection) as asked:
        explain(one, user, **options)
    return len(asked)
