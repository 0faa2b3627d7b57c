"""The list of badges, and one badge."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_badger.models import Award, Badge
from django_badger.testing import happened
from guestbook import badges
from guestbook.models import Entry
from tests.web.world import badge, give, noon, person, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


class TestTheList:
    def test_shows_each_badge_with_its_title_and_what_it_says_about_itself(self, client):
        shown = words(client.get("/badges/"))

        assert "First post! You signed the guestbook." in shown
        assert "250 words" in shown

    def test_says_so_when_there_are_no_badges(self, client, no_badges):
        assert "There are no badges yet." in words(client.get("/badges/"))

    def test_shows_what_is_searched_for(self, client, no_badges):
        badge("baker", description="For bread"), badge("cook", description="For soup")

        shown = words(client.get("/badges/", {"q": "bread"}))

        assert "Baker" in shown
        assert "Cook" not in shown

    def test_says_so_when_nothing_is_found(self, client):
        assert "No badge fits what you are looking for." in words(client.get("/badges/", {"q": "zzz"}))

    def test_keeps_what_was_searched_for_in_the_field(self, client):
        assert 'value="first"' in client.get("/badges/", {"q": "first"}).content.decode()

    def test_can_be_narrowed_down_to_a_status(self, client, no_badges):
        badge("old", status="disabled"), badge("new")

        shown = words(client.get("/badges/", {"status": "disabled"}))

        assert "Old" in shown
        assert "New" not in shown
        assert 'name="status" value="disabled"' in client.get("/badges/", {"status": "disabled"}).content.decode()

    def test_offers_the_statuses_with_their_numbers(self, client, no_badges):
        badge("old", status="disabled"), badge("new"), badge("newer")

        assert "All 3 Published 2 Disabled 1" in words(client.get("/badges/"))

    @pytest.mark.parametrize("status", ["draft", "nonsense", "\x00", "💥"])
    def test_ignores_a_status_that_the_reader_cannot_ask_for_and_says_so(self, client, no_badges, status):
        badge("secretly", status="draft"), badge("new")

        shown = words(client.get("/badges/", {"status": status}))

        assert "There is no such status" in shown
        assert "New" in shown
        assert "Secretly" not in shown

    def test_offers_drafts_to_those_who_manage_badges(self, client, no_badges, manager):
        badge("secretly", status="draft"), badge("new")
        client.force_login(manager)

        shown = words(client.get("/badges/", {"status": "draft"}))

        assert "Secretly" in shown
        assert "no such status" not in shown

    def test_takes_a_status_without_badges_for_an_empty_list_when_the_reader_manages_badges(self, client, manager):
        client.force_login(manager)

        assert "No badge fits" in words(client.get("/badges/", {"status": "draft"}))

    def test_of_a_tag_shows_the_badges_that_have_it(self, client, no_badges):
        badge("baker", tags=["food"]), badge("runner", tags=["sport"])

        shown = words(client.get("/badges/tag/food/"))

        assert "Badges: Food" in shown
        assert "Baker" in shown
        assert "Runner" not in shown

    @pytest.mark.parametrize("slug", ["nothing", "hidden-things", "food%00"])
    def test_of_a_tag_that_no_visible_badge_has_is_not_there(self, client, slug):
        badge("baker", status="draft", tags=["hidden-things"]), badge("cook", tags=["food"])

        assert client.get(f"/badges/tag/{slug}/").status_code == 404

    def test_offers_only_tags_of_visible_badges(self, client, no_badges):
        badge("baker", status="draft", tags=["hidden-things"]), badge("cook", tags=["food"])

        shown = words(client.get("/badges/"))

        assert "Food" in shown
        assert "Hidden-things" not in shown

    def test_has_pages(self, client, no_badges, settings):
        settings.BADGER_PAGE_SIZE = 2
        for number in range(5):
            badge(f"badge-{number}")

        second = client.get("/badges/", {"page": 2, "q": "badge"})

        assert "Page 2 of 3" in words(second)
        assert "Badge 2 B3 Badge 3" in words(second)
        assert "?q=badge&amp;page=1" in second.content.decode()
        assert "?q=badge&amp;page=3" in second.content.decode()

    @pytest.mark.parametrize("page", ["abc", "-1", "0", "9" * 20, "9" * 5000, "\x00", "1.5", ""])
    def test_survives_any_page_number(self, client, no_badges, settings, page):
        settings.BADGER_PAGE_SIZE = 1
        badge("one"), badge("two")

        response = client.get("/badges/", {"page": page})

        assert response.status_code == 200
        assert "of 2" in words(response)

    def test_shows_visitors_no_state(self, client):
        assert "Not earned yet" not in words(client.get("/badges/"))

    def test_shows_how_the_reader_stands_with_each_badge(self, client, no_badges, ada):
        first, second = badge("one"), badge("two")
        give(first, ada, earned_at=timezone.now())
        client.force_login(ada)

        shown = words(client.get("/badges/"))

        assert "One Earned on " in shown
        assert "Two Not earned yet" in shown
        assert second.title in shown

    def test_shows_progress_in_percent(self, client, ada):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=120)
        client.force_login(ada)

        response = client.get("/badges/", {"q": "250"})

        assert "48 percent done" in words(response)
        assert 'value="48"' in response.content.decode()

    def test_counts_repeated_awards(self, client, no_badges, ada):
        thanks = badge("thanks", repeatable=True)
        for number in range(3):
            give(thanks, ada, slot=f"#{number}")
        client.force_login(ada)

        assert "3 times" in words(client.get("/badges/"))

    def test_says_what_cannot_be_earned_any_more_and_asks_nobody_for_progress(self, client, no_badges, ada):
        badge("old", status="disabled"), badge("gone", status="orphaned")
        client.force_login(ada)

        shown = words(client.get("/badges/"))

        assert "Disabled: it cannot be earned any more." in shown
        assert "Retired: it cannot be earned any more." in shown
        assert "Not earned yet" not in shown


class TestABadge:
    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ({}, ""),
            ({"starts_at": noon(2020)}, ""),
            ({"starts_at": noon(2198)}, "Can be earned from Jan. 1, 2198 on."),
            ({"ends_at": noon(2199)}, "Can be earned until Jan. 1, 2199."),
            ({"ends_at": noon(2020)}, "Could be earned until Jan. 1, 2020."),
            ({"starts_at": noon(2019), "ends_at": noon(2020)}, "Could be earned until Jan. 1, 2020."),
            ({"starts_at": noon(2020), "ends_at": noon(2199)}, "Can be earned from Jan. 1, 2020 to Jan. 1, 2199."),
        ],
        ids=["always", "begun", "from on", "until", "no more", "for a while", "from to"],
    )
    def test_says_when_it_can_be_earned(self, client, columns, said):
        made = badge("spring", **columns)

        shown = words(client.get(f"/badges/badge/{made.slug}/")).replace("January", "Jan.")

        assert said in shown
        assert ("be earned" in shown) == ("What it takes" in shown) == bool(said)

    def test_says_what_it_takes(self, client):
        shown = words(client.get("/badges/badge/first-post/"))

        assert "First post!" in shown
        assert "What it takes" in shown
        assert "Nobody has it yet." in shown

    def test_that_does_not_exist_is_not_found(self, client):
        assert client.get("/badges/badge/no-such-badge/").status_code == 404

    def test_is_found_by_exactly_its_slug(self, client):
        assert client.get("/badges/badge/FIRST-POST/").status_code == 404

    @pytest.mark.parametrize("slug", ["żółw", "バッジ", "ümlaut-ß"])
    def test_may_have_any_letters_in_its_address(self, client, slug):
        made = badge(slug, title="Anything")

        assert "Anything" in words(client.get(f"/badges/badge/{made.slug}/"))
        assert f'href="/badges/badge/{made.slug}/"' in _unquoted(client.get("/badges/", {"q": "anything"}))

    def test_tells_visitors_nothing_about_themselves(self, client):
        assert "You and this badge" not in words(client.get("/badges/badge/first-post/"))

    def test_tells_the_reader_how_far_they_are_and_why(self, client, ada):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=120)
        client.force_login(ada)

        shown = words(client.get("/badges/badge/250-words/"))

        assert "48 percent done" in shown
        assert "120 of 250" in shown

    def test_tells_the_parts_of_a_meta_badge(self, client, ada):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=10)
        client.force_login(ada)

        response = client.get("/badges/badge/master-badger/")

        assert "All of these 1 of 2" in words(response)
        assert "✓ The badge “First post!”" in words(response)
        assert "○ The badge “250 words”" in words(response)

    def test_tells_the_holder_when_they_earned_it_and_why(self, client, ada):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=300)
        client.force_login(ada)

        shown = words(client.get("/badges/badge/250-words/"))

        assert "Earned on " in shown
        assert "300 of 250" in shown

    def test_does_not_say_why_where_the_reason_is_gone(self, client, ada):
        with happened():
            entry = Entry.objects.create(author=ada, message="…", word_count=300)
        entry.delete()
        client.force_login(ada)

        shown = words(client.get("/badges/badge/250-words/"))

        assert "Earned on " in shown
        assert "0 of 250" not in shown

    def test_that_comes_again_tells_how_far_the_next_time_is(self, client, ada):
        give(Badge.objects.get(slug="year-in-words"), ada, occasion="2020")
        client.force_login(ada)

        shown = words(client.get("/badges/badge/year-in-words/"))

        assert "2020 regular" in shown
        assert "0 of 30" in shown

    def test_shows_its_newest_holders_once_each(self, client, no_badges, ada, bob):
        thanks = badge("thanks", repeatable=True)
        for number in range(3):
            give(thanks, ada, days_ago=number, slot=f"#{number}")
        give(thanks, bob, days_ago=9)

        shown = words(client.get("/badges/badge/thanks/"))

        assert "2 people have it." in shown
        assert shown.count("Ada") == 1
        assert shown.index("Ada") < shown.index("Bob")

    def test_shows_a_dozen_holders_and_a_link_to_all(self, client, no_badges):
        popular = badge("popular")
        for number in range(15):
            give(popular, person(f"Person{number}x"), days_ago=number)

        response = client.get("/badges/badge/popular/")

        assert "15 people have it." in words(response)
        assert "Person11x" in words(response)
        assert "Person12x" not in words(response)
        assert "/badges/badge/popular/awards/" in response.content.decode()

    def test_names_the_others_of_its_series(self, client):
        response = client.get("/badges/badge/regular-silver/")

        assert "The whole series Regular (bronze) Regular (silver) Regular (gold)" in words(response)
        assert "/badges/?series=regular" in response.content.decode()
        assert "<strong>Regular (silver)</strong>" in response.content.decode()

    def test_tells_what_went_wrong_to_those_who_manage_badges(self, client, manager):
        at = timezone.now()
        Badge.objects.filter(slug="first-post").update(errors=3, last_error="ValueError: no", last_error_at=at)
        client.force_login(manager)

        shown = words(client.get("/badges/badge/first-post/"))

        assert "Its rule failed 3 times. The last error: ValueError: no" in shown

    def test_tells_nobody_else_what_went_wrong(self, client, ada):
        Badge.objects.filter(slug="first-post").update(errors=3, last_error="ValueError: no")
        client.force_login(ada)

        assert "ValueError" not in words(client.get("/badges/badge/first-post/"))

    def test_whose_error_has_no_date_is_shown_all_the_same(self, client, manager):
        Badge.objects.filter(slug="first-post").update(errors=1, last_error="ValueError: no", last_error_at=None)
        client.force_login(manager)

        assert "Its rule failed 1 time." in words(client.get("/badges/badge/first-post/"))

    def test_whose_rule_fails_is_shown_without_progress(self, client, ada, settings, monkeypatch):
        settings.BADGER_RAISE_ERRORS = False
        monkeypatch.setattr(Entry.objects.__class__, "top_authors", _broken, raising=False)
        client.force_login(ada)

        response = client.get("/badges/badge/top-ten/")

        assert response.status_code == 200
        assert "You and this badge" not in words(response)
        assert "broken" in Badge.objects.get(slug="top-ten").last_error

    def test_whose_rule_fails_does_not_spoil_the_list(self, client, ada, settings, monkeypatch):
        settings.BADGER_RAISE_ERRORS = False
        monkeypatch.setattr(Entry.objects.__class__, "top_authors", _broken, raising=False)
        client.force_login(ada)

        shown = words(client.get("/badges/"))

        assert "Top ten" in shown
        assert "First post! You signed the guestbook. Not earned yet" in shown

    def test_writes_nothing_when_it_is_read(self, client, ada):
        give(Badge.objects.get(slug=badges.first_post.slug), ada)
        client.force_login(ada)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/badges/badge/first-post/")

        assert not [one for one in asked if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
        assert Award.objects.get().seen_at is None

    def test_cannot_be_posted_to(self, client):
        assert client.post("/badges/badge/first-post/").status_code == 405


def _broken(*_arguments, **_options):
    msg = "broken"
    raise ValueError(msg)


def _unquoted(response):
    from urllib.parse import unquote

    return unquote(response.content.decode())
