"""How rules are doing: each finding is told when it is so, and not when it is not."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone, translation
from model_bakery import baker

from django_badger import badge, rules
from django_badger._engine import noting
from django_badger._engine.sync import sync
from django_badger.health import CODES, health
from django_badger.models import Award, Badge
from django_badger.rules.happening import Happened
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]
NOW = timezone.now()
OLD, LATELY = NOW - timedelta(days=31), NOW - timedelta(days=29)


@pytest.fixture
def people(db):
    return lambda number: baker.make(get_user_model(), is_active=True, _quantity=number)


def declared(slug, *, old=True, when=None, **options):
    """Declare a badge that was published long ago, or not."""
    made = badge(slug, title=slug, when=when or rules.created(Entry, by="author"), **options)
    sync()
    row = Badge.objects.filter(slug=slug)
    row.update(published_at=OLD if old else LATELY, evaluated_at=NOW)
    return made


def give(slug, people, **columns):
    one = Badge.objects.get(slug=slug)
    columns = {"route": "rule", "awarded_at": LATELY} | columns
    return Award.objects.bulk_create(Award(badge=one, recipient=person, **columns) for person in people)


def look(slug, *, at=NOW):
    one = Badge.objects.get(slug=slug)
    return health([one], at=at)[one.pk]


def codes(slug, *, slow=False):
    found = [finding.code for finding in look(slug).findings]
    return [code for code in found if slow or code != "person-by-person"]


def finding(slug, code):
    [found] = [one for one in look(slug).findings if one.code == code]
    return found


# --- never earned ------------------------------------------------------------------------------------------------------


def test_a_badge_that_nobody_has_earned_for_a_month(people):
    people(1)
    declared("a")
    told = finding("a", "never-earned")
    assert told.what == f"Nobody has earned it since it was published on {look_like(OLD)}."
    assert "badger explain" in told.todo
    assert told.problem


def look_like(at):
    from django.utils.formats import date_format

    return date_format(timezone.localtime(at))


def test_is_not_told_before_a_month_is_over(people):
    people(1)
    declared("a", old=False)
    assert codes("a") == []


def test_is_not_told_where_there_is_nobody(db):
    declared("a")
    assert not get_user_model().objects.filter(is_active=True).exists()
    assert "never-earned" not in codes("a")


def test_is_not_told_where_somebody_holds_it_or_earned_it_once(people):
    declared("held"), declared("once"), declared("undone")
    give("held", people(1), route="hand")
    give("once", people(1), ended="revoked")
    give("undone", people(1), ended="retracted")
    assert (codes("held"), codes("once"), codes("undone")) == ([], [], ["never-earned"])


def test_is_not_told_where_it_cannot_be_earned_at_all(people):
    people(1)
    declared("a", when=rules.has("b"))
    assert codes("a") == ["unreachable"]


def test_a_badge_whose_time_has_begun_lately_had_no_month_yet(people):
    people(1)
    declared("a", starts=LATELY)
    assert codes("a") == []


# --- unreachable -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "told"),
    [("disabled", "“b” (disabled)"), ("draft", "“b” (draft)"), ("orphaned", "“b” (orphaned)")],
)
def test_a_badge_that_needs_one_which_cannot_be_earned(status, told):
    declared("a", old=False, when=rules.has("b"))
    baker.make(Badge, slug="b", status=status)
    found = finding("a", "unreachable")
    assert found.what == f"Nobody can earn it, because of what it needs: {told}."
    assert found.problem


def test_a_badge_that_needs_one_which_is_not_there():
    declared("a", old=False, when=rules.has_all("nobody-knows", "b"))
    baker.make(Badge, slug="b")
    assert "“nobody-knows” (there is no such badge)." in finding("a", "unreachable").what


def test_a_badge_that_needs_one_whose_time_is_over():
    declared("a", old=False, when=rules.has("b"))
    baker.make(Badge, slug="b", ends_at=OLD)
    assert "“b” (its time is over)." in finding("a", "unreachable").what


def test_a_badge_that_needs_one_which_is_out_of_reach_itself():
    declared("a", old=False, when=rules.has("b"))
    declared("b", old=False, when=rules.has("c"))
    baker.make(Badge, slug="c", status="disabled")
    assert finding("a", "unreachable").what.endswith("“b” (cannot be earned itself).")
    assert finding("b", "unreachable").what.endswith("“c” (disabled).")


def test_prerequisites_of_the_admin_are_looked_at_like_any_rule():
    one, needed = baker.make(Badge, slug="a", published_at=LATELY), baker.make(Badge, slug="b", status="draft")
    one.prerequisites.add(needed, baker.make(Badge, slug="c"))
    assert codes("a") == ["unreachable"]
    Badge.objects.filter(slug="a").update(prerequisites_needed=1)
    assert codes("a") == []


def test_enough_of_several_are_enough():
    declared("two", old=False, when=rules.at_least(2, "x", "y", rules.created(Entry, by="author")))
    declared("three", old=False, when=rules.at_least(3, "x", "y", rules.created(Entry, by="author")))
    baker.make(Badge, slug="x")
    baker.make(Badge, slug="y", status="disabled")
    assert (codes("two"), codes("three")) == ([], ["unreachable"])


def test_a_declared_badge_that_has_no_row_yet_can_be_earned():
    declared("a", old=False, when=rules.has("late"))
    badge("late", title="Late")
    assert codes("a") == []


def test_a_badge_that_only_holders_of_another_can_still_earn(people):
    declared("a", old=False, when=rules.has("b"))
    baker.make(Badge, slug="b", status="disabled")
    give("b", people(1))
    found = finding("a", "closed")
    assert found.what == "It can be earned only by people who hold already what it needs: “b” (disabled)."
    assert not found.problem
    Award.objects.update(ended="revoked")
    assert codes("a") == ["unreachable"]


# --- evaluated ---------------------------------------------------------------------------------------------------------


def test_a_badge_that_nothing_has_looked_at_for_a_month(people):
    declared("a")
    give("a", people(1), awarded_at=OLD)
    Badge.objects.update(evaluated_at=OLD)
    told = finding("a", "not-evaluated")
    assert told.what == f"Nothing has woken its rule since {look_like(OLD)}, and no run has looked at it."
    assert "“badger backfill a”" in told.todo
    Badge.objects.update(evaluated_at=None)
    assert look("a").evaluated_at == OLD  # an award of its rule is the proof


def test_a_badge_that_nothing_has_ever_looked_at():
    declared("a")
    Badge.objects.update(evaluated_at=None)
    assert finding("a", "not-evaluated").what == "Nothing has woken its rule yet, and no run has looked at it."
    assert look("a").evaluated_at is None


def test_a_function_that_nothing_has_called():
    @badge("a", title="A", on=rules.created(Entry))
    def owl(entry):
        return entry.author

    sync()
    Badge.objects.update(published_at=OLD)
    assert finding("a", "not-evaluated").todo == "See whether what calls its function still happens."


def test_what_this_process_has_noted_counts():
    declared("a")
    Badge.objects.update(evaluated_at=None)
    noting.note(["a"], LATELY)
    assert look("a").evaluated_at == LATELY
    assert codes("a") == []


# --- numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("holders", "expected"), [(16, []), (17, ["too-easy"]), (20, ["too-easy"])])
def test_a_badge_that_more_than_four_in_five_hold(people, holders, expected):
    everybody = people(20)
    declared("a")
    give("a", everybody[:holders])
    assert codes("a") == expected
    if expected:
        assert finding("a", "too-easy").what == f"{holders * 5} % of all people hold it."


def test_few_people_say_nothing_about_how_easy_it_is(people):
    declared("a")
    give("a", people(19))
    assert codes("a") == []


def test_who_holds_a_badge_for_two_occasions_is_one_person(people):
    everybody = people(20)
    declared("a")
    give("a", everybody[:10], occasion="2025", slot="2025")
    give("a", everybody[:10], occasion="2026", slot="2026")
    assert codes("a") == []
    assert look("a").standing == 20


def test_ended_and_expired_awards_stand_no_more(people):
    declared("a")
    give("a", people(1), ended="revoked")
    give("a", people(1), expires_at=OLD)
    give("a", people(1), expires_at=NOW + timedelta(days=1))
    assert look("a").standing == 1


def test_a_tier_that_more_people_hold_than_the_one_below(people):
    badge.tiers("s", title="S", measure=rules.count(Entry, by="author"), bronze=1, silver=2, gold=3)
    sync()
    Badge.objects.update(published_at=OLD, evaluated_at=NOW)
    some = people(3)
    give("s-bronze", some), give("s-silver", some[:1]), give("s-gold", some[:2])
    assert (codes("s-bronze"), codes("s-silver")) == ([], [])
    told = finding("s-gold", "tiers")
    assert told.what == "More people hold it (2) than “s-silver” (1), which should be easier."
    give("s-silver", some[1:2])
    assert codes("s-gold") == []


def test_tiers_stand_in_the_order_they_are_declared(people):
    gold = baker.make(Badge, slug="gold", series="s", tier="gold")  # made before there was a bronze one
    declared("bronze", series="s", tier="bronze")
    declared("gold", series="s", tier="gold")
    give("gold", people(1))
    assert gold.pk < Badge.objects.get(slug="bronze").pk
    assert codes("gold") == ["tiers"]


def test_other_series_and_closed_tiers_are_not_compared(people):
    declared("other", series="r", tier="bronze")
    declared("closed", series="s", tier="bronze")
    declared("gold", series="s", tier="gold")
    Badge.objects.filter(slug="closed").update(status="disabled")
    give("gold", people(1))
    assert codes("gold") == []


# --- failing, changed, slow --------------------------------------------------------------------------------------------


def test_a_rule_that_failed_this_week():
    declared("a", old=False)
    Badge.objects.update(errors=2, last_error="its rule: ValueError: no", last_error_at=NOW - timedelta(days=6))
    told = finding("a", "failing")
    assert told.what.startswith("Its code has failed 2 times, the last time on ")
    assert told.what.endswith(": its rule: ValueError: no")
    assert told.problem
    Badge.objects.update(last_error="no " * 500)
    assert len(finding("a", "failing").what) < 300
    Badge.objects.update(last_error_at=NOW - timedelta(days=8))
    assert codes("a") == []


def test_awards_of_an_earlier_version(people):
    declared("a", old=False)
    one, two, three = people(3)
    version = Badge.objects.get(slug="a").rule_version
    give("a", [one, two], evidence={"rule": "earlier"})
    give("a", [three], evidence={"rule": version})
    assert (codes("a"), look("a").earlier) == ([], 0)
    Badge.objects.update(rule_changed_at=NOW)
    told = finding("a", "rule-changed")
    assert told.what.startswith("2 awards were earned by an earlier version of its rule, which changed on ")
    assert (look("a").earlier, told.problem) == (2, False)
    Award.objects.filter(recipient=one).update(ended="revoked")
    assert finding("a", "rule-changed").what.startswith("1 award was earned by an earlier version")


@dataclass(frozen=True)
class Everybody(Happened):
    """A rule with a query for everybody: a real one, none, or a broken one."""

    query: Any = None

    def earners(self, people, using, at):
        return self.query()

    def evidence(self, number):
        return {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [(Entry.objects.all, []), (lambda: None, ["person-by-person"]), (lambda: 1 / 0, ["person-by-person"])],
)
def test_a_rule_without_a_query_for_everybody_is_slow(query, expected):
    declared("a", old=False, when=Everybody("x", query=query))
    assert codes("a", slow=True) == expected


def test_a_rule_that_knows_nothing_of_such_a_query_is_slow():
    declared("a", old=False, when=rules.event("x"))
    assert not finding("a", "person-by-person").problem


# --- whom it is about --------------------------------------------------------------------------------------------------


def test_a_badge_that_people_award_has_no_rule_to_look_at(people):
    people(1)
    baker.make(Badge, slug="a", published_at=OLD, last_error_at=NOW, errors=1)
    assert not look("a").ruled
    assert look("a").findings == ()


@pytest.mark.parametrize("change", [{"status": "disabled"}, {"ends_at": OLD}])
def test_nothing_is_found_about_a_badge_that_cannot_be_earned(people, change):
    people(1)
    declared("a")
    Badge.objects.update(**change)
    assert look("a").ruled
    assert look("a").findings == ()


def test_problems_are_what_asks_for_somebody(people):
    people(1)
    declared("a", when=rules.event("x"))
    found = look("a")
    assert [one.code for one in found.findings] == ["never-earned", "person-by-person"]
    assert [one.code for one in found.problems] == ["never-earned"]
    assert found.without(["never-earned"]).problems == ()


def test_it_speaks_the_readers_language(people):
    people(1)
    declared("a")
    with translation.override("de"):
        told = finding("a", "never-earned")
    assert "verdient" in told.what


def test_every_code_is_listed():
    assert len(set(CODES)) == len(CODES) == 9


@pytest.mark.parametrize("number", [1, 40])
def test_it_costs_the_same_for_one_badge_and_for_many(number, people, django_assert_num_queries):
    for index in range(number):
        declared(f"meta-{index}", when=rules.has_all(f"stored-{index}", "x"), series=f"s-{index}", tier="gold")
        stored = baker.make(Badge, slug=f"stored-{index}", series=f"s-{index}", tier="bronze")
        stored.prerequisites.add(baker.make(Badge, slug=f"deep-{index}"))
    give("meta-0", people(1))
    rows = list(Badge.objects.all())
    with django_assert_num_queries(6):
        found = health(rows, at=NOW)
    assert len(found) == len(rows)


def test_very_many_badges_are_asked_about_in_parts(monkeypatch, people):
    monkeypatch.setattr("django_badger.health.AT_ONCE", 2)
    people(1)
    for index in range(5):
        declared(f"badge-{index}")
    found = health(Badge.objects.all(), at=NOW)
    assert sum("never-earned" in {one.code for one in health.findings} for health in found.values()) == 5


@pytest.fixture
def many(monkeypatch):
    """Take two awards for very many."""
    cache.clear()
    monkeypatch.setattr("django_badger.health.tallies.COUNTED", 1)
    yield
    cache.clear()


@pytest.mark.usefixtures("many")
def test_numbers_of_very_many_awards_are_kept_for_some_minutes(people, django_assert_num_queries):
    declared("few"), declared("many")
    give("few", people(1)), give("many", people(2))
    look("many")
    with django_assert_num_queries(3):  # the badge, prerequisites, people; nothing is counted
        assert look("many").standing == 2
    give("few", people(1)), give("many", people(1))
    assert (look("few").standing, look("many").standing) == (2, 2)
    Badge.objects.filter(slug="many").update(rule_version="another")  # whose awards are earlier ones now
    assert look("many").standing == 3
