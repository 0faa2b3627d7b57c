"""Where images are kept, under which names, and when they go."""

import io
import logging

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from django_badger.images import rebuilt
from django_badger.models import Badge
from tests.images import corpus
from tests.web.world import badge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def use(settings, name):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"tests.images.storages.{name}"}}


def image(colour="red"):
    return rebuilt(io.BytesIO(corpus.picture(color=colour)))


def stored():
    """Name the files that the storage has."""
    return sorted(default_storage.listdir("badger/badges")[1]) if default_storage.exists("badger/badges") else []


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Do something, and then what waits for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


class TestAnImageFromTheGate:
    def test_is_stored_by_its_content_in_three_sizes(self):
        made = badge("x", image=image())

        name = made.image.name.removeprefix("badger/badges/").removesuffix(".png")
        assert len(name) == 40
        assert stored() == sorted([f"{name}.png", f"{name}-128.png", f"{name}-256.png"])
        with Badge.objects.get(slug="x").image.open() as file:
            assert file.read() == image().read()

    def test_is_stored_once_for_two_badges(self):
        one, other = badge("one", image=image()), badge("other", image=image())

        assert one.image.name == other.image.name
        assert len(stored()) == 3

    def test_has_another_address_where_it_is_another(self):
        assert badge("one", image=image("red")).image.name != badge("other", image=image("blue")).image.name

    @pytest.mark.parametrize("save", [True, False])
    def test_can_be_given_by_hand(self, save):
        made = badge("x")

        made.image.save("../../evil.php", image(), save=save)

        assert made.image.name == f"badger/badges/{image().name}"
        assert bool(Badge.objects.get(slug="x").image) == save

    def test_is_stored_for_many_badges_at_once(self):
        Badge.objects.bulk_create(
            [Badge(slug="a", title="A", image=image()), Badge(slug="b", title="B", image=image())]
        )

        assert (
            Badge.objects.get(slug="a").image.name
            == Badge.objects.get(slug="b").image.name
            == f"badger/badges/{image().name}"
        )
        assert len(stored()) == 3

    def test_is_stored_once_where_the_storage_would_write_over_it(self, settings):
        use(settings, "Overwriting")

        assert badge("one", image=image()).image.name == badge("other", image=image()).image.name
        assert len(stored()) == 3

    def test_has_the_name_that_the_storage_gives_it_and_then_no_sizes(self, settings):
        use(settings, "Renaming")
        made = badge("x", image=image())

        assert made.image.name == f"mine/badger/badges/{image().name}"
        assert default_storage.listdir("mine/badger/badges")[1] == [image().name]

    def test_gets_sizes_again_that_were_lost(self):
        badge("one", image=image())
        lost = stored()[0]
        default_storage.delete(f"badger/badges/{lost}")

        badge("other", image=image())

        assert lost in stored()


class TestAnImageOfTheSitesOwnCode:
    @pytest.mark.parametrize(
        ("given", "ending"),
        [
            ("x.png", ".png"),
            ("X.JPEG", ".jpeg"),
            ("../../evil.php", ".img"),
            ("page.html", ".img"),
            ("drawing.svg", ".img"),
            ("none", ".img"),
            ("x." + "a" * 300, ".img"),
            ("x.p\0ng", ".img"),
            ("\u202egnp.exe", ".img"),
            (f"{'0' * 40}.png", ".png"),
        ],
    )
    def test_gets_a_name_of_ours(self, given, ending):
        made = badge("x")

        made.image.save(given, ContentFile(corpus.picture()))

        folder, _, name = made.image.name.rpartition("/")
        assert folder == "badger/badges"
        assert name.endswith(ending)
        assert len(name.removesuffix(ending)) == 32


class TestAnOldImage:
    def test_goes_when_it_is_replaced(self, committed):
        made = badge("x", image=image("red"))

        with committed():
            made.image = image("blue")
            made.save()

        assert len(stored()) == 3
        assert image("blue").name in stored()

    def test_goes_when_it_is_taken_away(self, committed):
        made = badge("x", image=image())

        with committed():
            made.image = ""
            made.save(update_fields=["image"])

        assert stored() == []

    def test_goes_when_the_field_deletes_it(self, committed):
        made = badge("x", image=image())

        with committed():
            made.image.delete()

        assert stored() == []

    def test_goes_with_its_badge(self, committed):
        made = badge("x", image=image())

        with committed():
            made.delete()

        assert stored() == []

    def test_goes_too_where_it_did_not_come_through_the_gate(self, committed):
        made = badge("x")
        made.image.save("x.png", ContentFile(corpus.picture()))

        with committed():
            Badge.objects.filter(slug="x").delete()

        assert stored() == []

    def test_stays_while_another_badge_has_it(self, committed):
        one, other = badge("one", image=image()), badge("other", image=image())

        with committed():
            one.delete()
        assert len(stored()) == 3

        with committed():
            other.delete()
        assert stored() == []

    def test_stays_where_the_badge_keeps_it(self, committed):
        made = badge("x", image=image())

        with committed():
            made.title = "Y"
            made.save()
            made.image = image()
            made.save()
            made.image = ""
            made.save(update_fields=["title"])

        assert len(stored()) == 3

    def test_stays_where_it_is_taken_back_in_the_same_transaction(self, committed):
        made = badge("x", image=image("red"))

        with committed():
            for colour in ("blue", "red"):
                made.image = image(colour)
                made.save()

        assert image("red").name in stored()
        assert image("blue").name not in stored()

    def test_stays_where_the_change_is_rolled_back(self, committed):
        made = badge("x", image=image("red"))

        with committed(), transaction.atomic():
            made.image = image("blue")
            made.save()
            transaction.set_rollback(True)

        assert image("red").name in stored()

    def test_stays_until_the_commit(self, django_capture_on_commit_callbacks):
        made = badge("x", image=image())

        with django_capture_on_commit_callbacks() as waiting:
            made.delete()

        assert len(stored()) == 3
        assert waiting

    def test_stays_where_it_is_no_file_of_ours(self, committed):
        default_storage.save("logos/ours.png", ContentFile(corpus.picture()))
        made = badge("x", image="logos/ours.png")

        with committed():
            made.delete()

        assert default_storage.exists("logos/ours.png")

    def test_is_not_looked_for_when_fixtures_are_loaded(self, committed, django_assert_num_queries):
        made = badge("x", image=image())

        with committed(), django_assert_num_queries(1):
            made.save_base(raw=True)

    def test_harms_nobody_where_the_storage_is_away(self, settings, committed, caplog):
        use(settings, "Broken")
        made = badge("x", image=image())

        with committed(), caplog.at_level(logging.ERROR, "django_badger"):
            made.delete()

        assert [record.message.rpartition(" could ")[2] for record in caplog.records] == [
            "not be deleted: no badge has this image any more."
        ] * 3
        assert len(stored()) == 3
