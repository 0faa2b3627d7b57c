"""What it takes, in words for people."""

from decimal import Decimal

import pytest

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


def test_a_badge_is_named_by_its_title_without_what_only_occasions_have(registry):
    yearly = badge("yearly", title="{occasion} regular")
    cased = badge("phone", title="iPhone  owner")
    assert str(rules.has(yearly).text()) == "the badge “Regular”"
    assert str(rules.has(cased).text()) == "the badge “iPhone  owner”"
