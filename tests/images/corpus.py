"""Uploads of every kind, made by code: what is welcome, and what is not."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARKER = b"<script>alert('marker')</script>"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825

Make = Callable[[], bytes]


def picture(form: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, options.pop("color", None)).save(made, form, **options)
    return made.getvalue()


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """Draw a picture that cannot be packed, and is costly to read for its size."""
    return Image.effect_noise(size, 80).convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


# --- PNG by hand -------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *, bits: int = 8, colours: int = 2, data: bytes = b"\0" * 1000) -> bytes:
    """Make a PNG whose header may promise what its bytes do not hold."""
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """Make a good PNG with one chunk more, behind its header."""
    good = picture()
    return good[:33] + chunk(kind, data) + good[33:]


def chunks(content: bytes) -> list[bytes]:
    """Name the chunks of a PNG, the checksum of each seen to be right, and nothing behind the last."""
    assert content.startswith(SIGNATURE)
    names, at = [], len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert content[at : at + 12 + length] == chunk(kind, data)
        names.append(kind)
        at += 12 + length
    return names


def large_png() -> bytes:
    """Make a PNG as large as is read: 12.5 million pixels, in few bytes."""
    return png_of(4000, 3125, data=b"\0" * (4000 * 3 + 1) * 3125)


# --- metadata ----------------------------------------------------------------------------------------------------------


def turned(form: str, orientation: int = 6) -> bytes:
    """Make a picture, twice as wide as high, that says how it lies, and where and by whom it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = orientation, MARKER.decode()
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    return picture(form, (400, 200), color="red", exif=exif)


def with_text() -> bytes:
    info = PngInfo()
    info.add_text("Comment", MARKER.decode())
    info.add_itxt("Author", MARKER.decode())
    info.add_text("Packed", MARKER.decode(), zip=True)
    return picture(pnginfo=info)


def with_broken_exif() -> bytes:
    return picture("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + MARKER)


# --- animations --------------------------------------------------------------------------------------------------------


def animated(form: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "lime")]
    return saved(
        frames[0], form, save_all=True, append_images=frames[1:], **({"lossless": True} if form == "WEBP" else {})
    )


def gif_of(screen: tuple[int, int], frame: tuple[int, int]) -> bytes:
    """Make a GIF whose picture does not fit its screen."""
    good = bytearray(picture("GIF", (8, 8)))
    struct.pack_into("<HH", good, 6, *screen)
    at = good.index(b",", 13)
    struct.pack_into("<HH", good, at + 5, *frame)
    return bytes(good)


# --- others ------------------------------------------------------------------------------------------------------------


def jpeg_of(width: int, height: int) -> bytes:
    good = bytearray(picture("JPEG", (16, 16)))
    at = good.index(b"\xff\xc0")
    struct.pack_into(">HH", good, at + 5, height, width)
    return bytes(good)


