"""How rare badges are, secret ones of which something is known, and the ladder of a series."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from model_bakery import baker

from django_badger import badge as declare
from django_badger import rules, showcase
from django_badger._engine.sync import sync
from django_badger.models import Badge
from django_badger.rarity import rarity_of
from django_badger.testing import happened, isolated_registry
from guestbook.models import Entry
from tests.web.world import badge, give, person, read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_badges")]
both = pytest.mark.usefixtures("engine")


def crowd(number):
    return baker.make(get_user_model(), _quantity=number, _bulk_create=True)


class TestRarity:
    @both
    def test_is_the_share_of_people_who_hold_it(self, client):
        rare, common = badge("rare"), badge("common")
        people = crowd(8)
        give(rare, people[0])
        for user in people[:6]:
            give(common, user)

        for address in ("/badges/", "/badges/badge/rare/"):
            assert "Held by 13 % of people" in words(client.get(address))
        assert "Held by 75 % of people" in words(client.get("/badges/badge/common/"))

    def test_of_very_few_is_said_to_be_so(self):
        rare = badge("rare")
        give(rare, crowd(150)[0])

        assert rarity_of([rare])[rare.pk] == "Held by fewer than 1 % of people"

    @both
    def test_is_not_told_where_nobody_holds_it(self, client):
        badge("new")

        assert "Held by" not in words(client.get("/badges/"))
        assert "Held by" not in words(client.get("/badges/badge/new/"))

    def test_counts_people_and_not_awards(self):
        thanks = badge("thanks", repeatable=True)
        one, _other = crowd(2)
        for number in range(3):
            give(thanks, one, slot=f"#{number}")

        assert rarity_of([thanks]) == {thanks.pk: "Held by 50 % of people"}

    def test_does_not_count_people_who_are_blocked(self):
        thanks = badge("thanks")
        give(thanks, crowd(1)[0])
        baker.make(get_user_model(), is_active=False)

        assert rarity_of([thanks])[thanks.pk] == "Held by 100 % of people"

    def test_is_never_more_than_everybody(self):
        thanks = badge("thanks")
        for user in crowd(3):
            give(thanks, user)
        get_user_model().objects.update(is_active=False)

        assert rarity_of([thanks])[thanks.pk] == "Held by 100 % of people"

    def test_forgets_what_somebody_hides_at_once(self):
        thanks, kind = badge("thanks"), badge("kind")
        ada, bob = person("Ada"), person("Bob")
        award, _others = give(thanks, ada), [give(thanks, bob), give(kind, ada)]
        halves = {thanks.pk: "Held by 100 % of people", kind.pk: "Held by 50 % of people"}
        assert rarity_of([thanks, kind]) == halves

        with happened():
            showcase.hide(award, by=ada)
        assert rarity_of([thanks, kind]) == dict.fromkeys(halves, "Held by 50 % of people")
        with happened():
            showcase.choose(ada, unlisted=True)
        assert rarity_of([thanks, kind]) == {thanks.pk: "Held by 50 % of people"}
        with happened():
            showcase.choose(ada, unlisted=False)
            showcase.show(award, by=ada)
        assert rarity_of([thanks, kind]) == halves

    def test_is_counted_once_in_a_while(self, django_assert_num_queries):
        thanks, kind = badge("thanks"), badge("kind")
        give(thanks, person("Ada"))

        with django_assert_num_queries(2):
            rarity_of([thanks])
        with django_assert_num_queries(1):
            rarity_of([thanks, kind])
        with django_assert_num_queries(0):
            rarity_of([thanks, kind])
        cache.clear()
        with django_assert_num_queries(2):
            rarity_of([thanks, kind])

    @both
    def test_of_a_badge_that_very_many_hold_is_of_a_few_minutes_ago(self, client, monkeypatch):
        monkeypatch.setattr("django_badger.rarity.COUNTED", 2)
        thanks = badge("thanks")
        people = crowd(4)
        for user in people[:3]:
            give(thanks, user)

        for _look in range(2):
            shown = words(client.get("/badges/badge/thanks/"))
            assert "3 people have it." in shown
            assert "Held by 75 % of people" in shown
            give(thanks, people[3], slot=f"#{_look}")
        cache.clear()
        assert "4 people have it." in words(client.get("/badges/badge/thanks/"))


@both
class TestMysteries:
    @pytest.fixture
    def hidden(self):
        badge("common")
        return badge("very-secret", secret=True, mystery=True)

    def test_are_counted_and_not_named(self, client, hidden):
        badge("other-secret", secret=True, mystery=True)
        badge("really-secret", secret=True)
        badge("to-come", secret=True, mystery=True, status="draft")

        shown = words(client.get("/badges/"))

        assert "2 secret badges" in shown
        assert "Very secret" not in shown
        assert "1 badge " in shown
        assert client.get("/badges/badge/very-secret/").status_code == 404

    def test_are_no_mystery_to_who_has_them(self, client, hidden, ada):
        give(hidden, ada)
        client.force_login(ada)

        shown = words(client.get("/badges/"))

        assert "Very secret" in shown
        assert "1 secret badge " not in shown

    def test_are_no_mystery_to_who_manages_badges(self, client, hidden, manager):
        client.force_login(manager)

        assert "secret badge " not in words(client.get("/badges/"))

    @pytest.mark.parametrize("asked", ["?q=common", "?q=secret", "?status=published", "?series=row"])
    def test_are_told_only_where_all_badges_are_shown(self, client, hidden, asked):
        assert "1 secret badge" not in words(client.get(f"/badges/{asked}"))

    def test_are_told_on_the_last_page(self, client, hidden, settings):
        settings.BADGER_PAGE_SIZE = 1
        badge("another")

        assert "1 secret badge" not in words(client.get("/badges/"))
        assert "1 secret badge" in words(client.get("/badges/?page=2"))

    def test_are_told_where_there_is_nothing_else(self, client):
        badge("very-secret", secret=True, mystery=True)

        shown = words(client.get("/badges/"))

        assert "1 secret badge" in shown
        assert "There are no badges yet." not in shown


def test_a_mystery_is_declared():
    with isolated_registry():
        declare("egg", title="Egg", mystery=True)
        declare.tiers("hunt", title="Hunter", measure=rules.count(Entry, by="author"), mystery=True, bronze=1)
        sync()

    assert set(Badge.objects.values_list("slug", "secret", "mystery")) == {
        ("egg", True, True),
        ("hunt-bronze", True, True),
    }


@both
class TestTheLadderOfASeries:
    def test_says_how_the_reader_stands_with_each_step(self, client, ada):
        first, second, third = (badge(f"step-{number}", series="Climbing") for number in (1, 2, 3))
        third.prerequisites.add(first, second)
        give(first, ada)
        client.force_login(ada)

        shown = words(client.get("/badges/badge/step-2/"))

        assert "Step 1 Earned on" in shown
        assert "Step 2 Not earned yet" in shown
        assert "Step 3 50 50 percent done" in shown

    def test_counts_repeats_of_its_steps(self, client, ada):
        first = badge("step-1", series="Climbing", repeatable=True)
        badge("step-2", series="Climbing")
        for number in range(15):
            give(first, ada, slot=f"#{number}", days_ago=number)
        client.force_login(ada)

        for address in ("/badges/badge/step-1/", "/badges/badge/step-2/"):
            assert "15 times" in words(client.get(address))
        assert client.get("/badges/badge/step-1/").content.decode().count('<li><a href="/badges/award/') == 12

    def test_marks_the_one_that_the_page_is_about(self, client):
        badge("step-1", series="Climbing")
        badge("step-2", series="Climbing")

        assert client.get("/badges/badge/step-2/").content.decode().count('<li aria-current="true">') == 1

    def test_has_a_list_of_its_own(self, client):
        badge("step-1", title="Zero", series="Über & out")
        badge("step-2", title="Alpha", series="Über & out")
        badge("step-3", title="Elsewhere")

        detail = client.get("/badges/badge/step-1/").content.decode()
        shown = words(client.get("/badges/", {"series": "Über & out"}))

        assert "/badges/?series=%C3%9Cber+%26+out" in detail
        assert "Badges: Über & out" in shown
        assert shown.index("Zero") < shown.index("Alpha")
        assert "Elsewhere" not in shown

    def test_that_is_not_there_is_an_empty_list(self, client):
        badge("step-1", series="Climbing")

        assert "No badge fits what you are looking for." in words(client.get("/badges/?series=nothing"))


@both
class TestWhatOtherSitesShow:
    def told(self, response):
        tags = [dict(found[1]) for found in read(response.content.decode()) if found[0] == "meta"]
        return {tag.get("property") or tag.get("name"): tag["content"] for tag in tags if "content" in tag}

    def test_of_a_badge(self, client):
        badge("thanks", title="Thanks <3", description="For help.")

        told = self.told(client.get("/badges/badge/thanks/?utm=1"))

        assert told["og:title"] == "Thanks <3"
        assert told["og:description"] == told["description"] == "For help."
        assert told["og:url"] == "http://testserver/badges/badge/thanks/"
        assert told["og:image"].startswith("http://testserver/")
        assert told["og:image:alt"] == "Thanks <3"

    def test_of_an_award(self, client, ada):
        award = give(badge("thanks"), ada, reason="She stayed late.")

        told = self.told(client.get(f"/badges/award/{award.uuid}/"))

        assert told["og:title"] == "Ada earned “Thanks”"
        assert told["og:description"] == "She stayed late."

    def test_is_nothing_for_pages_that_are_not_about_one_thing(self, client, ada):
        for address in ("/badges/", "/badges/awards/", f"/badges/people/{ada.pk}/"):
            assert "og:title" not in self.told(client.get(address))
