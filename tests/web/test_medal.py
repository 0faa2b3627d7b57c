"""The medal of badges without an image, and which image a badge has."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from django_badger.images import Rebuilt, rebuilt
from django_badger.medal import letters_of, medal, png, svg
from django_badger.medal.colours import METALS, luminance_of
from django_badger.medal.drawing import _font
from django_badger.medal.icons import ICONS, WORDS
from django_badger.medal.paths import moved, outlines
from django_badger.medal.shapes import SHAPES
from django_badger.models import Badge
from django_badger.parts.badges import picture_of
from django_badger.pictures import medal_of
from tests.web.conftest import BOTH
from tests.web.pages import png as photo
from tests.web.world import badge, read

SLUGS = [f"badge-{number}" for number in range(300)]
WHITE, BLACK, DARK_CARD = "#ffffff", "#000000", "#211f27"


def brightness(colour: str) -> float:
    assert re.fullmatch("#[0-9a-f]{6}", colour)
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return luminance_of((red, green, blue))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def parts(drawn):
    return {layer.part: layer for layer in drawn.layers}


def corners(drawn):
    """Give all points of a medal, where they come to lie in the square."""
    return [point for layer in drawn.layers for outline in outlines(layer.path) for point in outline]


class TestAMedal:
    def test_is_the_same_for_the_same_slug(self):
        assert medal("first-post", "First") == medal("first-post", "First")

    def test_is_another_for_another_slug(self):
        assert len({medal(slug, "X").layers for slug in SLUGS}) > 280

    @pytest.mark.parametrize("tier", ["", *METALS])
    def test_can_be_seen_on_white_black_and_dark_paper(self, tier):
        for slug in SLUGS:
            drawn = parts(medal(slug, "X", tier))
            for part in ("edge", "ribbon"):
                for paper in (WHITE, BLACK, DARK_CARD):
                    assert contrast(drawn[part].fill, paper) >= 3, (slug, part, paper)

    @pytest.mark.parametrize("tier", ["", *METALS])
    def test_has_letters_icons_and_stars_that_can_be_read(self, tier):
        for slug in SLUGS:
            drawn = medal(slug, "X", tier)
            for under in ("face", "light"):
                assert contrast(parts(drawn)[under].fill, drawn.ink) >= 4.5
                if tier:
                    assert contrast(parts(drawn)[under].fill, parts(drawn)["pips"].fill) >= 3
        assert {layer.fill for layer in medal("x", "X", tier, icon="pen").layers if layer.part == "icon"} == {drawn.ink}

    def test_wears_the_metal_of_its_tier(self):
        gold, silver = (parts(medal("x", "X", tier)) for tier in ("gold", "silver"))

        assert gold["body"].fill != silver["body"].fill
        assert gold["face"].fill == silver["face"].fill

    @pytest.mark.parametrize(("tier", "stars"), [("bronze", 1), ("silver", 2), ("gold", 3), ("platinum", 4)])
    def test_has_a_star_for_each_step_so_that_colour_is_not_all(self, tier, stars):
        assert len(list(outlines(parts(medal("x", "X", tier))["pips"].path))) == stars

    def test_has_no_stars_for_a_tier_that_is_no_metal(self):
        assert "pips" not in parts(medal("x", "X", "level 3"))

    def test_is_of_one_family_with_the_other_tiers_of_its_series(self):
        bronze, gold = (parts(medal(f"run-{tier}", "Run", tier, series="run")) for tier in ("bronze", "gold"))

        assert (bronze["edge"].path, bronze["face"].fill) == (gold["edge"].path, gold["face"].fill)

    def test_has_one_of_the_shapes(self):
        drawn = {parts(medal(slug, "X"))["edge"].path for slug in SLUGS}

        assert drawn == {moved(shape, to=(48, 41)) for shape in SHAPES}

    @pytest.mark.parametrize("tier", ["", *METALS])
    def test_stays_within_its_square(self, tier):
        for slug in SLUGS[:100]:
            assert all(0 <= x <= 96 and 0 <= y <= 96 for x, y in corners(medal(slug, "X", tier)))

    @given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=50), st.text(max_size=20))
    def test_can_be_drawn_for_any_words(self, slug, title, tier, icon):
        drawn = medal(slug.encode("utf-8", "ignore").decode(), title, tier, icon=icon)

        assert bool(drawn.letters) != any(layer.part == "icon" for layer in drawn.layers)
        assert len(drawn.letters) <= 6


class TestWhatStandsInTheMiddle:
    def test_is_an_icon_where_a_word_of_the_slug_has_one(self):
        assert icon_of(medal("my-photos", "My photos")) == "camera"

    def test_is_else_letters(self):
        assert medal("soup", "Hot soup").letters == "HS"

    def test_is_the_number_that_the_title_begins_with_rather_than_an_icon(self):
        assert medal("250-words", "250 words").letters == "250"

    def test_is_the_icon_that_was_asked_for_before_all(self):
        drawn = medal("250-photos", "250 photos", icon="pen")

        assert (icon_of(drawn), drawn.letters) == ("pen", "")

    def test_is_a_star_where_the_title_has_nothing_to_show(self):
        assert icon_of(medal("x", "…")) == "star"

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("data", "icon"),
        [
            ({"icon": "pen"}, "pen"),
            ({"icon": "no such icon"}, ""),
            ({"icon": ["pen"]}, ""),
            ({"icon": None}, ""),
            (["icon"], ""),
            ("icon", ""),
        ],
    )
    def test_can_be_asked_for_in_the_data_of_a_badge(self, data, icon):
        assert icon_of(medal_of(badge("soup", data=data))) == icon

    def test_every_icon_has_words_that_bring_it(self):
        assert set(WORDS.values()) == set(ICONS)


def icon_of(drawn):
    """Name the icon of a medal: the one whose paths it has."""
    found = [layer.path for layer in drawn.layers if layer.part == "icon"]
    return next((name for name in ICONS if found and found == icon_paths(name)), "")


def icon_paths(name):
    return [layer.path for layer in medal("soup", "X", icon=name).layers if layer.part == "icon"]


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


class TestAMedalAsSvg:
    @pytest.mark.parametrize("icon", ["", "pen"])
    def test_is_what_the_template_draws(self, engine, settings, icon):
        drawn = medal("x", "Q & A", "gold", icon=icon)

        page = render_to_string(
            "badger/parts/medal.html", {"medal": drawn, "alt": '"<x>'}, using=settings.BADGER_TEMPLATE_ENGINE
        )

        alone = read(svg(drawn, '"<x>'))
        assert [one for one in read(page) if one != ("class", "badger-picture")] == [
            (one[0], sorted([*one[1], ("class", "badger-picture")])) if one[0] == "svg" else one for one in alone
        ]

    def test_says_what_it_shows(self):
        assert 'role="img" aria-label="A &quot;cook&quot;"' in svg(medal("x", "X"), 'A "cook"')

    def test_is_small(self):
        sizes = [len(svg(medal(slug, "X", "platinum", icon="globe"), "X")) for slug in SLUGS]

        assert max(sizes) < 7000


def pixels(drawn, side=96):
    return Image.open(io.BytesIO(png(drawn, side=side)))


class TestAMedalAsPng:
    @pytest.mark.parametrize("side", [1, 32, 192])
    def test_has_the_size_that_was_asked_for(self, side):
        image = pixels(medal("x", "X"), side)

        assert (image.format, image.size, image.mode, image.info) == ("PNG", (side, side), "RGBA", {})

    def test_is_the_same_every_time(self):
        assert png(medal("x", "X"), side=64) == png(medal("x", "X"), side=64)

    def test_shows_the_colours_of_the_layers_on_nothing(self):
        drawn = medal("x", "…")
        image = pixels(drawn)

        assert image.getpixel((1, 1)) == (0, 0, 0, 0)
        assert image.getpixel((48, 41)) == (255, 255, 255, 255)
        assert image.getpixel((48, 41 - 28)) == rgb(parts(drawn)["groove"].fill)

    def test_leaves_holes_where_a_shape_lies_in_a_shape(self):
        drawn = medal("x", "X", icon="bubble")

        assert image_has_hole(pixels(drawn), drawn)

    def test_writes_letters(self):
        one, other = (pixels(medal("x", title)) for title in ("A", "B"))

        assert one.tobytes() != other.tobytes()

    @pytest.mark.parametrize("title", ["Żółty", "新しい 人", "🦡"])
    def test_shows_a_star_rather_than_a_letter_that_its_font_does_not_have(self, title):
        drawn = medal("x", title)

        assert drawn.letters
        assert pixels(drawn).tobytes() == pixels(medal("x", title, icon="star")).tobytes()

    def test_shows_a_star_where_pillow_cannot_write_at_all(self, monkeypatch):
        def missing(size):
            raise ImportError

        _font.cache_clear()
        monkeypatch.setattr("PIL.ImageFont.load_default", missing)
        image = pixels(medal("x", "A"))
        _font.cache_clear()

        assert image.tobytes() == pixels(medal("x", "A", icon="star")).tobytes()


def rgb(colour):
    return (*(int(colour[start : start + 2], 16) for start in (1, 3, 5)), 255)


def image_has_hole(image, drawn):
    """Look at the middle dot of the speech bubble: the face shows through."""
    return image.getpixel((48, 38)) in {rgb(parts(drawn)[part].fill) for part in ("face", "light")}


@pytest.mark.django_db
class TestTheImageOfABadge:
    @pytest.fixture(autouse=True)
    def _media(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    def test_is_the_uploaded_one(self):
        made = Badge.objects.get(slug="first-post")
        made.image.save("x.png", ContentFile(photo()))

        assert picture_of(made).url == made.image.url
        assert picture_of(made).medal is None

    def test_is_offered_in_the_sizes_that_are_stored(self):
        made = badge("x", image=uploaded())

        name = made.image.name.removesuffix(".png")
        assert (
            picture_of(made).srcset == f"/media/{name}-128.png 128w, /media/{name}-256.png 256w, /media/{name}.png 512w"
        )

    def test_is_offered_in_one_size_where_nobody_knows_of_others(self):
        made = badge("x")
        made.image.save("x.png", ContentFile(photo()))

        assert picture_of(made).srcset == ""

    def test_says_on_pages_which_sizes_there_are(self, client, engine):
        badge("x", image=uploaded())

        page = client.get("/badges/badge/x/").content.decode()

        assert re.search(
            r'<img class="badger-picture" src="[^"]+" srcset="[^"]+ 512w" sizes="auto, 10rem" alt="X"', page
        )

    def test_needs_no_word_with_the_storage_to_be_shown(self, settings):
        made = badge("x", image=uploaded())
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "tests.images.storages.Silent", "OPTIONS": {"base_url": "https://files.example/"}},
        }

        assert picture_of(made).srcset.startswith("https://files.example/badger/badges/")

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


def uploaded() -> Rebuilt:
    return rebuilt(io.BytesIO(photo()))
