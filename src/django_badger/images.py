"""The gate for uploaded images: what is stored is drawn anew from the pixels, and nothing else gets through."""

from __future__ import annotations

import hashlib
import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    BytesFile = ContentFile[bytes]
else:
    BytesFile = ContentFile

#: The formats that are read at all, of an animation its first picture; and how many pixels of each: so many that a
#: process takes no more than 200 MB. JPEG is decoded to a smaller size at once, WebP by way of several copies.
MAX_PIXELS = {"PNG": 12_500_000, "JPEG": 16_000_000, "WEBP": 7_000_000, "GIF": 12_500_000}
FORMATS = tuple(MAX_PIXELS)
#: The largest file, in bytes.
MAX_BYTES = 4 * 1024 * 1024
#: The longest side, in pixels.
MAX_SIDE = 8000
#: The side of the square that is stored, in pixels.
SIDE = 512
#: The sides of the smaller ones that are stored beside it: a badge in a list is 96 pixels wide, or 192 on a fine screen.
SMALLER = (128, 256)

_BROKEN = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, IndexError, TypeError,
    KeyError, AttributeError, OverflowError, RuntimeError, MemoryError,
)  # fmt: skip


class Rebuilt(BytesFile):
    """An image of ours, made by the gate: a PNG, named by its content. ``smaller`` are its smaller sizes, by side."""

    def __init__(self, square: Image.Image) -> None:
        content = png(square)
        super().__init__(content, name=f"{hashlib.sha256(content).hexdigest()[:40]}.png")
        self.square = square
        self.smaller = {side: self.sized(side) for side in SMALLER}

    def sized(self, side: int) -> bytes:
        """Return the image as a PNG of ``side`` pixels."""
        return png(self.square.resize((side, side), Image.Resampling.LANCZOS))


def rebuilt(upload: Any) -> Rebuilt:
    """Return an uploaded image as a square PNG of ours, named by its content.

    Upright, without metadata, script, animation or foreign bytes. Raises ``ValidationError`` that says what is wrong.
    """
    raw = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        words = {"limit": filesizeformat(MAX_BYTES)}
        raise ValidationError(_("The file is larger than %(limit)s: make the image smaller.") % words, code="too_large")
    if not raw:
        raise ValidationError(_("The file is empty."), code="empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about broken metadata, which is left behind; our own limits are stricter
            return Rebuilt(_square(_opened(raw)))
    except Image.DecompressionBombError as error:
        raise ValidationError(_("The image has far too many pixels."), code="too_many_pixels") from error
    except _BROKEN as error:
        message = _("This is no PNG, JPEG, WebP or GIF image, or a broken one: save it anew and try again.")
        raise ValidationError(message, code="invalid_image") from error


def png(image: Image.Image) -> bytes:
    """Return the pixels of an image as PNG."""
    made = BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


def _opened(raw: bytes) -> Image.Image:
    """Return the first picture of a file, decoded, once its header is seen to be within the limits."""
    image = Image.open(BytesIO(raw), formats=FORMATS)
    width, height = image.size
    most = MAX_PIXELS.get(str(image.format), min(MAX_PIXELS.values()))
    if max(width, height) > MAX_SIDE or width * height > most:
        words = {"width": width, "height": height, "side": MAX_SIDE, "pixels": most // 1_000_000}
        message = _(
            "The image is %(width)d × %(height)d pixels: at most %(side)d a side and %(pixels)d million are read."
        )
        raise ValidationError(message % words, code="too_many_pixels")
    image.draft("RGB", (SIDE * 2, SIDE * 2))  # JPEG decodes to a smaller size at once; others ignore it
    image.load()
    return image


def _square(image: Image.Image) -> Image.Image:
    """Return the picture upright, within a transparent square. It is made small first: a copy takes memory."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")  # 16 bit become 8
    if image.mode != "RGBA":
        image = image.convert("RGBA")
    scale = SIDE / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    pixels = ImageOps.exif_transpose(image.resize((width, height), Image.Resampling.BICUBIC))
    square = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    square.paste(pixels, ((SIDE - pixels.width) // 2, (SIDE - pixels.height) // 2))
    return square
