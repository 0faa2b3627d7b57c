"""The medal of a badge without an image: shape, colours and letters, the same for the same slug on every machine."""

from __future__ import annotations

import colorsys
import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

#: How bright the outer colour is (relative luminance): at least 3:1 against a white page and against a black one.
EDGE = 0.18
#: How bright the face is: at least 4.5:1 under white letters.
FACE = 0.11
#: How bright the ribbon is: at least 3:1 against white and against a nearly black page.
RIBBON = 0.15
#: How bright the thin ring between edge and face is.
RIM = 0.62

#: Hue and saturation of tiers that have a metal's name; the face keeps the badge's own hue.
METALS = {"bronze": (0.07, 0.62), "silver": (0.58, 0.14), "gold": (0.12, 0.95), "platinum": (0.5, 0.22)}
HUES = 24
MIDDLE = 48


@dataclass(frozen=True)
class Medal:
    """What a template needs to draw a medal in a square of 96 by 96.

    ``outline`` is the path of the outer shape; ``edge``, ``rim``, ``face``, ``ribbon`` and ``ink`` are colours;
    ``letters`` stand in the middle, in a size of ``size``.
    """

    outline: str
    edge: str
    rim: str
    face: str
    ribbon: str
    ink: str
    letters: str
    size: int


def medal(slug: str, title: str, tier: str = "") -> Medal:
    """Return the medal of a badge: shape and colours come from the slug, letters from the title, metal from the tier."""
    digest = blake2b(slug.encode(), digest_size=4).digest()
    hue = (digest[0] % HUES) / HUES
    saturation = 0.55 + digest[2] % 4 * 0.1
    metal, shine = METALS.get(tier, ((hue + 0.04) % 1, saturation))
    letters = letters_of(title)
    return Medal(
        outline=SHAPES[digest[1] % len(SHAPES)](),
        edge=colour(metal, shine, EDGE),
        rim=colour(metal, shine, RIM),
        face=colour(hue, saturation, FACE),
        ribbon=colour((hue + (0.42 if digest[3] % 2 else 0.56)) % 1, 0.55, RIBBON),
        ink="#ffffff",
        letters=letters,
        size={1: 30, 2: 25}.get(len(letters), 19),
    )


def letters_of(title: str) -> str:
    """Return one to three letters for a title: a leading number, else the first letters of two words, else a star."""
    words = ["".join(letter for letter in word if letter.isalnum()) for word in title[:255].split()]
    words = [word for word in words if word]
    if not words:
        first = title.strip()[:1]
        return first if first.isprintable() and unicodedata.category(first or "x") == "So" else "★"
    longest = 3
    if words[0].isdecimal() and len(words[0]) <= longest:
        return words[0]
    return "".join(word[0].upper()[:1] for word in words[:2])


def colour(hue: float, saturation: float, luminance: float) -> str:
    """Return the colour ``#rrggbb`` of this hue that is as bright as ``luminance`` (relative, from 0 to 1)."""
    low, high = 0.0, 1.0
    for _step in range(12):
        lightness = (low + high) / 2
        if luminance_of(colorsys.hls_to_rgb(hue, lightness, saturation)) < luminance:
            low = lightness
        else:
            high = lightness
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, low, saturation))


def luminance_of(rgb: tuple[float, float, float]) -> float:
    """Return the relative luminance of a colour, as the accessibility guidelines measure it."""
    dark = 0.04045
    red, green, blue = (part / 12.92 if part <= dark else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ring(points: int, radius: Callable[[float], float]) -> str:
    """Return the closed path through ``points`` points; ``radius`` takes the part of the way round, from 0 to 1."""
    found = []
    for number in range(points):
        part = number / points
        angle, away = 2 * math.pi * part - math.pi / 2, radius(part)
        found.append(f"{MIDDLE + away * math.cos(angle):.1f} {MIDDLE - 6 + away * math.sin(angle):.1f}")
    return "M" + "L".join(found) + "Z"


def _circle() -> str:
    return _ring(72, lambda _part: 38)


def _scallop() -> str:
    return _ring(144, lambda part: 37.5 + 1.8 * math.cos(2 * math.pi * part * 12))


def _sun() -> str:
    return _ring(32, lambda part: 40 if round(part * 32) % 2 else 35.5)


def _hexagon() -> str:
    return _ring(6, lambda _part: 41)


def _octagon() -> str:
    return _ring(8, lambda _part: 40)


def _flower() -> str:
    return _ring(144, lambda part: 37.5 + 2.6 * math.cos(2 * math.pi * part * 8))


SHAPES: tuple[Callable[[], str], ...] = (_circle, _scallop, _sun, _hexagon, _octagon, _flower)
