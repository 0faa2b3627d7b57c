"""The page of a person, and one's own."""

import pytest

from django_badger.models import Badge
from django_badger.testing import happened
from guestbook.models import Entry
from tests.web.world import badge, give, noon, person, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


def page(user):
    return f"/badges/people/{user.pk}/"


class TestThePageOfAPerson:
    def test_shows_pinned_awards_first_and_then_the_newest(self, client, no_badges, ada):
        give(badge("old"), ada, days_ago=9)
        give(badge("new"), ada, days_ago=1)
        give(badge("favourite"), ada, days_ago=20, pinned=1)

        shown = words(client.get(page(ada)))

        assert shown.index("Favourite Pinned") < shown.index("New") < shown.index("Old")
        assert "3 badges" in shown

    def test_shows_repeats_of_a_badge_as_one_with_the_number(self, client, no_badges, ada):
        thanks = badge("thanks", repeatable=True)
        for number in range(3):
            give(thanks, ada, slot=f"#{number}", days_ago=3 - number, earned_at=noon(2026, 3, 1 + number))

        shown = words(client.get(page(ada)))

        assert "1 badge " in shown
        assert "Thanks March 3, 2026 3 times" in shown

    def test_says_so_when_there_are_none(self, client, no_badges, ada):
        assert "Ada has no badges to show." in words(client.get(page(ada)))

    def test_has_pages(self, client, no_badges, ada, settings):
        settings.BADGER_PAGE_SIZE = 2
        for number in range(5):
            give(badge(f"badge-{number}"), ada, days_ago=number)

        response = client.get(page(ada), {"page": 2})

        assert "Page 2 of 3" in words(response)
        assert "Badge 2" in words(response)
        assert "Badge 1" not in words(response)

    @pytest.mark.parametrize("number", ["abc", "-1", "9" * 20, "9" * 5000, "\x00"])
    def test_survives_any_page_number(self, client, ada, number):
        assert client.get(page(ada), {"page": number}).status_code == 200

    @pytest.mark.parametrize(
        "path", ["0", "-1", "9" * 30, "nobody", "%00", "1%00", "💥", "x" * 10_000, "a@example.org"]
    )
    def test_that_nobody_has_is_not_found(self, client, path, db):
        assert client.get(f"/badges/people/{path}/").status_code == 404

    def test_of_a_blocked_account_is_not_found(self, client, db):
        assert client.get(page(person("Carla", is_active=False))).status_code == 404

    def test_tells_others_nothing_of_what_is_within_reach(self, client, ada, bob):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=100)
        client.force_login(bob)

        shown = words(client.get(page(ada)))

        assert "Badges of Ada" in shown
        assert "Within reach" not in shown

    @pytest.mark.parametrize("who", ["themself", "a manager"])
    def test_tells_them_and_managers_what_is_within_reach(self, client, ada, manager, who):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=100)
        client.force_login(ada if who == "themself" else manager)

        shown = words(client.get(page(ada)))

        assert "Within reach" in shown
        assert "250 words 40 40 percent done" in shown

    def test_ends_in_what_the_site_chooses(self, client, ada, settings):
        settings.BADGER_USER_PATH = "tests.web.test_people.path"
        settings.BADGER_USER_FIND = "tests.web.test_people.find"
        give(Badge.objects.get(slug="first-post"), ada)

        assert 'href="/badges/people/the-Ada/"' in client.get("/badges/awards/").content.decode()
        assert "Badges of Ada" in words(client.get("/badges/people/the-Ada/"))

    @pytest.mark.parametrize("hook", ["nothing", "slashes"])
    def test_is_not_linked_where_the_site_gives_it_no_address(self, client, ada, settings, hook):
        settings.BADGER_USER_PATH = f"tests.web.test_people.{hook}"
        give(Badge.objects.get(slug="first-post"), ada)

        html = client.get("/badges/awards/").content.decode()

        assert "/people/" not in html
        assert "Ada" in html


class TestOnesOwnPage:
    def test_asks_visitors_to_sign_in(self, client, db):
        response = client.get("/badges/me/?page=2")

        assert response.status_code == 302
        assert response.headers["Location"] == "/login/?next=/badges/me/%3Fpage%3D2"

    def test_shows_the_readers_own_badges(self, client, ada):
        give(Badge.objects.get(slug="first-post"), ada)
        client.force_login(ada)

        shown = words(client.get("/badges/me/"))

        assert "My badges" in shown
        assert "First post!" in shown
        assert "Within reach" in shown

    def test_says_so_when_there_are_none(self, client, ada):
        client.force_login(ada)

        assert "You have no badges yet." in words(client.get("/badges/me/"))

    def test_is_marked_in_the_menu(self, client, ada):
        client.force_login(ada)

        assert '<a href="/badges/me/" aria-current="page">' in client.get("/badges/me/").content.decode()

    def test_shows_what_was_earned_together_with_a_hidden_award(self, client, ada):
        give(Badge.objects.get(slug="first-post"), ada, hidden=True)
        client.force_login(ada)

        assert "First post!" in words(client.get("/badges/me/"))


def path(user):
    return "the-Ada"


def find(text):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get() if text == "the-Ada" else None


def nothing(user):
    return ""


def slashes(user):
    return "a/b"
