"""Why, why not, what comes next, and what is new."""

import json
import pickle

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone, translation
from model_bakery import baker

from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.awarding import award, explain, explain_many, just_earned, next_badges, progress
from django_badger.exceptions import UnknownBadge
from django_badger.models import Award, Badge
from django_badger.testing import happened
from guestbook.models import Entry
from tests.studio.models import Piece

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def entries(user, number, **fields):
    with happened():
        for _ in range(number):
            Entry.objects.create(author=user, message="…", **fields)


# --- why -------------------------------------------------------------------------------------------------------------------


def test_a_number_is_explained_before_and_after(user, day):
    ten = badge("ten", title="Ten", when=rules.count(Entry, by="author", reaches=3))
    nothing = explain(ten, user)
    assert (nothing.text, nothing.holds, nothing.current, nothing.goal, nothing.at) == ("3 entries", False, 0, 3, None)
    entries(user, 3, created_at=day(5))
    why = explain(ten, user)
    assert (why.holds, why.current, why.percent, why.at) == (True, 3, 100, day(5))


def test_it_is_put_into_words_when_it_is_read_in_the_language_of_who_reads_it(user):
    why = explain(badge("tree", title="Tree", when=rules.event("x") & rules.count(Entry, by="author", reaches=3)), user)
    with translation.override("de"):
        assert why.text == "Alles davon"
    assert why.text == "Alles davon"
    assert [part.text for part in why.parts] == ["the event “x”", "3 entries"]


def test_an_explanation_is_a_value_that_can_be_kept(user):
    tree = badge("tree", title="Tree", when=rules.event("x") & rules.count(Entry, by="author", reaches=1))
    entries(user, 1)
    why, again = explain(tree, user), explain(tree, user)
    assert why == again
    assert hash(why) == hash(again)
    kept = pickle.loads(pickle.dumps(why))  # noqa: S301  our own
    assert kept == why
    assert json.dumps([kept.text, kept.parts[1].text]) == json.dumps(["All of these", "1 entry"])
    assert "text='All of these'" in repr(kept)


def test_a_year_is_explained_by_the_one_that_is_going_on(user, day):
    yearly = badge(
        "yearly", title="{occasion}", when=rules.count(Entry, by="author", reaches=4, each=rules.year("created_at"))
    )
    entries(user, 3, created_at=timezone.now().replace(year=2001))
    assert explain(yearly, user).current == 3  # the furthest there is
    entries(user, 1)
    assert explain(yearly, user).current == 1


def test_a_tree_has_the_numbers_of_every_branch(user, day):
    member = badge("member", title="Member")
    tree = badge(
        "tree", title="Tree",
        when=(rules.count(Entry, by="author", reaches=4) & rules.has(member)) | rules.event("invited") | rules.created(Piece, by="author"),
    )  # fmt: skip
    entries(user, 1, created_at=day(1))
    why = explain(tree, user)
    assert (why.text, why.holds, why.current, why.goal) == ("One of these", False, 0, 1)
    both, invited, piece = why.parts
    assert (both.text, both.current, both.goal, both.percent) == ("All of these", 0, 2, 12)
    assert [(part.text, part.percent) for part in both.parts] == [("4 entries", 25), ("the badge “Member”", 0)]
    assert (invited.text, invited.percent) == ("the event “invited”", 0)
    assert piece.percent == 0
    award(member, to=user, at=day(9))
    entries(user, 3, created_at=day(5))
    why = explain(tree, user)
    assert (why.holds, why.at, why.parts[0].at) == (True, day(9), day(9))


def test_a_badge_that_people_award_is_held_or_not(user):
    thanks = badge("thanks", title="Thanks", criteria="Be nice.")
    plain = badge("plain", title="Plain")
    assert explain(plain, user).text == "Awarded by people."
    assert (explain(thanks, user).text, explain(thanks, user).percent) == ("Be nice.", 0)
    made = award(thanks, to=user).award
    assert (explain(thanks, user).holds, explain(thanks, user).at) == (True, made.earned_at)


