"""Which badges are within reach, as far as rules tell."""

import pytest

from django_badger import rules
from django_badger.health.reach import lacking, may_hold, needs, within_reach

ANYTHING = rules.event("x")
HAS = {name: rules.has(name) for name in "abcd"}


@pytest.mark.parametrize(
    ("rule", "held", "expected"),
    [
        (ANYTHING, "", set()),
        (HAS["a"], "", {"a"}),
        (HAS["a"], "a", set()),
        (rules.has_all("a", "b", "c"), "b", {"a", "c"}),
        (rules.has_any("a", "b"), "b", set()),
        (rules.has_any("a", "b"), "c", {"a", "b"}),
        (rules.at_least(2, "a", "b", "c"), "ab", set()),
        (rules.at_least(2, "a", "b", "c"), "a", {"b", "c"}),
        (rules.at_least(2, "a", "b", ANYTHING), "a", set()),
        (ANYTHING & rules.has_any("a", "b") & HAS["c"], "a", {"c"}),
        ((HAS["a"] & HAS["b"]) | (HAS["c"] & HAS["d"]), "ac", {"b", "d"}),
    ],
)
def test_what_is_lacking(rule, held, expected):
    assert lacking(rule, set(held)) == expected
    assert may_hold(rule, set(held)) == (not expected)


def test_what_a_rule_needs_is_read_through_all_its_parts():
    assert needs((ANYTHING & HAS["a"]) | rules.at_least(2, "b", "c", HAS["a"])) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("graph", "earnable", "held", "expected"),
    [
        ({"a": HAS["b"], "b": HAS["c"]}, "abc", "", "abc"),
        ({"a": HAS["b"], "b": HAS["c"]}, "ab", "", ""),
        ({"a": HAS["b"], "b": HAS["c"]}, "ab", "c", "abc"),
        ({"a": HAS["b"], "b": HAS["a"]}, "ab", "", ""),  # a circle
        ({"a": HAS["b"] | ANYTHING, "b": HAS["a"]}, "ab", "", "ab"),  # with a way into it
        ({"a": HAS["b"]}, "b", "", "b"),  # closed itself
        ({}, "ab", "c", "abc"),
    ],
)
def test_who_needs_whom_is_followed_to_the_end(graph, earnable, held, expected):
    assert within_reach(set(earnable), graph, set(held)) == set(expected)
