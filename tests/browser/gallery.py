"""The pages of the example site that the documentation shows, and how their pictures are made."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "_static" / "screenshots"
PAGE = ROOT / "docs" / "explanation" / "pages.rst"

SETS = ("vanilla", "playdoh")
SCHEMES = ("light", "dark")
WIDTHS = {"wide": (1200, 800), "phone": (390, 844)}
#: Every picture of a page on its sheet: a row for each template set.
LOOKS = [(templates, scheme, width) for templates in SETS for scheme in SCHEMES for width in WIDTHS]

#: Pixels of a tile, and between tiles.
HEIGHT, GAP = 300, 10
#: Bytes of a sheet.
MOST = 120_000


@dataclass(frozen=True)
class Pictured:
    """A page: where it is, who looks, and which link leads on where an address cannot be known."""

    path: str
    viewer: str = "vera"
    follow: str = ""
    status: int = 200


PICTURED = {
    "badge-list": Pictured("badges/"),
    "tag": Pictured("badges/tag/guestbook/"),
    "series": Pictured("badges/?series=conversation"),
    "tier": Pictured("badges/badge/conversation-gold/", viewer="nils"),
    "meta-badge": Pictured("badges/badge/pillar-of-the-campus/"),
    "award-list": Pictured("badges/awards/"),
    "award-list-of-badge": Pictured("badges/badge/helping-paw/awards/"),
    "award": Pictured("badges/badge/helping-paw/awards/", follow=".badger-rows .badger-row-title a"),
    "person": Pictured("badges/people/vera/", viewer="nils"),
    "me": Pictured("badges/me/", viewer="nils"),
    "showcase": Pictured("badges/me/showcase/"),
    "just-earned": Pictured("guestbook/write/", viewer="nora"),
    "empty": Pictured("badges/?q=unicorn"),
    "not-found": Pictured("badges/badge/unicorn/", status=404),
}


def small(picture: Image.Image) -> bytes:
    """Give a picture as a PNG of few colours, and see that it is not large."""
    drawn = io.BytesIO()
    # An octree keeps rare colours, as those of medals and links; the others spend what they have on grey.
    few = picture.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(drawn, "PNG", optimize=True)
    assert drawn.tell() <= MOST, f"{drawn.tell()} bytes"
    return drawn.getvalue()


def sheet(taken: dict[tuple[str, str, str], bytes]) -> Image.Image:
    """Put all looks of a page on one sheet."""
    rows = [[_tile(taken[templates, scheme, width]) for scheme in SCHEMES for width in WIDTHS] for templates in SETS]
    across = sum(tile.width + GAP for tile in rows[0]) + GAP
    drawn = Image.new("RGB", (across, len(rows) * (HEIGHT + GAP) + GAP), "#8a8a8a")
    for number, row in enumerate(rows):
        left = GAP
        for tile in row:
            drawn.paste(tile, (left, GAP + number * (HEIGHT + GAP)))
            left += tile.width + GAP
    return drawn


def _tile(taken: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    return picture.resize((picture.width * HEIGHT // picture.height, HEIGHT), Image.Resampling.LANCZOS)