def webp_of(width: int, height: int) -> bytes:
    """Make an empty canvas of WebP's extended kind."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    inner = picture("WEBP", (16, 16))[12:]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + size
    frame = b"\0" * 6 + b"\x0f\0\0" * 2 + b"\0\0\0" + b"\0" + inner
    body += b"ANIM" + struct.pack("<I", 6) + b"\0" * 6 + b"ANMF" + struct.pack("<I", len(frame)) + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def many_texts() -> bytes:
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 1_000_000))
    good = picture()
    return good[:33] + bomb * 80 + good[33:]


# --- the corpus --------------------------------------------------------------------------------------------------------

GOOD: dict[str, Make] = {
    "png": picture,
    "png with transparency": lambda: picture(mode="RGBA"),
    "png, grey, with transparency": lambda: picture(mode="LA"),
    "png, grey": lambda: picture(mode="L"),
    "png with a palette": lambda: picture(mode="P"),
    "png with a palette and transparency": lambda: picture(mode="P", transparency=0),
    "png with one colour as transparent": lambda: picture(transparency=(0, 0, 0)),
    "png of two colours": lambda: picture(mode="1"),
    "png of two bits": lambda: png_of(4, 4, bits=2, colours=0, data=b"\0\x1b" * 4),
    "png of 16 bit": lambda: picture(mode="I;16"),
    "png of 16 bit, one value transparent": lambda: picture(mode="I;16", transparency=0),
    "png of 16 bit colours": lambda: png_of(4, 4, bits=16, data=(b"\0" + b"\x40\0" * 12) * 4),
    "png of 16 bit colours with transparency": lambda: png_of(
        4, 4, bits=16, colours=6, data=(b"\0" + b"\x40\0" * 16) * 4
    ),
    "png with texts": with_text,
    "png with a profile": lambda: picture(icc_profile=MARKER * 9),
    "png with an unknown chunk": lambda: with_chunk(b"eViL", MARKER),
    "png that lies on its side": lambda: turned("PNG"),
    "png, animated": lambda: animated("PNG"),
    "png with bytes behind its end": lambda: picture() + MARKER,
    "png with a zip behind its end": lambda: picture() + b"PK\3\4" + MARKER,
    "png with 12.5 million pixels": large_png,
    "jpeg": lambda: picture("JPEG"),
    "jpeg, grey": lambda: picture("JPEG", mode="L"),
    "jpeg, cmyk": lambda: picture("JPEG", mode="CMYK"),
    "jpeg, progressive": lambda: picture("JPEG", progressive=True),
    "jpeg that lies on its side": lambda: turned("JPEG"),
    "jpeg in the mirror": lambda: turned("JPEG", 2),
    "jpeg that lies in no known way": lambda: turned("JPEG", 99),
    "jpeg with a comment": lambda: picture("JPEG", comment=MARKER),
    "jpeg with a profile": lambda: picture("JPEG", icc_profile=MARKER * 9),
    "jpeg with broken metadata": with_broken_exif,
    "jpeg with xmp": lambda: picture("JPEG", xmp=MARKER),
    "jpeg with a page behind its end": lambda: picture("JPEG") + b"<!doctype html>" + MARKER,
    "jpegs in one file": lambda: saved(
        Image.new("RGB", (64, 64)), "MPO", save_all=True, append_images=[noise((64, 64))]
    ),
    "webp": lambda: picture("WEBP"),
    "webp without loss": lambda: picture("WEBP", mode="RGBA", lossless=True),
    "webp that lies on its side": lambda: turned("WEBP"),
    "webp with xmp and a profile": lambda: picture("WEBP", xmp=MARKER, icc_profile=MARKER),
    "webp, animated": lambda: animated("WEBP"),
    "gif": lambda: picture("GIF"),
    "gif with transparency": lambda: picture("GIF", mode="P", transparency=0),
    "gif, animated": lambda: animated("GIF"),
    "gif with a comment": lambda: picture("GIF", comment=MARKER),
    "gif that is also a script": lambda: picture("GIF") + b"=1;" + MARKER,
    "one pixel": lambda: picture(size=(1, 1)),
    "a thin line": lambda: picture(size=(8000, 1)),
    "a high line": lambda: picture(size=(1, 8000)),
}

BAD: dict[str, tuple[Make, str]] = {
    "nothing": (lambda: b"", "empty"),
    "a zero": (lambda: b"\0", "invalid_image"),
    "text": (lambda: b"hello", "invalid_image"),
    "a script": (lambda: MARKER, "invalid_image"),
    "a page": (lambda: b"<!doctype html><title>x</title>" + MARKER, "invalid_image"),
    "php": (lambda: b"GIF89a<?php system($_GET['c']); ?>", "invalid_image"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "invalid_image"),
    "svg that laughs": (lambda: b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>', "invalid_image"),
    "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "invalid_image"),
    "pdf": (lambda: saved(Image.new("RGB", (9, 9)), "PDF"), "invalid_image"),
    "tiff": (lambda: picture("TIFF"), "invalid_image"),
    "bmp": (lambda: picture("BMP"), "invalid_image"),
    "ico": (lambda: picture("ICO", (32, 32)), "invalid_image"),
    "tga": (lambda: picture("TGA"), "invalid_image"),
    "jpeg 2000's signature": (lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 99, "invalid_image"),
    "avif's signature": (lambda: b"\0\0\0\x1cftypavif" + b"\0" * 99, "invalid_image"),
    "fits": (lambda: b"SIMPLE  =                    T".ljust(80) + b"END".ljust(2800), "invalid_image"),
    "ppm as text": (lambda: b"P3 4000 4000 255 " + b"1 " * 1000, "invalid_image"),
    "a zip": (lambda: b"PK\3\4" + b"\0" * 99, "invalid_image"),
    "a program": (lambda: b"MZ" + b"\0" * 99, "invalid_image"),
    "half a jpeg": (lambda: picture("JPEG", size=(600, 600))[:500], "invalid_image"),
    "half a png": (lambda: picture(size=(600, 600))[:100], "invalid_image"),
    "half a webp": (lambda: picture("WEBP", size=(600, 600))[:60], "invalid_image"),
    "half a gif": (lambda: picture("GIF", size=(600, 600))[:30], "invalid_image"),
    "only png's signature": (lambda: SIGNATURE, "invalid_image"),
    "only jpeg's signature": (lambda: b"\xff\xd8\xff\xe0", "invalid_image"),
    "only webp's signature": (lambda: b"RIFF\x04\0\0\0WEBP", "invalid_image"),
    "a png with a broken text profile": (
        lambda: with_chunk(b"tEXt", b"Raw profile type exif\0\nexif\n9\nzzzz"),
        "invalid_image",
    ),
    "a png without pixels": (lambda: SIGNATURE + picture()[8:33] + chunk(b"IEND", b""), "invalid_image"),
    "a png with wrong checksums": (lambda: picture()[:29] + b"\0\0\0\0" + picture()[33:], "invalid_image"),
    "a lying header": (lambda: png_of(4000, 3000), "invalid_image"),
    "no width": (lambda: png_of(0, 10), "invalid_image"),
    "no height": (lambda: png_of(10, 0), "invalid_image"),
    "bits that nobody has": (lambda: png_of(10, 10, bits=7), "invalid_image"),
    "a bomb": (lambda: png_of(30000, 30000), "too_many_pixels"),
    "a real bomb": (lambda: png_of(15000, 15000, data=b"\0" * (15000 * 3 + 1) * 1000), "too_many_pixels"),
    "a monster": (lambda: png_of(0x7FFFFFFF, 0x7FFFFFFF), "too_many_pixels"),
    "1 × 100000": (lambda: png_of(1, 100000), "too_many_pixels"),
    "100000 × 1": (lambda: png_of(100000, 1), "too_many_pixels"),
    "too many pixels": (lambda: png_of(7999, 7999), "too_many_pixels"),
    "a jpeg as large as they can be": (lambda: jpeg_of(65500, 65500), "too_many_pixels"),
    "a webp as large as they can be": (lambda: webp_of(16383, 16383), "too_many_pixels"),
    "a gif with a huge screen": (lambda: gif_of((65535, 65535), (8, 8)), "too_many_pixels"),
    "a gif with a picture beyond its screen": (lambda: gif_of((8, 8), (65535, 65535)), "too_many_pixels"),
    "a bomb of text": (lambda: with_chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 50_000_000)), "invalid_image"),
    "a bomb of many texts": (many_texts, "invalid_image"),
    "20 MB": (lambda: SIGNATURE + b"\0" * 20_000_000, "too_large"),
    "a byte more than is read": (lambda: picture() + b"\0" * 4 * 1024 * 1024, "too_large"),
}


def damaged(number: int, seed: int) -> list[bytes]:
    """Make images that were damaged on their way: bytes changed, lost, doubled, or cut off. The same ones every time."""
    chance = random.Random(seed)  # noqa: S311  damage, not secrets
    kinds = ("png", "png with a palette", "png that lies on its side", "png with texts", "png of 16 bit", "jpeg")
    more = (
        "jpeg that lies on its side",
        "jpeg, cmyk",
        "jpegs in one file",
        "webp",
        "webp, animated",
        "gif",
        "gif, animated",
    )
    originals = [GOOD[kind]() for kind in (*kinds, *more)]
    return [_damaged(bytearray(chance.choice(originals)), chance) for _one in range(number)]


def _damaged(content: bytearray, chance: random.Random) -> bytes:
    for _damage in range(chance.randint(1, 12)):
        at = chance.randrange(len(content))
        match chance.randrange(8):
            case 0:
                del content[at : at + chance.randint(1, 9)]
            case 1:
                content[at:at] = content[at : at + 9]
            case 2:
                del content[max(at, 20) :]
            case _:
                content[at] = chance.randrange(256)
        content = content or bytearray(1)
    return bytes(content)
