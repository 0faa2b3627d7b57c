"""Parts that other apps add to pages."""

import pytest
from django.utils.safestring import SafeString

from django_badger import sections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


def test_a_function_adds_to_a_page(client):
    with sections.registered("badge_detail", lambda request, page: SafeString(f"<p>About {page.heading}</p>")):
        assert "<p>About 250 words</p>" in client.get("/badges/badge/250-words/").content.decode()

    assert "<p>About" not in client.get("/badges/badge/250-words/").content.decode()


def test_a_template_adds_to_a_page_and_has_its_variables(client, settings):
    with sections.registered("badge_detail", "badger/parts/tags.html"):
        html = client.get("/badges/badge/250-words/").content.decode()

    assert 'class="badger-hero"' in html


def test_a_plain_text_is_escaped(client):
    with sections.registered("badge_list", lambda request, page: "<b>bold</b>"):
        assert "&lt;b&gt;bold&lt;/b&gt;" in client.get("/badges/").content.decode()


def test_an_empty_section_leaves_no_trace(rf):
    with sections.registered("badge_list", lambda request, page: " \n"):
        assert sections.render("badge_list", rf.get("/"), None) == ()


def test_sections_have_an_order(client):
    with (
        sections.registered("person", lambda request, page: "third"),
        sections.registered("person", lambda request, page: "first", order=1),
        sections.registered("person", lambda request, page: "fourth"),
        sections.registered("person", lambda request, page: "second", order=2),
    ):
        assert sections.render("person", None, None) == ("first", "second", "third", "fourth")


def test_what_is_registered_for_a_block_goes_when_the_block_fails():
    with pytest.raises(ValueError, match="no"), sections.registered("person", "x.html"):
        raise ValueError("no")

    assert sections.render("person", None, None) == ()


def test_what_is_registered_stays(monkeypatch):
    monkeypatch.setattr(sections, "_sections", {})
    sections.register("person", lambda request, page: "here")

    assert sections.render("person", None, None) == ("here",)
