"""The medal of badges without an image, and which image a badge has."""

import re

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from django_badger.medal import FACE, METALS, SHAPES, letters_of, luminance_of, medal
from django_badger.models import Badge
from django_badger.parts.badges import picture_of
from tests.web.conftest import BOTH
from tests.web.pages import png
from tests.web.world import badge

SLUGS = [f"badge-{number}" for number in range(300)]


def brightness(colour: str) -> float:
    assert re.fullmatch("#[0-9a-f]{6}", colour)
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return luminance_of((red, green, blue))


def contrast(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


class TestAMedal:
    def test_is_the_same_for_the_same_slug(self):
        assert medal("first-post", "First") == medal("first-post", "First")

    def test_is_another_for_another_slug(self):
        drawn = {(one.outline, one.face) for one in (medal(slug, "X") for slug in SLUGS)}

        assert len(drawn) > 80

    @pytest.mark.parametrize("tier", ["", *METALS])
    def test_can_be_seen_on_white_and_on_black_paper(self, tier):
        for slug in SLUGS:
            drawn = medal(slug, "X", tier)
            for colour in (drawn.edge, drawn.ribbon):
                assert contrast(brightness(colour), 1) >= 3, drawn
                assert contrast(brightness(colour), brightness("#211f27")) >= 2.4, drawn
                assert contrast(brightness(colour), 0) >= 3, drawn

    def test_has_letters_that_can_be_read(self):
        for slug in SLUGS:
            drawn = medal(slug, "X")
            assert contrast(brightness(drawn.face), brightness(drawn.ink)) >= 4.5

    def test_wears_the_metal_of_its_tier(self):
        assert medal("x", "X", "gold").rim != medal("x", "X", "silver").rim
        assert medal("x", "X", "gold").face == medal("x", "X", "silver").face

    def test_has_one_of_the_shapes(self):
        assert {medal(slug, "X").outline for slug in SLUGS} == {shape() for shape in SHAPES}

    @given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=50))
    def test_can_be_drawn_for_any_words(self, slug, title, tier):
        drawn = medal(slug.encode("utf-8", "ignore").decode(), title, tier)

        assert drawn.letters
        assert len(drawn.letters) <= 6
        assert brightness(drawn.face) <= FACE + 0.02


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        ("First post!", "FP"),
        ("250 words", "250"),
        ("1000 words", "1W"),
        ("regular", "R"),
        ("“Quoted” title here", "QT"),
        ("żółty ßum", "ŻS"),
        ("", "★"),
        ("…", "★"),
        ("🦡🦡", "🦡"),
        ("  🦡 Badger", "B"),
        ("新しい 人", "新人"),
    ],
)
def test_letters_come_from_the_title(title, letters):
    assert letters_of(title) == letters


@pytest.mark.django_db
class TestTheImageOfABadge:
    def test_is_the_uploaded_one(self):
        made = Badge.objects.get(slug="first-post")
        made.image.save("x.png", ContentFile(png()))

        assert picture_of(made).url == made.image.url
        assert picture_of(made).medal is None

    def test_is_else_the_one_that_code_names(self):
        assert picture_of(Badge.objects.get(slug="first-post")).url == "/static/guestbook/badges/first-post.png"

    def test_is_else_drawn(self):
        drawn = picture_of(Badge.objects.get(slug="250-words"))

        assert drawn.url == ""
        assert drawn.medal
        assert drawn.medal.letters == "250"

    @BOTH  # the manifest belongs to staticfiles
    def test_is_drawn_where_the_file_is_missing(self, settings):
        storage = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
        settings.DEBUG = False

        assert picture_of(Badge.objects.get(slug="first-post")).medal

    def test_has_words(self):
        assert picture_of(badge("x", title="Cook", image_alt="A spoon")).alt == "A spoon"
        assert picture_of(badge("y", title="Cook")).alt == "Cook"
