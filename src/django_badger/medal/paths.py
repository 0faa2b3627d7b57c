"""Paths as the medal uses them: absolute ``M``, ``L``, ``Q``, ``C`` and ``Z`` only, so that two hands can draw them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

Point = tuple[float, float]

_STEP = re.compile(r"([MLQCZ])([^MLQCZ]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: How far the two handles of a quarter of a circle reach, in radii.
_QUARTER = 0.5523
#: Into how many straight pieces a curve is cut where only straight lines can be drawn.
_PIECES = 16


def written(points: Iterable[Point]) -> str:
    """Return points as a path writes them, to a tenth."""
    return " ".join(f"{_short(x)} {_short(y)}" for x, y in points)


def _short(number: float) -> str:
    return f"{round(number, 1) + 0:.1f}".removesuffix(".0")


def polygon(points: Iterable[Point]) -> str:
    """Return the closed path through these points."""
    return f"M{'L'.join(written([point]) for point in points)}Z"


def around(part: float, radius: float, centre: Point = (0, 0)) -> Point:
    """Return the point that lies a part (from 0 to 1) of the way round a circle, clockwise from the top."""
    angle = 2 * math.pi * part - math.pi / 2
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def regular(corners: int, radius: float) -> str:
    """Return a polygon whose sides are equal."""
    return polygon(around(number / corners, radius) for number in range(corners))


def star(points: int, outer: float, inner: float, centre: Point = (0, 0)) -> str:
    """Return a star."""
    radii = (outer, inner)
    return polygon(around(number / points / 2, radii[number % 2], centre) for number in range(points * 2))


def ellipse(x: float, y: float, wide: float, high: float | None = None) -> str:
    """Return an ellipse, or a circle."""
    high = wide if high is None else high
    a, b = wide * _QUARTER, high * _QUARTER
    quarters = (
        ((x + a, y - high), (x + wide, y - b), (x + wide, y)),
        ((x + wide, y + b), (x + a, y + high), (x, y + high)),
        ((x - a, y + high), (x - wide, y + b), (x - wide, y)),
        ((x - wide, y - b), (x - a, y - high), (x, y - high)),
    )
    return f"M{written([(x, y - high)])}{''.join('C' + written(quarter) for quarter in quarters)}Z"


def petals(number: int, valley: float, control: float) -> str:
    """Return a round outline of arcs, which meet at ``valley`` from the middle."""
    arcs = (
        "Q" + written([around((one + 0.5) / number, control), around((one + 1) / number, valley)])
        for one in range(number)
    )
    return f"M{written([around(0, valley)])}{''.join(arcs)}Z"


@lru_cache(maxsize=512)  # there are so many parts, and no more
def moved(path: str, scale: float = 1, to: Point = (0, 0), *, mirror: bool = False) -> str:
    """Return a path in another size, at another place, or the other way round."""
    wide = -scale if mirror else scale
    steps = ((letter, _points(numbers)) for letter, numbers in _STEP.findall(path))
    return "".join(
        letter + written((to[0] + x * wide, to[1] + y * scale) for x, y in points) for letter, points in steps
    )


def outlines(path: str) -> Iterator[list[Point]]:
    """Give the closed outlines of a path, with its curves cut into straight pieces."""
    found: list[Point] = []
    for letter, numbers in _STEP.findall(path):
        points = _points(numbers)
        if letter == "Z":
            yield found
            found = []
        elif letter in "ML":
            found += points
        else:
            start = found[-1]
            found += [_on_curve([start, *points], piece / _PIECES) for piece in range(1, _PIECES + 1)]


def _points(numbers: str) -> list[Point]:
    found = [float(number) for number in _NUMBER.findall(numbers)]
    return list(zip(found[::2], found[1::2], strict=True))


def _on_curve(handles: list[Point], part: float) -> Point:
    """Return a point of a Bézier curve, found as De Casteljau did: between the handles, and again between those."""
    while len(handles) > 1:
        pairs = pairwise(handles)
        handles = [(x + (u - x) * part, y + (v - y) * part) for (x, y), (u, v) in pairs]
    return handles[0]
