"""What it takes, in words for people."""

import datetime
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from django_badger import badge, rules
from guestbook.models import Entry
from tests.studio.models import Piece


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.created(Entry, by="author"), "1 entry"),
        (rules.count(Entry, by="author", reaches=10), "10 entries"),
        (rules.count(Entry, by="author", reaches=30, each=rules.year("created_at")), "30 entries in one year"),
        (rules.created(Entry, by="author", each=rules.month("created_at")), "1 entry in one month"),
        (rules.created(Entry, by="author", each=rules.day("created_at")), "1 entry in one day"),
        (rules.count(Piece, by="author", reaches=2, each="course"), "2 pieces, once for each course"),
        (rules.total(Entry, "word_count", by="author", reaches=250), "word count: 250 over all entries together"),
        (rules.total(Piece, "weight", by="author", reaches=Decimal("2.50")), "weight: 2.50 over all pieces together"),
        (
            rules.distinct(Piece, "kind", by="author", reaches=3),
            "3 different values of kind of art among your pieces",
        ),
        (rules.count(Entry, by="author", reaches=10, within=timedelta(days=7)), "10 entries within 7 days"),
        (rules.count(Entry, by="author", reaches=2, within=timedelta(hours=36)), "2 entries within 36 hours"),
        (rules.count(Entry, by="author", reaches=2, within=timedelta(minutes=1)), "2 entries within 1 minute"),
        (rules.count(Entry, by="author", reaches=2, within=timedelta(seconds=90)), "2 entries within 90 seconds"),
        (
            rules.count(Entry, by="author", reaches=10, since=datetime.date(2026, 3, 1)),
            "10 entries, counted since March 1, 2026",
        ),
        (
            rules.created(
                Entry,
                by="author",
                since=datetime.datetime(2026, 3, 1, 11, tzinfo=datetime.UTC),
                each=rules.year("created_at"),
            ),
            "1 entry in one year, counted since March 1, 2026, noon",
        ),
        (rules.streak(Entry, by="author", reaches=7), "entries on 7 days in a row"),
        (rules.streak(Entry, by="author", reaches=1), "entries on 1 day"),
        (rules.streak(Entry, by="author", reaches=4, unit="week"), "entries in 4 weeks in a row"),
        (
            rules.streak(Entry, by="author", reaches=7, gap=1),
            "entries on 7 days in a row (1 day may be missed in between)",
        ),
        (
            rules.streak(Entry, by="author", reaches=4, unit="week", gap=2),
            "entries in 4 weeks in a row (2 weeks may be missed in between)",
        ),
        (rules.age(timedelta(days=365), at="home__moved_in"), "moved in: 365 days ago"),
        (rules.has("a", times=3), "the badge “a” 3 times"),
        (rules.has("first-post"), "the badge “first-post”"),
        (rules.event("quiz.passed"), "the event “quiz.passed”"),
        (rules.event("quiz.passed", text="Pass the quiz."), "Pass the quiz."),
        (rules.every(Piece.objects.all, text="Be somebody."), "Be somebody."),
        (rules.has_all("a", "b"), "all of these: the badge “a”; the badge “b”"),
        (rules.has_any("a", "b"), "one of these: the badge “a”; the badge “b”"),
        (rules.at_least(2, "a", "b", "c"), "2 of these: the badge “a”; the badge “b”; the badge “c”"),
        (rules.has_all("a"), "the badge “a”"),
        (rules.event("x") & rules.event("y") & rules.has("a"), "all of these: the event “x”; the event “y”; the badge “a”"),
        (rules.event("x") | (rules.has("a") & rules.has("b")), "one of these: the event “x”; (all of these: the badge “a”; the badge “b”)"),
    ],
)  # fmt: skip
def test_a_rule_says_what_it_takes(rule, text):
    assert str(rule.text()) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        # What is counted is called as the host calls it: the guestbook has no German words.
        (rules.created(Entry, by="author"), "1 entry"),
        (rules.count(Entry, by="author", reaches=10), "10 entries"),
        (rules.count(Entry, by="author", reaches=30, each=rules.year("created_at")), "30 entries in einem Kalenderjahr"),
        (rules.created(Entry, by="author", each=rules.month("created_at")), "1 entry in einem Kalendermonat"),
        (rules.created(Entry, by="author", each=rules.day("created_at")), "1 entry an einem Tag"),
        (rules.count(Piece, by="author", reaches=2, each="course"), "2 pieces, einmal je course"),
        (rules.total(Entry, "word_count", by="author", reaches=250), "word count: 250, alle entries zusammengenommen"),
        (rules.total(Piece, "weight", by="author", reaches=Decimal("2.50")), "weight: 2,50, alle pieces zusammengenommen"),
        (
            rules.distinct(Piece, "kind", by="author", reaches=1),
            "1 Wert von „kind of art“ (gezählt über: pieces)",
        ),
        (
            rules.distinct(Piece, "kind", by="author", reaches=3),
            "3 verschiedene Werte von „kind of art“ (gezählt über: pieces)",
        ),
        (rules.count(Entry, by="author", reaches=10, within=timedelta(days=7)), "10 entries innerhalb von 7 Tagen"),
        (
            rules.count(Entry, by="author", reaches=10, since=datetime.date(2026, 3, 1)),
            "10 entries, gezählt ab 1. März 2026",
        ),
        (rules.streak(Entry, by="author", reaches=7), "entries an 7 Tagen hintereinander"),
        (rules.age(timedelta(days=365), at="home__moved_in"), "moved in: vor 365 Tagen"),
        (rules.has("a", times=3), "das Abzeichen „a“ 3-mal"),
        (rules.has("first-post"), "das Abzeichen „first-post“"),
        (rules.event("quiz.passed"), "das Ereignis „quiz.passed“"),
        (rules.has_all("a", "b"), "alles davon: das Abzeichen „a“; das Abzeichen „b“"),
        (rules.at_least(2, "a", "b", "c"), "2 davon: das Abzeichen „a“; das Abzeichen „b“; das Abzeichen „c“"),
        (rules.event("x") | (rules.has("a") & rules.has("b")), "eines davon: das Ereignis „x“; (alles davon: das Abzeichen „a“; das Abzeichen „b“)"),
    ],
)  # fmt: skip
def test_a_rule_says_it_in_german(rule, text):
    declared_in_english = rule.text()
    with translation.override("de"):
        assert str(declared_in_english) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.created(Entry, by="author"), "entries: 1"),
        (rules.count(Entry, by="author", reaches=30, each=rules.year("created_at")), "entries: 30 في سنة واحدة"),
        (rules.distinct(Piece, "kind", by="author", reaches=2), "قيمتان مختلفتان في «kind of art» ضمن pieces"),
        (rules.distinct(Piece, "kind", by="author", reaches=3), "3 قيم مختلفة في «kind of art» ضمن pieces"),
        (rules.distinct(Piece, "kind", by="author", reaches=11), "11 قيمة مختلفة في «kind of art» ضمن pieces"),
        (rules.count(Entry, by="author", reaches=10, within=timedelta(days=2)), "entries: 10 خلال يومين"),
        (rules.streak(Entry, by="author", reaches=7), "entries في 7 أيام متتالية"),
        (rules.has("a", times=2), "الشارة «a» مرتين"),
        (rules.has_any("a", "b"), "واحد مما يلي: الشارة «a»؛ الشارة «b»"),
    ],
)
def test_a_rule_says_it_in_arabic(rule, text):
    with translation.override("ar"):
        assert str(rule.text()) == text


def test_numbers_are_written_as_the_language_writes_them(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    rule = rules.total(Entry, "word_count", by="author", reaches=250_000)
    assert str(rule.text()) == "word count: 250,000 over all entries together"
    with translation.override("de"):
        assert str(rule.text()) == "word count: 250.000, alle entries zusammengenommen"


@pytest.mark.project("core", "everything", "playdoh")
def test_an_age_is_how_long_one_is_a_member():
    rule = rules.age(timedelta(days=365))
    assert str(rule.text()) == "member for 365 days"
    with translation.override("de"):
        assert str(rule.text()) == "seit 365 Tagen dabei"


def test_one_value_is_no_different_values():
    assert (
        str(rules.distinct(Piece, "kind", by="author", reaches=1).text()) == "1 value of kind of art among your pieces"
    )


def test_a_badge_is_named_by_its_title_without_what_only_occasions_have(registry):
    yearly = badge("yearly", title="{occasion} regular")
    cased = badge("phone", title="iPhone  owner")
    assert str(rules.has(yearly).text()) == "the badge “Regular”"
    assert str(rules.has(cased).text()) == "the badge “iPhone  owner”"
