"""The picture of a badge as a PNG, for mail and credentials."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from django_badger import pictures
from django_badger.images import rebuilt
from django_badger.medal import png
from django_badger.models import Badge
from tests.images import corpus
from tests.web.conftest import BOTH
from tests.web.world import badge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def seen(made, side=64):
    image = Image.open(io.BytesIO(pictures.png(made, side=side)))
    assert (image.format, image.size, image.mode, image.info) == ("PNG", (side, side), "RGBA", {})
    return image


def drawn(made, side=64):
    return Image.open(io.BytesIO(png(pictures.medal_of(made), side=side)))


def test_is_the_uploaded_image():
    made = badge("x", image=rebuilt(io.BytesIO(corpus.picture(size=(9, 9), color="red"))))

    assert seen(made).getpixel((32, 32)) == (255, 0, 0, 255)


def test_is_the_image_that_the_sites_own_code_stored():
    made = badge("x")
    made.image.save("x.jpg", ContentFile(corpus.picture("JPEG", color="white")))

    assert seen(made).getpixel((32, 32)) == (255, 255, 255, 255)
    assert seen(made).getpixel((32, 1))[3] == 0


def test_is_the_medal_where_there_is_no_image():
    made = badge("x")

    assert seen(made).tobytes() == drawn(made).tobytes()


def test_is_512_pixels_wide_unless_asked_for_otherwise():
    assert Image.open(io.BytesIO(pictures.png(badge("x")))).size == (512, 512)


def test_is_the_medal_where_the_file_is_gone_or_no_picture(caplog):
    made = badge("x", image="badger/badges/gone.png")
    assert seen(made).tobytes() == drawn(made).tobytes()

    made.image.save("x.png", ContentFile(b"no picture"))
    assert seen(made).tobytes() == drawn(made).tobytes()
    assert [record.message for record in caplog.records] == [
        "The image of x cannot be read: its medal is drawn instead."
    ] * 2


@BOTH  # static files are found by staticfiles
def test_is_the_static_file_that_code_names():
    made = Badge.objects.get(slug="first-post")

    assert seen(made).tobytes() != drawn(made).tobytes()


@pytest.mark.project("core")
def test_is_the_medal_where_nobody_can_find_static_files():
    made = Badge.objects.get(slug="first-post")

    assert seen(made).tobytes() == drawn(made).tobytes()


@BOTH
def test_is_the_medal_where_the_static_file_is_missing(settings, caplog):
    settings.STATICFILES_FINDERS = []
    made = Badge.objects.get(slug="first-post")

    assert seen(made).tobytes() == drawn(made).tobytes()
    assert "guestbook/badges/first-post.png, the image of first-post, cannot be read" in caplog.text


@pytest.mark.parametrize("side", [0, -1, 1025, 10**9])
def test_has_a_size_that_makes_sense(side):
    with pytest.raises(ValueError, match="from 1 to 1024"):
        pictures.png(badge("x"), side=side)
