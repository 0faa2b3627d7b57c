"""The lists of awards, and one award."""

import pytest
from django.utils import timezone

from django_badger.awarding import award, revoke
from django_badger.models import Award
from tests.web.world import badge, give, noon, person, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine", "no_badges")]

CURSORS = ["abc", "-1", "9" * 20, "\x00", "zz-1", "f" * 15 + "-1", "1-" + "f" * 15, "1-1-1", "💥", "x" * 100_000]


@pytest.fixture(params=["/badges/awards/", "/badges/badge/thanks/awards/"], ids=["of everybody", "of one badge"])
def address(request):
    return request.param


@pytest.fixture
def thanks():
    return badge("thanks", title="Thanks", repeatable=True)


class TestAListOfAwards:
    def test_shows_the_newest_first(self, client, address, thanks, ada, bob):
        give(thanks, ada, days_ago=2), give(thanks, bob, days_ago=1)

        shown = words(client.get(address))

        assert shown.index("Bob") < shown.index("Ada")

    def test_says_so_when_there_are_none(self, client, address, thanks):
        shown = words(client.get(address))

        assert "Nobody has earned a badge yet." in shown or "Nobody has it yet." in shown

    def test_shows_the_reason(self, client, address, thanks, ada):
        give(thanks, ada, reason="For the cake.")

        assert "For the cake." in words(client.get(address))

    def test_goes_back_in_time_without_losing_or_repeating_anything(self, client, address, thanks, ada, settings):
        settings.BADGER_PAGE_SIZE = 3
        same = timezone.now()
        for number in range(8):  # half of them at the very same moment
            give(
                thanks,
                ada,
                slot=f"#{number}",
                reason=f"reason-{number}-",
                awarded_at=same if number % 2 else noon(2020, 1, 1 + number),
            )

        seen, where, pages = [], address, 0
        while where:
            response = client.get(where)
            shown = words(response)
            seen += [number for number in range(8) if f"reason-{number}-" in shown]
            where, pages = _link(response, "Older"), pages + 1

        assert sorted(seen) == list(range(8))
        assert pages == 3

    def test_leads_back_to_the_newest(self, client, address, thanks, ada, settings):
        settings.BADGER_PAGE_SIZE = 1
        give(thanks, ada, slot="#1", days_ago=1), give(thanks, ada, slot="#2")

        older = client.get(_link(client.get(address), "Older"))

        assert _link(older, "Newest") == address
        assert not _link(older, "Older")

    @pytest.mark.parametrize("cursor", CURSORS, ids=[f"{text[:20]!a}" for text in CURSORS])
    def test_takes_what_is_no_place_for_the_beginning_or_the_end(self, client, address, thanks, ada, cursor):
        give(thanks, ada)

        response = client.get(address, {"before": cursor})

        assert response.status_code == 200

    def test_of_no_badge_is_not_found(self, client):
        assert client.get("/badges/badge/no-such-badge/awards/").status_code == 404

    def test_names_people_without_a_page_where_their_account_is_blocked(self, client, address, thanks):
        blocked = person("Carla", is_active=False)
        give(thanks, blocked)

        response = client.get(address)

        assert "Carla" in words(response)
        assert f"/badges/people/{blocked.pk}/" not in response.content.decode()