def test_a_function_is_explained_by_what_people_wrote(user):
    @badge("owl", title="Owl", on=rules.created(Entry), criteria="Write at night.")
    def owl(entry):
        return entry.author

    assert explain(owl, user).text == "Write at night."


def test_prerequisites_of_the_admin_are_explained_like_any_rule(user):
    thanks = badge("thanks", title="Thanks")
    friend = baker.make(Badge, slug="friend", title="Friend")
    friend.prerequisites.add(Badge.objects.create(slug="b", title="B"), award(thanks, to=user).award.badge)
    why = explain(friend, user)
    assert (why.current, why.goal) == (1, 2)
    assert [(part.text, part.holds) for part in why.parts] == [("the badge “B”", False), ("the badge “Thanks”", True)]


@pytest.mark.parametrize("visitor", [None, AnonymousUser()])
def test_a_visitor_has_done_nothing_yet(visitor):
    ten = badge("ten", title="Ten", when=rules.count(Entry, by="author", reaches=3) & rules.has("other"))
    assert explain(ten, visitor).percent == 0
    assert next_badges(visitor) == []
    assert just_earned(visitor) == []


def broken() -> QuerySet[Entry]:
    raise ZeroDivisionError


def test_several_are_explained_together_and_a_broken_one_is_left_out(user, settings):
    settings.BADGER_RAISE_ERRORS = False
    good = badge("good", title="Good", when=rules.count(Entry, by="author", reaches=2))
    bad = badge("broken", title="Broken", when=rules.every(broken, text="…"))
    rows = [award(one, to=user).award.badge for one in (good, bad)]
    assert {pk: why.percent for pk, why in explain_many(rows, user).items()} == {rows[0].pk: 0}
    rows[1].refresh_from_db()
    assert rows[1].errors == 1
    assert "ZeroDivisionError" in rows[1].last_error


def test_an_unknown_badge_cannot_be_explained(user):
    with pytest.raises(UnknownBadge):
        explain("nope", user)


# --- what comes next ---------------------------------------------------------------------------------------------------------


def test_the_closest_come_first_and_what_cannot_be_had_is_left_out(user):
    badge("half", title="Half", when=rules.count(Entry, by="author", reaches=4))
    badge("third", title="Third", when=rules.count(Entry, by="author", reaches=6))
    badge("near", title="Near", progress=10)
    badge("secret", title="Secret", secret=True, when=rules.count(Entry, by="author", reaches=3))
    badge("closed", title="Closed", when=rules.count(Entry, by="author", reaches=3))
    badge("by-hand", title="By hand")
    held = badge("held", title="Held", when=rules.count(Entry, by="author", reaches=1))
    entries(user, 2)
    progress("near", user).increment(9)
    Badge.objects.filter(slug="closed").update(status="disabled")
    assert Award.objects.of(held).to(user).exists()
    assert [(item.badge.slug, item.percent) for item in next_badges(user, limit=9)] == [
        ("near", 90), ("half", 50), ("third", 33),
    ]  # fmt: skip
    assert len(next_badges(user, limit=1)) == 1


def test_closed_ones_do_not_stand_in_the_way_of_those_that_can_be_earned(user):
    for goal in range(60):
        badge(f"entries-{goal}", title="Entries", when=rules.count(Entry, by="author", reaches=2 + goal))
    sync()
    Badge.objects.exclude(slug__in=["entries-30", "entries-58"]).update(status="disabled")
    entries(user, 1)
    assert [one.badge.slug for one in next_badges(user)] == ["entries-30", "entries-58"]
    assert [one.badge.slug for one in next_badges(user, limit=1)] == ["entries-30"]


def test_where_there_is_nothing_to_earn_nothing_comes_next(user):
    badge("by-hand", title="By hand")
    assert next_badges(user) == []


# --- what is new -------------------------------------------------------------------------------------------------------------


def test_what_is_new_is_shown_once(user, make_person):
    thanks, kudos = badge("thanks", title="Thanks"), badge("kudos", title="Kudos")
    first, second = award(thanks, to=user).award, award(kudos, to=user).award
    award(thanks, to=make_person())
    assert just_earned(user) == [second, first]
    assert just_earned(user) == []
    first.refresh_from_db()
    assert first.seen_at is not None
