"""How far something is: shares and percents."""

from decimal import Decimal

import pytest

from django_badger.verdicts import ONE, Explanation, Reading


def reading(current, goal):
    return Reading(Decimal(current), Decimal(goal))


@pytest.mark.parametrize(
    ("current", "goal", "earned", "share"),
    [
        ("0", "10", False, "0"),
        ("5", "10", False, "0.5"),
        ("10", "10", True, "1"),
        ("11", "10", True, "1"),
        ("-5", "10", False, "0"),
    ],
)
def test_a_reading_knows_whether_it_is_enough_and_what_share(current, goal, earned, share):
    assert reading(current, goal).earned is earned
    assert reading(current, goal).share == Decimal(share)


def part(current, goal, *parts, holds=False):
    return Explanation("…", holds, Decimal(current), Decimal(goal), None, parts)


def test_a_hundred_percent_are_only_shown_where_it_holds():
    assert part("249.9", "250").percent == 99
    assert part("250", "250", holds=True).percent == 100
    assert part("-3", "10").percent == 0


def test_the_share_of_a_whole_is_the_mean_of_the_best_parts_it_needs():
    half, tenth, done = part(5, 10), part(1, 10), part(3, 3, holds=True)
    assert part(1, 3, half, tenth, done).percent == 53
    assert part(0, 1, half, tenth).percent == 50
    assert part(1, 2, half, tenth, done).percent == 75
    assert part(2, 2, half, tenth, done, holds=True).share == ONE
