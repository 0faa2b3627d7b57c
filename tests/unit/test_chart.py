"""Bars in a drawing: they stand where they belong, and what is not nothing can be seen."""

from itertools import pairwise

import pytest

from django_badger.chart import HEIGHT, LEFT, MOST_WORDS, WIDTH, chart_of, step_for


def of(*numbers):
    return chart_of([(f"week {place}", number) for place, number in enumerate(numbers)])


def test_bars_stand_side_by_side_inside_of_the_drawing():
    bars = of(*range(26)).bars

    assert [bar.number for bar in bars] == [*range(26)]
    assert all(one.x + one.width < other.x for one, other in pairwise(bars))
    assert bars[0].x > LEFT
    assert bars[-1].x + bars[-1].width < WIDTH
    assert all(bar.x < bar.middle < bar.x + bar.width for bar in bars)


def test_bars_are_as_high_as_their_numbers():
    chart = of(0, 5, 10)

    none, half, whole = chart.bars
    assert none.height == 0
    assert whole.height == 2 * half.height
    assert {bar.y + bar.height for bar in chart.bars} == {chart.bottom}


def test_one_beside_a_million_can_be_seen():
    small, large = of(1, 1_000_000).bars

    assert small.height == 2
    assert large.y >= 0


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4, 5, 7, 9, 10, 19, 99, 101, 4_321, 1_000_000, 10**15])
def test_the_lines_are_round_numbers_and_few(most):
    chart = of(0, most)

    numbers = [line.number for line in chart.lines]
    assert numbers[0] == 0
    assert numbers[-1] >= most
    assert 2 <= len(numbers) <= 5
    assert all(0 <= line.y < HEIGHT for line in chart.lines)
    assert chart.lines[0].y == chart.bottom


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (4, 1), (5, 2), (8, 2), (9, 5), (20, 5), (21, 10), (40, 10), (41, 20)]
)
def test_steps_are_ones_twos_and_fives(most, step):
    assert step_for(most) == step


@pytest.mark.parametrize("count", [1, 2, 7, 8, 24, 26, 300])
def test_words_have_room(count):
    worded = [bar for bar in of(*[1] * count).bars if bar.word]

    assert all(bar.word == bar.label for bar in worded)
    assert 1 <= len(worded) <= MOST_WORDS
    assert worded[0].middle - LEFT >= 25
    assert WIDTH - worded[-1].middle >= 25
    assert all(other.middle - one.middle >= 80 for one, other in pairwise(worded))


def test_no_numbers_are_an_empty_drawing():
    chart = chart_of([])

    assert chart.bars == ()
    assert [line.number for line in chart.lines] == [0, 1]
