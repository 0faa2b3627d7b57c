"""The parts of a medal to choose from: outlines, ribbons, bands and faces, around a middle at 0, 0."""

from __future__ import annotations

from django_badger.medal.paths import around, ellipse, moved, petals, polygon, regular, star

#: How far the face reaches from the middle, and the groove around it.
FACE_RADIUS = 26.5
GROOVE_RADIUS = 28

SHAPES = (
    ellipse(0, 0, 38),
    petals(16, 37, 41.5),
    petals(8, 36, 45),
    star(20, 39.5, 36),
    regular(6, 40.8),
    regular(8, 40.5),
    petals(5, 35, 48),
    "M0 -37.5C29 -37.5 37.5 -29 37.5 0C37.5 29 29 37.5 0 37.5C-29 37.5 -37.5 29 -37.5 0C-37.5 -29 -29 -37.5 0 -37.5Z",
    "M0 -40Q12 -34 33 -34Q36 -10 34 6Q30 28 0 41Q-30 28 -34 6Q-36 -10 -33 -34Q-12 -34 0 -40Z",
)


def _pair(left: str) -> str:
    """Return a tail of a ribbon, and its other side."""
    return left + moved(left, mirror=True)


#: Each ribbon is a path and its stripe, below the middle.
RIBBONS: tuple[tuple[str, str], ...] = (
    (
        _pair("M-17 20L-29 50L-18.5 48.5L-12 54.5L0 26L0 20Z"),
        _pair("M-11.5 20L-22.5 49.1L-18.5 48.5L-16.2 51L-5.5 24L-5.5 20Z"),
    ),
    (
        _pair("M-19 20L-19 54L-11 48L-3 54L-3 20Z"),
        _pair("M-13 20L-13 49.5L-11 48L-9 49.5L-9 20Z"),
    ),
    (
        "M-17 20L-17 54L0 46.5L17 54L17 20Z",
        _pair("M-11 20L-11 51.4L-7 49.6L-7 20Z"),
    ),
    (
        _pair("M-14 14L-36 42L-25.5 43.5L-23 53.5L0 24L0 14Z"),
        _pair("M-9 16L-30.8 42.7L-25.5 43.5L-24.2 48.5L-4 22L-4 16Z"),
    ),
)  # fmt: skip


def _beads() -> str:
    return "".join(star(4, 1.3, 0.9, around(number / 24, 31.2)) for number in range(24))


def _notch(number: int) -> str:
    corners = ((-0.14, 29.6), (0.14, 29.6), (0.14, 32), (-0.14, 32))
    return polygon(around((number + side) / 36, away) for side, away in corners)


def _ray(number: int) -> str:
    return polygon([(0, 0), *(around((number + side) / 14, FACE_RADIUS) for side in (-0.25, 0.25))])


def _rim(outer: float, inner: float) -> str:
    return ellipse(0, 0, outer) + ellipse(0, 0, inner)


#: What runs around the face, on the metal.
BANDS = (_beads(), "".join(_notch(number) for number in range(36)), _rim(31.2, 30.2))

#: The light on the face: rays, a reflection, or a ring.
FACES = (
    "".join(_ray(number) for number in range(14)),
    "M-18.7 18.7C-37 0 0 -37 18.7 -18.7C4 -16 -16 4 -18.7 18.7Z",
    _rim(24.5, 23.2),
)


def pips(number: int) -> str:
    """Return small stars in an arc at the bottom of the face: how high the tier is can be counted."""
    turn = 0.076
    return "".join(star(5, 3.6, 1.6, around(0.5 + (one - (number - 1) / 2) * turn, 20.2)) for one in range(number))
