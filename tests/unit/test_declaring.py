"""What a host reads who declares a badge in a way that cannot work."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from django_badger import badge, rules
from django_badger.exceptions import BadDeclaration
from django_badger.rules.occasions import PerField
from guestbook.models import Entry
from tests.studio.models import Course, Piece, Remark, Visit

pytestmark = pytest.mark.usefixtures("registry")


def refused(*words):
    """Expect a refusal that names this file and holds these words."""
    pattern = r"test_declaring\.py:\d+: .*" + ".*".join(words)
    return pytest.raises(BadDeclaration, match=r"(?s)" + pattern)


# --- the badge ---------------------------------------------------------------------------------------------------------


def test_a_declaration_keeps_what_it_was_told():
    declared = badge(
        "first-aid", title="First aid", description="You help.", criteria="Help.", image="aid.png", image_alt="A cross",
        secret=True, repeatable=True, series="help", tier="gold", tags=["health", "help"],
        valid_for=datetime.timedelta(days=365), retention="while_true", formerly="aid",
    )  # fmt: skip
    assert declared.tags == ("health", "help")
    assert declared.valid_for == datetime.timedelta(days=365)
    assert (declared.secret, declared.repeatable, declared.retention) == (True, True, "while_true")
    assert "test_declaring.py:" in declared.place


@pytest.mark.parametrize("title", ["", None, _("")])
def test_a_badge_has_a_title(title):
    with refused("badge 'a' has an empty title"):
        badge("a", title=title)


@pytest.mark.parametrize("slug", ["", "-", "__", "???", "🦡", "a\x00b", "two words", "a/b", "x" * 101, "a\n"])
def test_a_slug_can_be_an_address(slug):
    with refused("cannot be a slug: write up to 100 letters, digits and dashes, like 'first-post'"):
        badge(slug, title="A")


@pytest.mark.parametrize("slug", ["a", "Ärzte-ohne-grenzen", "日本", "2026_best", "x" * 100])
def test_a_slug_is_in_any_script(slug):
    assert badge(slug, title="A").slug == slug


def test_a_misspelt_option_is_told_where_it_stands():
    with pytest.raises(TypeError, match="titel"):
        badge("a", titel="A", title="A")
    with pytest.raises(TypeError, match="secrte"):
        badge("a", title="A", on=rules.created(Entry), secrte=True)


def test_a_badge_is_earned_in_one_way():
    with refused("badge 'a' says when and progress: a badge is earned in one way, keep one"):
        badge("a", title="A", when=rules.event("rang"), progress=10)
    with refused("says on and progress"):
        badge("a", title="A", on=rules.event("rang"), progress=10)


def test_what_is_no_rule_is_told_what_it_lacks():
    with refused("badge 'a': when=", "is no rule: give it reaches=…"):
        badge("a", title="A", when=rules.count(Entry, by="author"))
    with refused("is no rule: write by=… in it"):
        badge("a", title="A", when=rules.created(Entry))
    with refused("when='often' is no rule: see the reference of rules"):
        badge("a", title="A", when="often")


@pytest.mark.parametrize("goal", [0, -1, True, 2.5, "10", Decimal("0.5"), Decimal("NaN"), Decimal("Infinity")])
def test_a_goal_of_progress_is_a_number_of_one_or_more(goal):
    with refused("badge 'a': progress=", "is no goal: write an int or Decimal of 1 or more"):
        badge("a", title="A", progress=goal)


def test_a_goal_can_be_a_decimal():
    assert badge("a", title="A", progress=Decimal("2.5")).goal == Decimal("2.5")


def test_tags_are_a_list_of_words():
    with refused("tags='community' are no tags: write a list of words"):
        badge("a", title="A", tags="community")
    with refused("are no tags"):
        badge("a", title="A", tags=["community", ""])


@pytest.mark.parametrize(("option", "longest"), [("series", 100), ("tier", 40)])
def test_words_that_do_not_fit_are_refused_before_any_database_does(option, longest):
    badge("a", title="A", **{option: "x" * longest})
    with refused(f"badge 'b': {option}: 'xxxxxxxxxxxxxxxxxxxx'… is longer than {longest}"):
        badge("b", title="B", **{option: "x" * (longest + 1)})


def test_a_tag_that_does_not_fit_is_refused():
    with refused("tags: 'xxxxxxxxxxxxxxxxxxxx'… is longer than 80"):
        badge("a", title="A", tags=["x" * 81])


# --- times -------------------------------------------------------------------------------------------------------------

MARCH = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize("option", ["starts", "ends"])
@pytest.mark.parametrize("moment", [datetime.datetime(2026, 3, 1), datetime.date(2026, 3, 1), "2026-03-01"])  # noqa: DTZ001
def test_a_moment_has_a_time_zone(option, moment):
    with refused(f"badge 'a': {option}=", "is no aware datetime: write datetime"):
        badge("a", title="A", **{option: moment})


@pytest.mark.parametrize("ends", [MARCH, MARCH - DAY])
def test_a_badge_ends_after_it_starts(ends):
    with refused("badge 'a': ends=", "is not after starts="):
        badge("a", title="A", starts=MARCH, ends=ends)
    declared = badge("a", title="A", starts=MARCH, ends=MARCH + DAY)
    assert (declared.starts, declared.ends) == (MARCH, MARCH + DAY)


@pytest.mark.parametrize("lasts", [-DAY, datetime.timedelta(0), 7, "P7D"])
@pytest.mark.parametrize("option", ["valid_for", "grace"])
def test_what_lasts_lasts_longer_than_nothing(option, lasts):
    with refused(f"badge 'a': {option}=", "is no time to last: write a timedelta above zero, or leave it out"):
        badge("a", title="A", retention="while_true", **{option: lasts})


def test_a_grace_is_for_awards_that_lapse():
    with refused("badge 'a': grace is for awards that lapse: write retention=\"while_true\", or leave it out"):
        badge("a", title="A", when=rules.has("b"), grace=DAY)
    assert badge("a", title="A", when=rules.has("b"), retention="while_true", grace=DAY).lapses


def test_a_function_and_an_event_are_not_still_true():
    with refused("badge 'a': nobody can ask a function whether it is still true"):
        badge("a", title="A", on=rules.created(Entry), retention="while_true")(print)
    passed = rules.event("quiz.passed")
    for rule in (passed, rules.has("b") | (rules.has("c") & passed)):
        with refused("badge 'a': an event is over when it has happened"):
            badge("a", title="A", when=rule, retention="while_true")
    assert badge("a", title="A", when=passed).when is passed


def test_what_renews_itself_has_a_rule_and_expires():
    for options in ({"when": rules.has("b")}, {"valid_for": DAY}, {"on": rules.created(Entry), "valid_for": DAY}):
        with refused("badge 'a': renews=True is for badges with a rule and with valid_for"):
            made: Any = badge("a", title="A", renews=True, **options)
            made(print)
    assert badge("a", title="A", when=rules.has("b"), valid_for=DAY, renews=True).renews
    assert badge("b", title="B", progress=10, valid_for=DAY, renews=True).renews


def test_progress_that_is_repeatable_neither_lapses_nor_renews():
    for options in ({"retention": "while_true"}, {"renews": True, "valid_for": DAY}):
        with refused("badge 'a': it is repeatable, so its progress brings new awards anyway"):
            badge("a", title="A", progress=10, repeatable=True, **options)
    assert badge("a", title="A", progress=10, repeatable=True).repeatable


# --- tiers -------------------------------------------------------------------------------------------------------------


def tiers(**goals):
    return badge.tiers("regular", title="Regular ({tier})", measure=rules.count(Entry, by="author"), **goals)


@pytest.mark.parametrize("goals", [{}, {"silver": 100, "bronze": 10}, {"bronze": 10, "silver": 10}])
def test_tiers_rise(goals):
    with refused("the tiers of 'regular' must rise, the easiest first: bronze=10, silver=100"):
        tiers(**goals)


def test_a_tier_of_nothing_is_refused():
    with refused("reaches=0 is reached by everybody who has done nothing"):
        tiers(bronze=0, silver=1)


def test_each_tier_has_its_name_in_title_description_and_picture():
    made = badge.tiers(
        "regular", title="Regular ({tier})", description="{tier} it is, {occasion} or not.", image="regular/{tier}.png",
        measure=rules.count(Entry, by="author"), tags=["writing"], bronze=1, ruby=2,
    )  # fmt: skip
    assert [str(one.title) for one in made] == ["Regular (bronze)", "Regular (ruby)"]
    assert str(made.ruby.description) == "ruby it is, {occasion} or not."
    assert made.bronze.image == "regular/bronze.png"
    assert made.ruby.tags == ("writing",)
    assert made.bronze.series == "regular"


def test_a_title_of_a_series_may_have_braces_of_its_own():
    made = badge.tiers("curly", title="{ {} {tier} {x}", measure=rules.count(Entry, by="author"), gold=1)
    assert str(made.gold.title) == "{ {} gold {x}"


def test_a_title_of_a_series_is_in_the_readers_language():
    # Django's own catalogue translates "Yes"; the tier's name is ours, in English where we have no other.
    made = badge.tiers("yes", title=_("Yes"), measure=rules.count(Entry, by="author"), gold=1)
    with translation.override("de"):
        assert str(made.gold.title) == "Ja"
    with translation.override("en"):
        assert str(made.gold.title) == "Yes"
    assert str(pgettext_lazy("tier", "gold")) == "gold"


# --- rules -------------------------------------------------------------------------------------------------------------


def test_a_field_that_the_model_does_not_have_is_told_with_what_was_meant():
    with refused(r"guestbook\.Entry has no field 'autor': did you mean 'author'\?"):
        rules.created(Entry, by="autor")
    with refused(r"guestbook\.Entry has no field 'words'"):
        rules.total(Entry, "words", by="author", reaches=1)
    with refused(r"guestbook\.Entry has no field 'create_at': did you mean 'created_at'\?"):
        rules.count(Entry, by="author", reaches=1, at="create_at")
    with refused(r"guestbook\.Entry has no field 'createdat'"):
        rules.count(Entry, by="author", reaches=1, each=rules.year("createdat"))
    with refused("Cannot resolve keyword 'public' into field"):
        rules.created(Entry, by="author", where=Q(public=True))


@pytest.mark.parametrize("goal", [0, -5, Decimal("0.9")])
def test_a_threshold_below_one_is_reached_by_everybody(goal):
    with refused(f"reaches={goal} is reached by everybody who has done nothing: write 1 or more"):
        rules.count(Entry, by="author", reaches=goal)


@pytest.mark.parametrize("goal", [True, 2.5, "10", Decimal("NaN"), Decimal("Infinity")])
def test_a_threshold_is_an_int_or_a_decimal(goal):
    with refused("reaches=", "is not a number: write an int or a Decimal, for example reaches=10"):
        rules.total(Entry, "word_count", by="author", reaches=goal)


@pytest.mark.parametrize(
    "by", ["message", "pk", "admirers", "course", "remarks", "remarks__piece__author", "sculpture", "admirers__pk"]
)
def test_by_leads_to_a_person(by):
    model = Entry if by == "message" else Piece
    person = get_user_model()._meta.label
    with refused(f"by='{by}' of {model._meta.label} is no person: name a foreign key to {person}, or a path to one"):
        rules.created(model, by=by)


@pytest.mark.parametrize(
    ("model", "by"),
    [
        (Entry, "author"), (Entry, "author_id"), (Entry, "author__pk"), (Remark, "piece__author"),
        (Remark, "piece__author_id"), (get_user_model(), "pk"), (get_user_model(), "id"),
    ],
)  # fmt: skip
def test_a_person_is_found_over_relations(model, by):
    assert rules.created(model, by=by).measure.by == by


def test_a_moment_is_a_date_and_a_sum_is_of_numbers():
    with refused(r"'message' of guestbook\.Entry is no moment: name a date or datetime field"):
        rules.created(Entry, by="author", at="message")
    with refused(r"'word_count' of guestbook\.Entry is no moment"):
        rules.count(Entry, by="author", reaches=1, each=rules.year("word_count"))
    with refused(r"'message' of guestbook\.Entry is no number: name a number field"):
        rules.total(Entry, "message", by="author", reaches=1)


def test_an_occasion_fits_its_column():
    with refused("each='note' can be too long for an occasion: name a key, a number or a date"):
        rules.created(Piece, by="author", each="note")
    with refused("has no field 'cours': did you mean 'course'"):
        rules.created(Piece, by="author", each="cours")


def test_an_occasion_that_is_none_is_told_with_what_to_write():
    with refused(
        r"each=<function year .* is no occasion: write each=rules\.year\(\"created_at\"\), month or day, or name a"
    ):
        badge("a", title="A", when=rules.count(Entry, by="author", reaches=2, each=rules.year))


def test_at_least_names_a_number_of_the_parts():
    for needed in (0, 3, -1):
        with refused(f"at least {needed} of 2 cannot be: name 1 to 2 of the parts"):
            rules.at_least(needed, "a", "b")
    with refused("at least 0 of 0 cannot be: name 1 to 1 of the parts"):
        rules.has_all()
    with refused("at least 1 of 0 cannot be"):
        rules.has_any()


def test_each_as_a_name_is_an_occasion_of_its_own():
    assert rules.count(Piece, by="author", reaches=2, each="course").measure.each == PerField("course")


def test_a_rule_finds_by_itself_when_rows_happened():
    assert rules.created(Remark, by="piece__author").measure.at == "posted"
    assert rules.created(Piece, by="author", at="finished_at").measure.at == "finished_at"
    assert rules.created(Visit, by="guest").measure.at is None


def test_a_course_belongs_to_nobody():
    with refused(r"by='name' of studio\.Course is no person"):
        rules.created(Course, by="name")


def test_parts_of_a_rule_are_badges_or_rules():
    with refused("is neither a badge nor a rule"):
        rules.has_all("a", rules.count(Entry, by="author"))
    with pytest.raises(TypeError, match="unsupported operand"):
        rules.has("a") & rules.count(Entry, by="author")  # type: ignore[operator]
    with pytest.raises(TypeError, match="unsupported operand"):
        rules.has("a") | "b"  # type: ignore[operator]


# --- windows, beginnings, streaks, times -------------------------------------------------------------------------------

WEEK = datetime.timedelta(days=7)


@pytest.mark.parametrize("within", [7, datetime.timedelta(0), -WEEK, datetime.timedelta(microseconds=1), "7 days"])
def test_a_window_is_a_length_of_time(within):
    with refused(r"within=.* is no length of time: write a timedelta of whole seconds", "within=timedelta.days=7"):
        rules.count(Entry, by="author", reaches=2, within=within)


def test_a_window_has_no_occasions():
    with refused("within= and each= do not go together: a window may lie in two created_ats; leave one of them out"):
        rules.total(Entry, "word_count", by="author", reaches=2, within=WEEK, each=rules.year("created_at"))


def test_a_window_and_a_beginning_and_a_streak_need_moments():
    told = "needs to know when a row happened, and studio.Visit has no field that says so by its name: name one by at=…"
    with refused("within= ", told):
        rules.count(Visit, by="guest", reaches=2, within=WEEK)
    with refused("since= ", told):
        rules.created(Visit, by="guest", since=datetime.date(2026, 1, 1))
    with refused("a streak ", told):
        rules.streak(Visit, by="guest", reaches=2)


@pytest.mark.parametrize("since", ["2026-01-01", 2026, datetime.datetime(2026, 1, 1)])  # noqa: DTZ001  as careless as hosts
def test_a_beginning_says_when(since):
    with refused("does not say when: write a date, or a datetime with a time zone, for example since=date"):
        rules.count(Entry, by="author", reaches=2, since=since)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "month"}, "unit='month' is none: write 'day' or 'week'"),
        ({"gap": -1}, "gap=-1 is no number of days that may be missing: write 0 or more"),
        ({"gap": True}, "gap=True is no number"),
        ({"gap": "1"}, "gap='1' is no number"),
        ({"timezone": "home__zone"}, "Home has no field 'zone'"),
        ({"timezone": "home__moved_in"}, "timezone='home__moved_in' of .* is no text: name the field with a name like"),
        ({"timezone": "pieces__kind"}, "timezone='pieces__kind' of .* is no text"),
        ({"reaches": 0}, "reaches=0 is reached by everybody"),
    ],
)
def test_a_streak_is_of_days_or_weeks_in_a_zone(options, words):
    with refused(words):
        rules.streak(Entry, by="author", **{"reaches": 2} | options)


@pytest.mark.parametrize("times", [0, -1, True, "3", 2.5])
def test_a_badge_is_held_so_many_times(times):
    with refused(f"times={times!r} is no number of times: write 1 or more"):
        rules.has("a", times=times)
