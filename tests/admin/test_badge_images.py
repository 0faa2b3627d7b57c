"""Images in the admin: what editors see, and what becomes of uploads that are none."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from django_badger.images import rebuilt
from tests.admin.conftest import badge, errors_of, typed
from tests.images import corpus

pytestmark = pytest.mark.django_db
LIST = "admin:badger_badge_changelist"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def change(one):
    return reverse("admin:badger_badge_change", args=[one.pk])


def send(site, one, content, name="image.png"):
    upload = SimpleUploadedFile("x", content, content_type="image/png")
    vars(upload)["_name"] = name  # as a browser says it: Django's own client would clean it
    return site.post(change(one), typed(site.get(change(one)), image=upload))


def image():
    return rebuilt(io.BytesIO(corpus.picture(color="red")))


class TestEditorsSee:
    def test_the_medal_that_is_drawn(self, site, helper):
        for page in (site.get(reverse(LIST) + "?q=helper"), site.get(change(helper))):
            assert 'role="img" aria-label="Helper"' in page.content.decode()

    def test_the_image_that_was_uploaded(self, site):
        made = badge("x", image=image(), image_alt='A "hand"')

        listed, form = (site.get(where).content.decode() for where in (reverse(LIST) + "?q=x", change(made)))

        assert f'src="{made.image.url}"' in listed
        assert 'sizes="40px" alt="A &quot;hand&quot;" width="40" height="40"' in listed
        assert 'sizes="128px" alt="A &quot;hand&quot;" width="128" height="128"' in form

    def test_the_file_that_code_names(self, site, first_post):
        page = site.get(change(first_post)).content.decode()

        assert '<img src="/static/guestbook/badges/first-post.png" alt="First post!" width="128" height="128"' in page

    def test_no_picture_of_a_badge_that_is_not_there_yet(self, site):
        assert "What people see" not in site.get(reverse("admin:badger_badge_add")).content.decode()

    def test_which_files_can_be_chosen(self, site, helper):
        page = site.get(change(helper)).content.decode()

        assert 'accept="image/png, image/jpeg, image/webp, image/gif"' in page


@pytest.mark.parametrize("kind", corpus.BAD)
def test_an_upload_that_is_no_image_is_an_error_in_the_form_and_nothing_is_stored(site, helper, media, kind):
    answer = send(site, helper, corpus.BAD[kind][0]())

    (said,) = errors_of(answer)["image"]
    assert said.endswith((".", "again."))
    helper.refresh_from_db()
    assert not helper.image
    assert not [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd", "a\0b.png", "evil.php", "evil.png.exe", "\u202egnp.exe", "CON", "." * 50, "a" * 240 + ".png",
        "<script>.png", "🦡.png", "a;b.png", "x.svg", " .png",
    ],
)  # fmt: skip
def test_the_name_of_an_upload_does_not_matter(site, helper, media, name):
    answer = send(site, helper, corpus.picture(color="red"), name)

    assert answer.status_code == 302
    helper.refresh_from_db()
    assert helper.image.name == f"badger/badges/{image().name}"


def test_an_old_image_goes_when_an_editor_sends_another(site, helper, media, django_capture_on_commit_callbacks):
    send(site, helper, corpus.picture(color="blue"))

    with django_capture_on_commit_callbacks(execute=True):
        send(site, helper, corpus.picture(color="red"))

    name = image().name.removesuffix(".png")
    files = {path.name for path in media.rglob("*") if path.is_file()}
    assert files == {f"{name}.png", f"{name}-128.png", f"{name}-256.png"}


def test_an_image_goes_with_its_badge(site, helper, media, django_capture_on_commit_callbacks):
    send(site, helper, corpus.picture())

    with django_capture_on_commit_callbacks(execute=True):
        site.post(reverse("admin:badger_badge_delete", args=[helper.pk]), {"post": "yes"})

    assert not [path for path in media.rglob("*") if path.is_file()]