class TestAnAward:
    def test_says_who_has_what_and_since_when(self, client, thanks, ada):
        shown = words(client.get(_page(give(thanks, ada, earned_at=noon(2026, 3, 14)))))

        assert "Thanks" in shown
        assert "Ada" in shown
        assert "March 14, 2026" in shown

    def test_says_who_awarded_it_and_why(self, client, thanks, ada, bob):
        given = give(thanks, ada, awarded_by=bob, route="hand", reason="For the cake.\nAnd the tea.")

        response = client.get(_page(given))

        assert "Awarded by Bob" in words(response)
        assert "For the cake. And the tea." in words(response)
        assert f'href="/badges/people/{bob.pk}/"' in response.content.decode()

    @pytest.mark.parametrize(
        ("route", "said"),
        [
            ("rule", "Earned by what was done here"),
            ("hand", "Awarded by the site"),
            ("claim", "Claimed with a code"),
            ("nomination", "Awarded after a nomination"),
            ("review", "Awarded after a review"),
            ("api", "Awarded by the site"),
            ("import", "Taken over from a list"),
        ],
    )
    def test_says_by_which_road_it_came(self, client, thanks, ada, route, said):
        assert said in words(client.get(_page(give(thanks, ada, route=route))))

    def test_says_what_was_counted(self, client, thanks, ada):
        given = give(thanks, ada, evidence={"parts": [{"value": "251", "goal": "250"}, 3, None]})

        assert "Counted: 251, needed: 250" in words(client.get(_page(given)))

    def test_links_to_evidence_on_the_web_and_to_nothing_else(self, client, thanks, ada):
        evidence = {
            "links": ["https://example.org/cake", "javascript:alert(1)", "https://[broken", "http:", "x" * 9999]
        }

        html = client.get(_page(give(thanks, ada, evidence=evidence))).content.decode()

        assert 'href="https://example.org/cake" rel="nofollow noopener ugc"' in html
        assert "javascript:" not in html
        assert "[broken" not in html

    @pytest.mark.parametrize("evidence", [[], "text", 7, {"value": 1, "goal": 2}, {"badge": "first-post"}])
    def test_keeps_quiet_about_evidence_that_says_nothing_to_people(self, client, thanks, ada, evidence):
        assert "Evidence" not in words(client.get(_page(give(thanks, ada, evidence=evidence))))

    def test_says_for_which_time_and_until_when(self, client, thanks, ada):
        given = give(thanks, ada, occasion="entry:42", expires_at=noon(2199))

        shown = words(client.get(_page(given)))

        assert "For 42" in shown
        assert "Valid until Jan. 1, 2199" in shown or "Valid until January 1, 2199" in shown

    def test_says_that_it_lapses(self, client, thanks, ada):
        assert "Lapses" not in words(client.get(_page(give(thanks, ada, slot="#1"))))
        given = give(thanks, ada, lapses_at=noon(2199))

        shown = words(client.get(_page(given)))

        assert "Lapses on" in shown
        assert "1, 2199 unless what it takes is true again before" in shown

    def test_names_the_other_times(self, client, thanks, ada, bob):
        newer, older = give(thanks, ada, slot="#1"), give(thanks, ada, slot="#2", days_ago=5)
        give(thanks, bob)

        response = client.get(_page(newer))

        assert "Also earned Thanks" in words(response)
        assert _page(older) in response.content.decode()

    def test_of_a_deleted_maker_stays(self, client, thanks, ada, bob):
        given = give(thanks, ada, awarded_by=bob, route="hand")
        bob.delete()

        assert "Awarded by the site" in words(client.get(_page(given)))

    def test_that_was_revoked_is_not_found(self, client, thanks, ada):
        given = award(thanks, to=ada).award
        revoke(given, reason="By mistake.")

        assert client.get(_page(given)).status_code == 404

    def test_that_lapsed_is_not_found_even_by_its_holder(self, client, thanks, ada):
        given = give(thanks, ada, ended="lapsed")
        client.force_login(ada)

        assert client.get(_page(given)).status_code == 404

    def test_that_expired_is_not_found(self, client, thanks, ada):
        assert client.get(_page(give(thanks, ada, expires_at=noon(2020)))).status_code == 404

    @pytest.mark.parametrize("text", ["7a6ab7b0-ffb5-463c-bd12-e76dade87c85", "1", "%00", "💥"])
    def test_that_does_not_exist_is_not_found(self, client, text):
        assert client.get(f"/badges/award/{text}/").status_code == 404

    def test_that_is_hidden_says_so_to_its_holder(self, client, thanks, ada):
        given = give(thanks, ada, hidden=True)
        client.force_login(ada)

        assert "Hidden: only its holder sees this award." in words(client.get(_page(given)))


def _page(given: Award) -> str:
    return f"/badges/award/{given.uuid}/"


def _link(response, text):
    import re

    found = re.search(rf'<a[^>]*href="([^"]*)">{text}</a>', response.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_people_are_called_what_the_site_calls_them(client, thanks, ada, settings):
    settings.BADGER_USER_DISPLAY = "tests.web.test_awards.shout"
    give(thanks, ada)

    assert "ADA!" in words(client.get("/badges/awards/"))


def shout(user):
    return f"{user.get_full_name() if hasattr(user, 'get_full_name') else user.name}!".upper()
