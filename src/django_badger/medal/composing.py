"""What a medal is made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from django_badger.medal.colours import INK, Colours, colours
from django_badger.medal.icons import ICONS, icon_for
from django_badger.medal.paths import ellipse, moved
from django_badger.medal.shapes import BANDS, FACE_RADIUS, FACES, GROOVE_RADIUS, RIBBONS, SHAPES, pips

MIDDLE = (48, 41)
#: The first font is the one of PNGs, which comes with Pillow; the others look like it.
FONTS = "Aileron, Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
#: How many stars a tier has, for those who do not see its colour.
PIPS = {"bronze": 1, "silver": 2, "gold": 3, "platinum": 4}


@dataclass(frozen=True)
class Layer:
    """A path of one colour. Within it, a shape in a shape is a hole."""

    #: What it is: ``ribbon``, ``stripe``, ``edge``, ``deep``, ``body``, ``band``, ``groove``, ``face``, ``light``,
    #: ``pips`` or ``icon``.
    part: str
    #: The colour: ``#rrggbb``.
    fill: str
    #: The path, in a square of 96 by 96.
    path: str


@dataclass(frozen=True)
class Medal:
    """What it takes to draw a medal in a square of 96 by 96."""

    #: The shapes, from the back to the front.
    layers: tuple[Layer, ...]
    #: What stands in the middle; empty where there is an icon.
    letters: str
    #: The colour of the letters, their size, and how far down their middle is.
    ink: str
    size: int
    middle: int
    #: The fonts of the letters, the best first.
    fonts: str = FONTS


def medal(slug: str, title: str, tier: str = "", *, series: str = "", icon: str = "") -> Medal:
    """Return the medal of a badge.

    Shapes and colours come from the slug, or from the series whose tier it is; the metal and its stars from the tier.
    In the middle stands the icon of this name, else a number with which the title begins, else the icon that a word in
    the slug brings, else letters.
    """
    digest = blake2b((series if series and tier else slug).encode(), digest_size=8).digest()
    palette = colours(digest[0], digest[0] + 3 + digest[1] % 9, tier)
    letters = letters_of(title)
    icon = icon if icon in ICONS else "" if letters.isdecimal() else icon_for(slug)
    if letters == "★":
        letters, icon = "", icon or "star"
    stars = PIPS.get(tier, 0)
    middle = MIDDLE[1] - (4 if stars else 0)
    below = [Layer("pips", palette.bright, moved(pips(stars), to=MIDDLE))] if stars else []
    return Medal(
        layers=(*_metal(digest, palette), *below, *emblem(icon, middle)),
        letters="" if icon else letters,
        ink=INK,
        size={1: 30, 2: 24}.get(len(letters), 20),
        middle=middle,
    )


def _metal(digest: bytes, palette: Colours) -> Iterator[Layer]:
    """Give the ribbon and the body."""
    shape = SHAPES[digest[2] % len(SHAPES)]
    ribbon, stripe = RIBBONS[digest[3] % len(RIBBONS)]
    yield Layer("ribbon", palette.ribbon, moved(ribbon, to=MIDDLE))
    yield Layer("stripe", palette.stripe, moved(stripe, to=MIDDLE))
    yield Layer("edge", palette.edge, moved(shape, to=MIDDLE))
    yield Layer("deep", palette.deep, moved(shape, 0.955, MIDDLE))
    yield Layer("body", palette.body, moved(shape, 0.915, (MIDDLE[0] - 0.5, MIDDLE[1] - 0.7)))
    yield Layer("band", palette.bright, moved(BANDS[digest[4] % len(BANDS)], to=MIDDLE))
    yield Layer("groove", palette.edge, ellipse(*MIDDLE, GROOVE_RADIUS))
    yield Layer("face", palette.face, ellipse(*MIDDLE, FACE_RADIUS))
    yield Layer("light", palette.light, moved(FACES[digest[5] % len(FACES)], to=MIDDLE))


def emblem(icon: str, middle: int) -> Iterator[Layer]:
    """Give the paths of an icon, in the middle; smaller where stars stand below it."""
    scale = 1.45 if middle == MIDDLE[1] else 1.25
    for path in ICONS.get(icon, ()):
        yield Layer("icon", INK, moved(path, scale, (MIDDLE[0] - 12 * scale, middle - 12 * scale)))


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
