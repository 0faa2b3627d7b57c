"""The page on which people say what others see of their awards."""

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from django_badger import showcase
from django_badger.models import Award
from tests.web.world import badge, give, person, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine", "no_badges")]
PAGE = "/badges/me/showcase/"


@pytest.fixture
def award(client, ada):
    client.force_login(ada)
    return give(badge("thanks"), ada, reason="For the soup.")


def choose(client, award, choice, **more):
    return client.post(f"/badges/award/{award.uuid}/choose/", {"choice": choice, **more})


def shown_first(user):
    return list(
        Award.objects.to(user).filter(pinned__isnull=False).order_by("pinned").values_list("badge__slug", flat=True)
    )


class TestThePage:
    def test_asks_visitors_to_sign_in(self, client):
        for method in (client.get, client.post):
            response = method(PAGE)
            assert response.status_code == 302
            assert response["Location"].endswith(f"?next={PAGE}")

    def test_is_reached_from_ones_own_page_only(self, client, award, ada, bob):
        assert PAGE in client.get(f"/badges/people/{ada.pk}/").content.decode()
        assert PAGE not in client.get(f"/badges/people/{bob.pk}/").content.decode()

    def test_says_what_can_be_chosen_where_there_is_nothing_to_show(self, client, ada):
        client.force_login(ada)

        shown = words(client.get(PAGE))

        assert "Hide all my badges" in shown
        assert "You have no badges yet." in shown

    def test_saves_what_holds_for_all_awards(self, client, award, ada):
        response = client.post(PAGE, {"hidden": "on"}, follow=True)

        assert "Your choice is saved." in words(response)
        assert showcase.choices_of(ada) == showcase.Choices(hidden=True, unlisted=False)
        assert words(Client().get("/badges/awards/")).count("Thanks") == 0

        client.post(PAGE, {"unlisted": "on"})
        assert showcase.choices_of(ada) == showcase.Choices(hidden=False, unlisted=True)

    def test_ticks_what_was_chosen(self, client, award, ada):
        assert client.get(PAGE).content.decode().count(" checked>") == 0
        showcase.choose(ada, hidden=True, unlisted=True)
        assert client.get(PAGE).content.decode().count(" checked>") == 2

    def test_has_pages_and_comes_back_to_them(self, client, ada, settings):
        settings.BADGER_PAGE_SIZE = 2
        client.force_login(ada)
        for number in range(5):
            give(badge(f"badge-{number}"), ada, days_ago=number)

        older = PAGE + client.get(PAGE).content.decode().split(f'href="{PAGE}')[1].split('"')[0]
        page = client.get(older)

        assert "Badge 2" in words(page)
        assert "Badge 1" not in words(page)
        assert f'name="next" value="{older}"' in page.content.decode()

    def test_shows_no_awards_of_others(self, client, award, bob):
        give(badge("secret-of-bob"), bob)

        assert "Secret of bob" not in words(client.get(PAGE))


class TestOneAward:
    def test_is_hidden_and_shown_again(self, client, award):
        page = f"/badges/award/{award.uuid}/"
        assert Client().get(page).status_code == 200

        assert choose(client, award, "hide", next=page)["Location"] == page
        assert Client().get(page).status_code == 404
        assert "Hidden: only its holder sees this award." in words(client.get(page))
        assert "Only you see it." in words(client.get(PAGE))

        assert choose(client, award, "show")["Location"] == PAGE
        assert Client().get(page).status_code == 200

    def test_is_pinned_moved_and_taken_off(self, client, award, ada):
        other = give(badge("other"), ada)
        choose(client, award, "pin")
        choose(client, other, "pin")
        assert shown_first(ada) == ["thanks", "other"]

        choose(client, other, "earlier")
        assert shown_first(ada) == ["other", "thanks"]
        choose(client, other, "later")
        assert shown_first(ada) == ["thanks", "other"]
        assert words(client.get(f"/badges/people/{ada.pk}/")).count("Pinned") == 2

        choose(client, award, "unpin")
        assert shown_first(ada) == ["other"]

    def test_says_when_too_many_are_pinned(self, client, award, ada):
        for number in range(showcase.MOST_PINNED):
            give(badge(f"badge-{number}"), ada, pinned=number + 1)

        response = client.post(f"/badges/award/{award.uuid}/choose/", {"choice": "pin"}, follow=True)

        assert "12 badges are pinned already: take one off first." in words(response)
        assert "thanks" not in shown_first(ada)

    @pytest.mark.parametrize("choice", ["", "delete", "Hide", "\x00"])
    def test_there_is_no_other_choice(self, client, award, choice):
        assert choose(client, award, choice).status_code == 404

    def test_is_chosen_by_nobody_else(self, client, award, manager, bob):
        boss = person("Boss", is_superuser=True)
        for somebody in (None, bob, manager, boss):
            other = Client()
            if somebody:
                other.force_login(somebody)
            assert choose(other, award, "hide").status_code == 404
            assert 'value="hide"' not in other.get(f"/badges/award/{award.uuid}/").content.decode()
        award.refresh_from_db()
        assert not award.hidden

    def test_that_is_not_there(self, client, award):
        award.uuid = uuid.uuid4()
        assert choose(client, award, "hide").status_code == 404

    def test_is_chosen_by_post(self, client, award):
        assert client.get(f"/badges/award/{award.uuid}/choose/").status_code == 405

    def test_needs_the_token_of_the_page(self, award, ada):
        careful = Client(enforce_csrf_checks=True)
        careful.force_login(ada)
        assert choose(careful, award, "hide").status_code == 403
        token = careful.get(PAGE).content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        assert choose(careful, award, "hide", csrfmiddlewaretoken=token).status_code == 302

    @pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "javascript:alert(1)", "\x00"])
    def test_goes_nowhere_else_then(self, client, award, away):
        assert choose(client, award, "hide", next=away)["Location"] == PAGE


class TestListsOfPeople:
    def test_do_not_name_who_wants_to_be_in_none(self, client, ada, bob):
        thanks = badge("thanks", tags=["kind"])
        award, _other = give(thanks, ada), give(thanks, bob)
        showcase.choose(ada, unlisted=True)

        for address in ("/badges/awards/", "/badges/badge/thanks/", "/badges/badge/thanks/awards/"):
            shown = words(client.get(address))
            assert "Bob" in shown
            assert "Ada" not in shown
        assert "1 person has it." in words(client.get("/badges/badge/thanks/"))
        assert "Ada" in words(client.get(f"/badges/award/{award.uuid}/"))
        assert "Thanks" in words(client.get(f"/badges/people/{ada.pk}/"))


def test_whoever_hides_everything_looks_like_somebody_without_badges(client, ada, bob):
    give(badge("thanks"), ada)
    showcase.choose(ada, hidden=True)

    shown = {
        user: words(client.get(f"/badges/people/{user.pk}/")).replace(name, "")
        for user, name in ((ada, "Ada"), (bob, "Bob"))
    }

    assert shown[ada] == shown[bob]
    assert get_user_model().objects.count() == 2
