"""What the documentation shows of hosts' templates can be used as it stands."""

from shutil import copytree
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.template import engines
from django.test import RequestFactory
from model_bakery import baker

from django_badger.awarding import award
from guestbook.badges import first_post
from guestbook.models import Entry
from tests.docs.reading import DOCS, blocks, pages
from tests.web.hosts import FOLDERS, HERE

pytestmark = pytest.mark.django_db

OVERRIDING = DOCS / "howto" / "override-templates.rst"


def snippets(language):
    """Give what stands in pages for a host's own template, without a name of a file."""
    found = [block for page in pages() for block in blocks(page) if block.language == language and not block.caption]
    return [pytest.param(block, id=block.place) for block in found]


@pytest.fixture
def alice():
    user = baker.make(get_user_model(), is_active=True)
    baker.make(Entry, author=user, word_count=3)
    return user


@pytest.fixture
def request_of(alice):
    request = RequestFactory().get("/")
    request.user = alice
    return request


def vanilla(*folders):
    processors = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*folders],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": processors},
    }


@pytest.mark.parametrize("block", snippets("html+django"))
def test_tags_show_badges_on_a_page_of_a_host(block, alice, request_of, settings):
    settings.TEMPLATES = [vanilla()]
    award(first_post, to=alice)

    page = engines["django"].from_string(block.code).render({"user": alice}, request_of)

    assert "First post!" in page
    assert "250 words" in page


@pytest.mark.project("everything", "playdoh", "uuid_people")
@pytest.mark.parametrize("block", snippets("html+jinja"))
def test_the_jinja_global_shows_badges_on_a_page_of_a_host(block, alice, request_of):
    award(first_post, to=alice)

    page = engines["jinja2"].from_string(block.code).render({"user": alice}, request_of)

    assert "First post!" in page
    assert "250 words" in page


@pytest.fixture
def overridden(tmp_path, settings):
    """Put the files that the how-to shows into a project that has replaced the base."""
    copytree(HERE / "plain" / "templates", tmp_path, dirs_exist_ok=True)
    for block in blocks(OVERRIDING):
        if block.caption.startswith("templates/"):
            file = tmp_path / block.caption.removeprefix("templates/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.code, encoding="utf-8")
    settings.TEMPLATES = [vanilla(tmp_path)]


def test_pages_take_the_look_of_the_site(overridden, client):
    page = client.get("/badges/").content.decode()

    assert "<title>Badges</title>" in page
    assert "The Garden Club" in page
    assert "badger.css" in page
    assert "First post!" in page


def test_a_page_that_was_extended_keeps_the_rest(overridden, client, alice):
    given = award(first_post, to=alice, reason="For the kind words.").award

    page = client.get(f"/badges/award/{given.uuid}/").content.decode()

    assert "For the kind words." in page
    assert "Ask about this award" in page


@pytest.mark.parametrize("host", FOLDERS)
def test_the_sites_whose_pages_are_tested_are_those_that_are_shown(host):
    shown = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    folder = f"../../tests/web/hosts/{host}/{FOLDERS[host]}"

    assert f"literalinclude:: {folder}/base.html\n" in shown
    assert f"literalinclude:: {folder}/badger/base.html\n" in shown
    assert f"figure:: /_static/screenshots/host-{host}-list.png\n" in shown
    assert (DOCS / "_static" / "screenshots" / f"host-{host}-list.png").is_file()


@pytest.mark.project("everything", "playdoh", "uuid_people")
def test_the_settings_for_jinja_draw_the_pages(client, settings):
    """Both ways of having Jinja2, as the how-to types them."""
    typed = [block.code for block in blocks(DOCS / "howto" / "jinja2.rst") if "TEMPLATES = [" in block.code]
    for code in typed:
        names: dict[str, Any] = {}
        exec(code, names)  # noqa: S102  our own documentation
        settings.TEMPLATES = names["TEMPLATES"]
        engine = settings.BADGER_TEMPLATE_ENGINE = engines.all()[0].name

        assert "jinja" in engine
        assert "First post!" in client.get("/badges/").content.decode()

    assert len(typed) == 2
