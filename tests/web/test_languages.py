"""Pages in the reader's language: words, plural forms, dates, numbers and directions."""

import re

import pytest

from django_badger.models import Badge
from django_badger.testing import happened
from guestbook.models import Entry
from tests.web.pages import PAGES, fill
from tests.web.world import badge, give, noon, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
ARABIC = re.compile("[\u0600-\u06ff]")


def page(client, address, language):
    return client.get(address, headers={"accept-language": language})


class TestGerman:
    def test_has_german_words_and_dates(self, client, ada):
        award = give(Badge.objects.get(slug="first-post"), ada, earned_at=noon(2026, 11, 22))

        shown = words(page(client, f"/badges/award/{award.uuid}/", "de"))

        assert "Verdient am 22. November 2026" in shown
        assert "Verdient durch Aktivität auf dieser Website" in shown

    def test_has_german_numbers_where_the_site_wants_them(self, client, ada, settings):
        settings.USE_THOUSAND_SEPARATOR = True
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=1234)
        client.force_login(ada)

        shown = words(page(client, "/badges/badge/250-words/", "de"))

        assert "Word count: 250, alle entries zusammengenommen 1.234 von 250" in shown

    def test_addresses_the_reader(self, client, ada):
        client.force_login(ada)

        assert "Du hast noch keine Abzeichen." in words(page(client, "/badges/me/", "de"))


class TestArabic:
    @pytest.mark.parametrize("name", PAGES)
    def test_runs_from_right_to_left_on_every_page(self, client, name):
        site = fill()
        client.force_login(site.ada)

        response = page(client, site.address(name), "ar")

        assert '<html lang="ar" dir="rtl">' in response.content.decode().replace("\n", " ")
        assert ARABIC.search(words(response))

    @pytest.mark.parametrize(
        ("number", "text"),
        [(1, "حصل عليها شخص واحد."), (2, "حصل عليها شخصان."), (3, "حصل عليها 3 أشخاص."), (11, "حصل عليها 11 شخصًا.")],
    )
    def test_counts_people_in_the_right_form(self, client, number, text):
        from tests.web.world import person

        made = badge("made")
        for _ in range(number):
            give(made, person())

        assert text in words(page(client, "/badges/badge/made/", "ar"))


@pytest.mark.usefixtures("no_badges")
@pytest.mark.parametrize(("language", "text"), [("en", "1,234 badges"), ("de", "1.234 Abzeichen"), ("ar", "1234 شارة")])
def test_counts_are_written_as_the_language_writes_numbers(client, settings, language, text):
    settings.USE_THOUSAND_SEPARATOR = True
    Badge.objects.bulk_create(Badge(slug=f"b{number}", title=f"B {number}") for number in range(1234))

    assert text in words(page(client, "/badges/", language))


def test_a_rule_that_failed_often_says_so(client, manager, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    Badge.objects.filter(slug="first-post").update(errors=1234, last_error="ValueError: no")
    client.force_login(manager)

    assert "1.234 Mal fehlgeschlagen" in words(page(client, "/badges/badge/first-post/", "de"))
