"""Rules read facts and decide: combinations, with occasions and without. No database."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from django_badger import badge, events, rules
from django_badger._engine.arms import Hold
from django_badger._engine.deciding import Fate, fates, renewable
from django_badger._engine.listening import Candidate
from django_badger.events import Event
from django_badger.rules.facts import Facts, Value
from django_badger.rules.protocol import Reads, best
from django_badger.verdicts import Reading, in_digits
from guestbook.models import Entry
from tests.studio.models import Course, Piece

ANN = 1


def when(day):
    return datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)


def holding(**days):
    """Give facts in which Ann holds these badges since these days of January."""
    facts = Facts()
    facts.held[ANN] = {slug: [when(day)] for slug, day in days.items()}
    return facts


def told(rule, facts):
    """Give what the rule says about Ann: by occasion, how many of how many, and when."""
    return {
        occasion: (int(one.current), int(one.goal), one.at.day if one.at else None)
        for occasion, one in rule.readings(facts, ANN).items()
    }


def test_all_are_earned_with_the_last_one():
    rule = rules.has_all("a", "b", "c")
    assert told(rule, holding(a=1, b=7)) == {"": (2, 3, None)}
    assert told(rule, holding(a=1, b=7, c=3)) == {"": (3, 3, 7)}


def test_so_many_times_are_earned_with_the_last_of_them():
    rule = rules.has("a", times=3)
    facts = Facts()
    for day, answer in ((9, (1, 3, None)), (2, (2, 3, None)), (5, (3, 3, 9)), (4, (3, 3, 5))):
        facts.hold("a", ANN, when(day))
        assert told(rule, facts) == {"": answer}
    assert facts.since("a", ANN) == when(2)
    assert [at.day for at in facts.moments("a", ANN)] == [2, 4, 5, 9]
    assert facts.moments("b", ANN) == ()
    assert rule.readings(facts, ANN)[""].evidence == {"badge": "a", "times": 3}


def test_any_is_earned_with_the_first_one():
    rule = rules.has_any("a", "b", "c")
    assert told(rule, holding()) == {"": (0, 1, None)}
    assert told(rule, holding(c=9, b=4)) == {"": (2, 1, 4)}


def test_at_least_two_are_earned_with_the_second_one():
    rule = rules.at_least(2, "a", "b", "c")
    assert told(rule, holding(a=5, b=7, c=3)) == {"": (3, 2, 5)}


def test_and_and_or_nest():
    rule = (rules.has("a") & rules.has("b")) | rules.at_least(2, "c", "d", "e")
    assert not rule.readings(holding(a=1, c=2), ANN)[""].earned
    assert told(rule, holding(a=1, b=6, c=2)) == {"": (1, 1, 6)}
    assert told(rule, holding(a=1, b=6, c=2, e=4)) == {"": (2, 1, 4)}


def test_a_chain_of_the_same_word_is_one_rule():
    assert len((rules.has("a") & rules.has("b") & rules.has("c")).parts) == 3
    assert len((rules.has("a") | rules.has("b") | rules.has("c")).parts) == 3
    mixed = rules.has("a") | rules.has("b") & rules.has("c")
    assert [type(part).__name__ for part in mixed.parts] == ["Has", "AtLeast"]
    assert mixed.parts[1] == rules.has_all("b", "c")


YEARLY = rules.count(Entry, by="author", reaches=2, each=rules.year("created_at"))
PER_COURSE = rules.count(Piece, by="author", reaches=1, each="course")


def counted(facts, rule, **numbers):
    """Note how many rows Ann has for each occasion, the newest on a day of that number."""
    found = {occasion.strip("_"): Value(Decimal(n), when(n), Decimal(1)) for occasion, n in numbers.items()}
    facts.values[rule.measure, ANN] = found
    return facts


def test_each_occasion_is_decided_by_itself():
    facts = counted(holding(), YEARLY, _2024=2, _2025=1)
    assert told(YEARLY, facts) == {"2024": (2, 2, 2), "2025": (1, 2, None)}


def test_what_has_no_occasion_counts_for_every_one():
    rule = YEARLY & rules.has("a")
    facts = counted(holding(a=5), YEARLY, _2024=2, _2025=1)
    assert told(rule, facts) == {"2024": (2, 2, 5), "2025": (1, 2, None)}
    assert told(rule, counted(holding(), YEARLY, _2024=2)) == {"2024": (1, 2, None)}


def test_without_any_occasion_there_is_none():
    assert told(YEARLY & rules.has("a"), holding(a=5)) == {"": (1, 2, None)}
    assert told(YEARLY, holding()) == {}


def test_occasions_of_two_kinds_do_not_meet():
    rule = YEARLY & PER_COURSE
    facts = counted(counted(holding(), YEARLY, _2024=2), PER_COURSE, course1=1)
    assert {occasion: one.earned for occasion, one in rule.readings(facts, ANN).items()} == {
        "2024": False,
        "course1": False,
    }


def test_an_event_counts_where_one_of_those_that_happened_fits():
    rule = rules.event("quiz", where=lambda event: event.data["score"] >= 50)
    key = events.named("quiz")
    good = Event(key=key, user_id=ANN, at=when(3), data={"score": 90})
    bad = Event(key=key, user_id=ANN, at=when(5), data={"score": 10})
    facts = Facts()
    assert told(rule, facts) == {"": (0, 1, None)}
    facts.happened[ANN] = {key: [bad]}
    assert told(rule, facts) == {"": (0, 1, None)}
    facts.happened[ANN] = {key: [good, bad]}
    assert told(rule, facts) == {"": (1, 1, 3)}
    better = Event(key=key, user_id=ANN, at=when(2), data={"score": 95})
    undated = Event(key=key, user_id=ANN, data={"score": 95})
    facts.happened[ANN] = {key: [good, undated, better]}
    assert told(rule, facts) == {"": (1, 1, 2)}


def test_whom_an_event_concerns():
    user, author = get_user_model()(pk=ANN), get_user_model()(pk=2)
    awarded = Event(key=events.awarded("a"), user_id=ANN)
    nobody = Event(key=events.named("x"))
    entry = Event(key=events.saved(Entry), subject=Entry(author=author))
    assert set(rules.has("a").people(awarded)) == {ANN}
    assert set(rules.has("a").people(nobody)) == set()
    assert set(rules.event("x").people(nobody)) == set()
    assert set(rules.event("x").people(Event(key=events.named("x"), user_id=ANN))) == {ANN}
    assert set(rules.created(Entry, by="author").people(entry)) == {2}
    assert set(rules.created(Piece, by="author").people(entry)) == set()
    assert set(rules.created(Piece, by="author").people(Event(key="", subject=Piece()))) == set()
    assert set(rules.created(type(user), by="pk").people(Event(key="", subject=user))) == {ANN}
    combined = rules.has("a") | rules.created(Entry, by="author")
    assert combined.people(awarded) == {ANN}
    assert combined.people(entry) == {2}


def test_a_set_concerns_whom_its_rows_belong_to():
    rule = rules.every(Entry.objects.all, text="…", wakes_on=[Entry, Piece], by="author")
    author = get_user_model()(pk=2)
    assert rule.wakes_on() == {events.saved(Entry), events.saved(Piece)}
    assert set(rule.people(Event(key=events.saved(Entry), subject=Entry(author=author)))) == {2}
    assert set(rule.people(Event(key=events.saved(Piece), subject=Piece()))) == set()
    assert set(rule.people(Event(key="event:x", subject=None, user_id=ANN))) == {ANN}


def test_what_a_combination_reads_and_wakes_on():
    some = rules.every(Entry.objects.all, text="…")
    rule = rules.has("a") & (YEARLY | rules.event("x")) & some
    assert rule.reads() == Reads(frozenset({YEARLY.measure}), frozenset({"a"}), frozenset({some}))
    assert rule.wakes_on() == {events.awarded("a"), events.saved(Entry), events.named("x")}


def test_a_function_fits_new_rows_only():
    trigger = rules.created(Course)
    course = Course(pk=1)
    assert trigger.fits(Event(key="", subject=course, created=True))
    assert not trigger.fits(Event(key="", subject=course))
    assert trigger.subject_of(Event(key="", subject=course)) is course


def test_an_event_is_itself_what_its_function_gets():
    event = Event(key=events.named("x"))
    assert rules.event("x").subject_of(event) is event


def test_people_want_to_see_the_occasion_that_is_going_on_else_the_furthest():
    near, far = Reading(Decimal(9), Decimal(10)), Reading(Decimal(1), Decimal(10))
    assert best({"2025": near, "2026": far}, "2026") is far
    assert best({"2025": near, "2026": far}, "2027") is near
    assert best({"2025": near, "2026": far}) is near
    assert best({}) is None


def test_a_badge_may_be_named_by_itself_its_slug_or_anything_with_a_slug(registry):
    declared = badge("a", title="A")
    assert rules.has(declared) == rules.has("a")
    assert rules.has_all(declared, "b") == rules.has("a") & rules.has("b")


@pytest.mark.parametrize(("number", "evidence"), [("250", "250"), ("2.50", "2.5"), ("1E+3", "1000")])
def test_evidence_holds_plain_numbers(number, evidence):
    rule = rules.total(Piece, "points", by="author", reaches=1)
    facts = Facts()
    facts.values[rule.measure, ANN] = {"": Value(Decimal(number), None, None)}
    assert rule.readings(facts, ANN)[""].evidence == {"value": evidence, "goal": "1"}


def test_a_row_that_was_deleted_at_once_fits_no_function():
    assert not rules.created(Course).fits(Event(key="", subject=Course(), created=True))


@pytest.mark.parametrize(
    ("hold", "grace", "expected"),
    [
        (Hold.EXPIRED, None, {True: None, False: None}),
        (Hold.GIVEN, None, {True: None, False: None}),
        (Hold.EARNED, None, {True: None, False: Fate.LAPSES}),
        (Hold.EARNED, datetime.timedelta(days=7), {True: None, False: Fate.DOUBTED}),
        (Hold.DOUBTED, None, {True: Fate.STAYS, False: Fate.LAPSES}),
        (Hold.DOUBTED, datetime.timedelta(days=7), {True: Fate.STAYS, False: None}),
        (Hold.OVERDUE, datetime.timedelta(days=7), {True: Fate.STAYS, False: Fate.LAPSES}),
    ],
)
def test_what_becomes_of_an_award(hold, grace, expected):
    candidate = Candidate("writer", rules.has("a"), {ANN}, lapses=True, grace=grace)
    for true, fate in expected.items():
        found = fates([candidate], holding(a=1) if true else Facts(), {(ANN, "writer"): {"": hold}})
        assert found == ({("writer", ANN, ""): fate} if fate else {})


def test_only_what_has_expired_is_renewed_and_only_for_what_is_true():
    candidate = Candidate("writer", YEARLY, {ANN}, renews=True)
    facts = counted(Facts(), YEARLY, _2024=2, _2025=1, _2026=2)
    holds = {(ANN, "writer"): {"2024": Hold.EXPIRED, "2025": Hold.EXPIRED, "2026": Hold.EARNED}}
    assert renewable([candidate], facts, holds) == {("writer", ANN, "2024")}


def test_numbers_that_are_equal_look_alike_in_evidence():
    assert [in_digits(Decimal(number)) for number in ("-0", "0", "0.000000", "1E+2", "100.50", "-3.0")] == [
        "0", "0", "0", "100", "100.5", "-3",
    ]  # fmt: skip
