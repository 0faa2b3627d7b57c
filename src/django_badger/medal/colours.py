"""Colours by their brightness, so that what has to be seen can be seen."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import lru_cache

#: How bright the contour and the ribbon are (relative luminance): at least 3:1 against white, black and nearly black pages.
EDGE = 0.15
RIBBON = 0.155
#: How bright the face is, and the light on it: at least 4.5:1 under white letters.
FACE = 0.095
LIGHT = 0.13
INK = "#ffffff"

#: Hue, saturation and brightness of tiers that have a metal's name; the face keeps the badge's own colour.
METALS = {
    "bronze": (0.068, 0.58, 0.34), "silver": (0.6, 0.12, 0.62), "gold": (0.122, 0.9, 0.62),
    "platinum": (0.5, 0.28, 0.82),
}  # fmt: skip
#: Hue and saturation of faces and ribbons: those that stay pure when they are dark.
HUES = (
    (0.98, 0.65), (0.93, 0.6), (0.85, 0.5), (0.77, 0.55), (0.7, 0.55), (0.64, 0.65), (0.58, 0.75), (0.53, 0.8),
    (0.47, 0.75), (0.4, 0.65), (0.33, 0.5), (0.025, 0.7), (0.62, 0.38),
)  # fmt: skip


@dataclass(frozen=True)
class Colours:
    """The colours of one medal."""

    edge: str
    deep: str
    body: str
    bright: str
    face: str
    light: str
    ribbon: str
    stripe: str


def colours(hue: int, ribbon: int, tier: str) -> Colours:
    """Return the colours of a medal: face and ribbon by number, the metal by the tier's name."""
    tone, purity = HUES[hue % len(HUES)]
    other, strength = HUES[ribbon % len(HUES)]
    metal, shine, brightness = METALS.get(tier, (tone, purity * 0.75, 0.4))
    return Colours(
        edge=colour(metal, shine, EDGE),
        deep=colour(metal, shine, brightness * 0.62),
        body=colour(metal, shine, brightness),
        bright=colour(metal, shine, min(0.92, brightness * 1.45)),
        face=colour(tone, purity, FACE),
        light=colour(tone, purity, LIGHT),
        ribbon=colour(other, strength, RIBBON),
        stripe=colour(other, strength * 0.8, 0.45),
    )


@lru_cache(maxsize=512)
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
