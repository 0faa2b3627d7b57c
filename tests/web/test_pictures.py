"""The picture of a badge at an address of its own."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from tests.web.pages import png
from tests.web.world import badge, give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_badges")]


def picture(client, slug, **headers):
    return client.get(f"/badges/badge/{slug}/picture.png", headers=headers)


def test_is_a_png_whether_drawn_or_uploaded(client):
    drawn, uploaded = badge("drawn"), badge("uploaded")
    uploaded.image.save("mine.png", ContentFile(png()))

    for one in (drawn, uploaded):
        response = picture(client, one.slug)
        assert response["Content-Type"] == "image/png"
        with Image.open(BytesIO(response.content)) as image:
            assert (image.format, image.size) == ("PNG", (512, 512))
    assert picture(client, "drawn").content != picture(client, "uploaded").content


def test_is_what_other_sites_are_told_to_show(client):
    badge("thanks")

    page = client.get("/badges/badge/thanks/").content.decode()
    assert 'property="og:image" content="http://testserver/badges/badge/thanks/picture.png"' in page


def test_is_not_sent_again_until_it_changes(client):
    made = badge("thanks")
    first = picture(client, "thanks")

    again = picture(client, "thanks", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    made.title = "Other words"
    made.save()
    assert picture(client, "thanks", **{"if-none-match": first["ETag"]}).status_code == 200


def test_is_seen_by_whoever_sees_the_badge(client, ada, bob, manager):
    secret = badge("egg", secret=True)
    give(secret, ada)
    badge("open")

    assert picture(client, "egg").status_code == 404
    assert "public" in picture(client, "open")["Cache-Control"]
    for viewer, status in ((bob, 404), (ada, 200), (manager, 200)):
        client.force_login(viewer)
        assert picture(client, "egg").status_code == status
    assert "private" in picture(client, "egg")["Cache-Control"]
    assert "public" not in picture(client, "egg")["Cache-Control"]


@pytest.mark.parametrize("slug", ["nothing", "%00", "%F0%9F%92%A5", "x" * 5000])
def test_of_nothing_is_not_found(client, slug):
    assert picture(client, slug).status_code == 404


def test_is_only_asked_for(client):
    badge("thanks")
    assert client.post("/badges/badge/thanks/picture.png").status_code == 405
