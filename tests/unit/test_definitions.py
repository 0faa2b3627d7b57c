"""Declarations and tiers as values."""

import dataclasses

import pytest

from django_badger import badge
from guestbook import badges


def test_a_declaration_cannot_be_changed(registry):
    declared = badge("a", title="A")
    with pytest.raises(dataclasses.FrozenInstanceError):
        declared.title = "B"  # type: ignore[misc]


def test_tiers_are_found_by_name_and_gone_through_the_easiest_first():
    assert badges.regular.gold is badges.regular["gold"]
    assert [one.tier for one in badges.regular] == ["bronze", "silver", "gold"]
    assert [one.slug for one in badges.regular] == ["regular-bronze", "regular-silver", "regular-gold"]


def test_a_tier_that_is_not_there_says_which_are():
    with pytest.raises(AttributeError, match="'regular' has no tier 'diamond': it has bronze, silver, gold"):
        badges.regular.diamond  # noqa: B018
    with pytest.raises(KeyError):
        badges.regular["diamond"]


def test_a_badge_that_people_award_is_woken_by_nothing(registry):
    assert badge("a", title="A").wakes_on() == frozenset()
