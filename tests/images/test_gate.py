"""What is uploaded as a badge's image, and what becomes of it."""

import io
import random
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from django_badger import images

MARKER = b"<script>alert('marker')</script>"


def picture(form="PNG", size=(300, 200), mode="RGB", **options):
    made = io.BytesIO()
    Image.new(mode, size, options.pop("color", None)).save(made, form, **options)
    return made.getvalue()


def upload(content, name="badge.png"):
    return SimpleUploadedFile(name, content)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height):
    """A PNG whose header promises a size that its few bytes do not hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def animated():
    made = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:])
    return made.getvalue()


def sideways():
    """A JPEG, twice as wide as high, that says it lies on its side."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "marker"
    Image.new("RGB", (400, 200), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


GOOD = {
    "png": picture(),
    "png with transparency": picture(mode="RGBA"),
    "png with a palette": picture(mode="P"),
    "png of two colours": picture(mode="1"),
    "png of 16 bit": picture(mode="I;16"),
    "grey jpeg": picture("JPEG", mode="L"),
    "jpeg": picture("JPEG"),
    "cmyk jpeg": picture("JPEG", mode="CMYK"),
    "webp": picture("WEBP"),
    "gif": picture("GIF"),
    "animated gif": animated(),
    "jpeg on its side": sideways(),
    "one pixel": picture(size=(1, 1)),
    "a thin line": picture(size=(8000, 1)),
    "bytes behind the end": picture() + MARKER,
}


@pytest.mark.parametrize("kind", GOOD)
def test_an_image_is_drawn_anew_as_a_square(kind):
    made = images.rebuilt(upload(GOOD[kind], name="../../evil.php\0.png"))
    content = made.read()
    stored = Image.open(io.BytesIO(content))
    assert (stored.format, stored.size, stored.mode) == ("PNG", (512, 512), "RGBA")
    assert MARKER not in content
    assert b"marker" not in content
    assert not stored.info
    assert made.name.endswith(".png")
    assert made.name.removesuffix(".png").isalnum()


def test_the_name_says_the_content():
    assert images.rebuilt(upload(picture())).name == images.rebuilt(upload(picture(), name="other.png")).name


def test_an_image_that_says_it_lies_on_its_side_is_turned_upright():
    stored = Image.open(images.rebuilt(upload(sideways())))
    assert stored.getbbox() == (128, 0, 384, 512)


def test_of_an_animation_the_first_picture_is_kept():
    stored = Image.open(images.rebuilt(upload(animated()))).convert("RGB")
    assert stored.getpixel((256, 256)) == (255, 0, 0)


def test_sixteen_bits_become_eight_without_going_white():
    made = io.BytesIO()
    Image.new("I;16", (8, 8), 0x4000).save(made, "PNG")
    stored = Image.open(images.rebuilt(upload(made.getvalue())))
    assert stored.getpixel((256, 256)) == (64, 64, 64, 255)


BAD = {
    "nothing": (b"", "empty"),
    "text": (b"hello", "invalid_image"),
    "script": (MARKER, "invalid_image"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "invalid_image"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "invalid_image"),
    "tiff": (picture("TIFF"), "invalid_image"),
    "bmp": (picture("BMP"), "invalid_image"),
    "ppm as text": (b"P3 4000 4000 255 " + b"1 " * 1000, "invalid_image"),
    "half a jpeg": (picture("JPEG", size=(600, 600))[:500], "invalid_image"),
    "half a png": (picture(size=(600, 600))[:100], "invalid_image"),
    "only a signature": (b"\x89PNG\r\n\x1a\n", "invalid_image"),
    "a lying header": (png_of(4000, 4000), "invalid_image"),
    "no width": (png_of(0, 10), "invalid_image"),
    "a bomb": (png_of(30000, 30000), "too_many_pixels"),
    "a monster": (png_of(0x7FFFFFFF, 0x7FFFFFFF), "too_many_pixels"),
    "a long line": (png_of(1, 100000), "too_many_pixels"),
    "too many pixels": (png_of(7999, 7999), "too_many_pixels"),
    "a text bomb": (
        picture()[:33] + chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 50_000_000)) + picture()[33:],
        "invalid_image",
    ),
    "20 MB": (b"\x89PNG" + b"\0" * 20_000_000, "too_large"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_image_is_refused_with_a_reason(kind):
    content, code = BAD[kind]
    with pytest.raises(ValidationError) as refused:
        images.rebuilt(upload(content))
    assert refused.value.code == code
    assert refused.value.messages[0].endswith((".", "again."))


def test_two_thousand_damaged_images_bring_nothing_worse_than_a_refusal():
    chance = random.Random(20)  # noqa: S311  damage, not secrets
    originals = [GOOD[kind] for kind in ("png", "png with a palette", "jpeg", "webp", "gif", "animated gif")]
    for _number in range(2000):
        damaged = bytearray(chance.choice(originals))
        for _damage in range(chance.randint(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            made = images.rebuilt(upload(bytes(damaged)))
        except ValidationError:
            continue
        assert Image.open(made).size == (512, 512)
