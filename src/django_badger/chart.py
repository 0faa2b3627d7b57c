"""Bars over time: numbers in, places in a drawing out. All places are whole numbers, which no language writes its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The size of a drawing, and what of it the numbers beside the bars and the words below them take.
WIDTH, HEIGHT = 720, 180
LEFT, TOP, BOTTOM = 48, 12, 24
#: The most words below the bars.
MOST_WORDS = 7


@dataclass(frozen=True)
class Bar:
    """A number: what it is of, and where it stands. ``word`` stands below the bar, where there is room for one."""

    label: str
    number: int
    x: int
    y: int
    width: int
    height: int
    middle: int
    word: str


@dataclass(frozen=True)
class Line:
    """A line across the bars, for the number beside it."""

    number: int
    y: int


@dataclass(frozen=True)
class Chart:
    """What a template needs to draw bars. ``left``, ``right`` and ``bottom`` are the ends of what they stand on."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    left: int = LEFT
    right: int = WIDTH
    bottom: int = HEIGHT - BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(numbers: Sequence[tuple[str, int]]) -> Chart:
    """Return the chart of these numbers, each with what it is of, from left to right."""
    step = step_for(max((number for _label, number in numbers), default=0))
    top = max(step, -(-max((number for _label, number in numbers), default=0) // step) * step)
    every = -(-len(numbers) // MOST_WORDS) or 1
    bars = tuple(
        _bar(label, number, place, len(numbers), top, word=place % every == every // 2)
        for place, (label, number) in enumerate(numbers)
    )
    return Chart(bars=bars, lines=tuple(Line(number, _y(number, top)) for number in range(0, top + 1, step)))


def step_for(most: int) -> int:
    """Return a round number that two to five steps of lead to ``most``: 1, 2 or 5, with as many zeros as it takes."""
    zeros = 1
    while True:
        for digit in (1, 2, 5):
            if most <= digit * zeros * 4:
                return digit * zeros
        zeros *= 10


def _bar(label: str, number: int, place: int, count: int, top: int, *, word: bool) -> Bar:
    start, end = (LEFT + (WIDTH - LEFT) * edge // count for edge in (place, place + 1))
    gap = max(1, (end - start) // 6)
    y = _y(number, top)
    return Bar(
        label=label, number=number, x=start + gap, y=y, width=max(1, end - start - 2 * gap),
        height=HEIGHT - BOTTOM - y, middle=(start + end) // 2, word=label if word else "",
    )  # fmt: skip


def _y(number: int, top: int) -> int:
    """Return how far down a number is; what is not nothing can be seen."""
    room = HEIGHT - BOTTOM - TOP
    return HEIGHT - BOTTOM - max(round(room * number / top), 2 if number else 0)
