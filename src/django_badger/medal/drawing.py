"""A medal as SVG for pages, and as PNG for mail and credentials: both draw the same layers."""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image, ImageChops, ImageDraw, ImageFont

from django_badger.medal.composing import MIDDLE, Medal, emblem
from django_badger.medal.paths import outlines

#: The side of the square in which medals are thought.
SQUARE = 96
#: How much finer the PNG is drawn than it becomes.
FINER = 3


def svg(medal: Medal, alt: str, *, side: int = SQUARE) -> SafeString:
    """Return a medal as an SVG that stands alone. ``alt`` says what it shows, ``side`` how wide it is."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="{side}" height="{side}" role="img"'
        ' aria-label="{alt}"><g fill-rule="evenodd">{paths}</g>{letters}</svg>',
        side=side,
        alt=alt,
        paths=format_html_join("", '<path fill="{}" d="{}"/>', ((one.fill, one.path) for one in medal.layers)),
        letters=_letters(medal) if medal.letters else "",
    )


def _letters(medal: Medal) -> SafeString:
    return format_html(
        '<text x="48" y="{}" dy=".35em" fill="{}" font-family="{}" font-weight="700" font-size="{}"'
        ' text-anchor="middle" aria-hidden="true">{}</text>',
        medal.middle, medal.ink, medal.fonts, medal.size, medal.letters,
    )  # fmt: skip


def png(medal: Medal, *, side: int = 512) -> bytes:
    """Return a medal as a PNG of ``side`` pixels; letters that the font does not have become a star."""
    scale = side * FINER / SQUARE
    drawn = Image.new("RGBA", (side * FINER, side * FINER), (0, 0, 0, 0))
    for layer in medal.layers:
        _paint(drawn, layer.fill, layer.path, scale)
    if medal.letters:
        _write(drawn, medal, scale)
    made = BytesIO()
    drawn.resize((side, side), Image.Resampling.BOX).save(made, "PNG", optimize=True)
    return made.getvalue()


def _paint(drawn: Image.Image, fill: str, path: str, scale: float) -> None:
    """Fill a path: what lies in an odd number of its outlines. Each is looked at where it is, not all over."""
    mask = Image.new("L", drawn.size)
    for outline in outlines(path):
        points = [(x * scale, y * scale) for x, y in outline]
        left, top = (math.floor(min(along)) for along in zip(*points, strict=True))
        right, bottom = (math.ceil(max(along)) + 1 for along in zip(*points, strict=True))
        one = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(one).polygon([(x - left, y - top) for x, y in points], fill=255)
        mask.paste(ImageChops.difference(mask.crop((left, top, right, bottom)), one), (left, top))
    box = mask.getbbox()
    drawn.paste(fill, box, mask.crop(box))


def _write(drawn: Image.Image, medal: Medal, scale: float) -> None:
    """Write the letters in the middle, a little bolder than the font has them."""
    font = _font(round(medal.size * scale))
    if font is None or not all(_has(font, letter) for letter in medal.letters):
        for layer in emblem("star", medal.middle):
            _paint(drawn, layer.fill, layer.path, scale)
        return
    at = (MIDDLE[0] * scale, (medal.middle + 0.35 * medal.size) * scale)
    bolder = medal.size * scale * 0.025
    ImageDraw.Draw(drawn).text(at, medal.letters, medal.ink, font, "ms", stroke_width=bolder)


@cache
def _font(size: int) -> Any:
    """Return the font that Pillow brings; None where Pillow was built without the means to draw it."""
    try:
        return ImageFont.load_default(size)
    except ImportError:
        return None


def _has(font: Any, letter: str) -> bool:
    """Whether a font has a letter: what it does not have, it draws as the same box."""
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
