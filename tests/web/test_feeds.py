"""What feeds say, in each of their formats."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from django_badger.models import Award, Badge
from django_badger.parts.feeds import FORMATS as FORMATS_OF_PAGES
from tests.web.feeds import FORMATS, TYPES, read_feed
from tests.web.pages import PAGES, fill
from tests.web.world import badge, give, noon, person
from tests.web.world import read as read_page

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
each_format = pytest.mark.parametrize("kind", FORMATS)


@pytest.fixture
def read(client, no_badges):
    """Read a feed by its address, without its end, in one of the formats."""
    return lambda address, kind, **headers: read_feed(
        client.get(f"/badges/feeds/{address}/{kind}/", headers=headers), kind
    )


def member_badge(slug, maker, **fields):
    return badge(slug, origin="member", created_by=maker, **fields)


def test_the_formats_of_pages_are_those_that_are_read_here():
    assert {key: media_type for key, (_name, media_type) in FORMATS_OF_PAGES.items()} == TYPES


@each_format
class TestAFeedOfAwards:
    def test_says_who_earned_what_and_why(self, read, kind, ada):
        made = badge("soup", title="First soup!", description="For soup.\nHot soup.")
        given = give(made, ada, reason="It was <hot> & good.", earned_at=noon(2025, 2, 3), awarded_at=noon(2026, 3, 4))

        found = read("awards", kind)
        [item] = found.items

        assert found.title == "Latest awards"
        assert found.url == f"{SITE}/badges/feeds/awards/{kind}/"
        assert found.page == f"{SITE}/badges/awards/"
        assert item.id == f"urn:uuid:{given.uuid}"
        assert item.title == "Ada earned First soup!"
        assert item.url == f"{SITE}/badges/award/{given.uuid}/"
        assert item.author == "Ada"
        assert item.published == noon(2025, 2, 3)
        assert item.updated == (None if kind == "rss" else noon(2026, 3, 4))
        assert item.image == (f"{SITE}/badges/badge/soup/picture.png", "image/png")
        if kind == "json":
            assert item.text == "For soup.\nHot soup.\n\nIt was <hot> & good."
        else:
            assert item.text.split() == [
                "<p>For",
                "soup.<br>Hot",
                "soup.</p>",
                "<p>It",
                "was",
                "&lt;hot&gt;",
                "&amp;",
                "good.</p>",
            ]

    def test_shows_the_newest_fifty_in_the_order_of_the_pages(self, read, kind, ada):
        for number in range(55):
            give(badge(f"badge-{number}", title=f"No. {number}"), ada, days_ago=number)

        assert read("awards", kind).titles == [f"Ada earned No. {number}" for number in range(50)]

    def test_is_a_feed_also_where_there_is_nothing(self, read, kind):
        found = read("awards", kind)

        assert found.items == []
        assert found.title == "Latest awards"

    def test_names_the_occasion(self, read, kind, ada):
        give(badge("regular", title="{occasion} regular"), ada, occasion="year:2026")

        assert read("awards", kind).titles == ["Ada earned 2026 regular"]

    def test_names_a_picture_that_is_there(self, client, read, kind, ada):
        give(badge("photo"), ada)

        [item] = read("awards", kind).items
        address, media_type = item.image

        assert client.get(address.removeprefix(SITE))["Content-Type"] == media_type

    def test_says_nothing_of_who_is_gone_or_has_no_page(self, read, kind):
        blocked = person("Blake", is_active=False)
        give(badge("one"), blocked)

        [item] = read("awards", kind).items

        assert item.author == "Blake"

    def test_never_shows_an_address(self, client, kind, no_badges, settings, django_user_model):
        settings.BADGER_USER_DISPLAY = "django_badger.people.display"
        nobody = person(**{django_user_model.USERNAME_FIELD: "someone@example.org", "email": "other@example.org"})
        give(badge("one"), nobody)

        response = client.get(f"/badges/feeds/awards/{kind}/")

        assert b"example.org" not in response.content
        assert read_feed(response, kind).items[0].author == f"Member {nobody.pk}"

    def test_is_of_one_badge(self, read, kind, ada):
        give(badge("one"), ada)
        give(badge("two"), ada)

        found = read("badge/one", kind)

        assert found.titles == ["Ada earned One"]
        assert found.title == "Who has “One”"
        assert found.page == f"{SITE}/badges/badge/one/"

    def test_is_of_one_person(self, read, kind, ada, bob):
        give(badge("one"), ada)
        give(badge("two"), bob)

        found = read(f"people/{ada.pk}", kind)

        assert found.titles == ["Ada earned One"]
        assert found.title == "Badges of Ada"
        assert found.page == f"{SITE}/badges/people/{ada.pk}/"

    def test_is_of_one_tag(self, read, kind, ada):
        give(badge("one", tags=["odd", "small"]), ada)
        give(badge("two", tags=["small"]), ada)

        found = read("tag/odd", kind)

        assert found.titles == ["Ada earned One"]
        assert found.title == "Latest awards: Odd"
        assert found.page == f"{SITE}/badges/tag/odd/"

    def test_speaks_the_language_of_the_reader(self, read, kind, ada):
        give(badge("one"), ada)

        assert read("awards", kind).language == "en"
        assert read("awards", kind, **{"accept-language": "ar"}).language == "ar"

    def test_tells_the_moments_in_utc_in_whatever_zone_the_reader_is(self, client, kind, ada, no_badges):
        give(badge("one"), ada, earned_at=noon(2026, 7, 1), awarded_at=noon(2026, 7, 1))

        with timezone.override("Asia/Tokyo"):
            body = client.get(f"/badges/feeds/awards/{kind}/").content.decode()

        assert ("Wed, 01 Jul 2026 10:00:00 +0000" if kind == "rss" else "2026-07-01T10:00:00+00:00") in body

    def test_shows_awards_of_any_time(self, read, kind, ada):
        made = badge("one", repeatable=True)
        give(made, ada, slot="1", earned_at=noon(1), awarded_at=noon(1902))
        give(made, ada, slot="2", earned_at=noon(9998), awarded_at=noon(1960))

        assert len(read("awards", kind).items) == 2


@each_format
class TestAFeedOfBadges:
    def test_says_what_they_are_and_what_they_take(self, read, kind):
        made = badge("soup", title="Soup", description="For soup.", criteria="Cook.", published_at=noon(2026, 1, 2))
        Badge.objects.filter(pk=made.pk).update(updated_at=noon(2026, 5, 6))

        found = read("badges", kind)
        [item] = found.items

        assert found.title == "Badges"
        assert found.page == f"{SITE}/badges/"
        assert item.title == "Soup"
        assert item.url == f"{SITE}/badges/badge/soup/"
        assert item.author == ""
        assert item.published == noon(2026, 1, 2)
        assert item.updated == (None if kind == "rss" else noon(2026, 5, 6))
        assert "For soup." in item.text
        assert "Cook." in item.text

    def test_shows_those_first_that_were_published_last(self, read, kind):
        badge("long-a-draft", published_at=noon(2026, 3))
        badge("older", published_at=noon(2026, 1))
        badge("never-a-draft", created_at=noon(2026, 2))

        assert read("badges", kind).titles == ["Long a draft", "Never a draft", "Older"]

    def test_shows_the_newest_fifty(self, read, kind):
        for number in range(55):
            badge(f"badge-{number}", created_at=noon(2026) - timedelta(days=number))

        assert read("badges", kind).titles == [f"Badge {number}" for number in range(50)]

    def test_names_the_member_who_made_one(self, read, kind, ada):
        member_badge("hers", ada)

        assert [item.author for item in read("badges", kind).items] == ["Ada"]

    def test_does_not_name_who_made_one_for_the_site(self, read, kind, ada):
        badge("the-sites", created_by=ada)

        assert [item.author for item in read("badges", kind).items] == [""]
        assert read(f"people/{ada.pk}/badges", kind).items == []

    def test_is_of_one_maker(self, read, kind, ada, bob):
        member_badge("hers", ada)
        member_badge("his", bob)

        found = read(f"people/{ada.pk}/badges", kind)

        assert found.titles == ["Hers"]
        assert found.title == "Badges by Ada"
        assert found.page == f"{SITE}/badges/people/{ada.pk}/"


@each_format
class TestAnId:
    def test_of_an_award_outlives_all_that_can_change(self, read, kind, ada):
        given = give(badge("one"), ada)
        [before] = read("awards", kind).items

        Badge.objects.update(title="Other", slug="other")
        Award.objects.update(reason="Other", awarded_at=noon(2020))
        type(ada).objects.update(**{type(ada).USERNAME_FIELD: "other"})
        [after] = read("awards", kind).items

        assert before.id == after.id == f"urn:uuid:{given.uuid}"

    def test_of_a_badge_outlives_all_that_can_change(self, read, kind, ada):
        badge("one")
        [before] = read("badges", kind).items

        Badge.objects.update(title="Other", slug="other", published_at=noon(2030), status="disabled", origin="member")
        [after] = read("badges", kind).items

        assert after.title == "Other"
        assert before.id == after.id

    def test_of_a_badge_is_the_same_in_every_feed_and_format(self, read, kind):
        badge("one", pk=7, created_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))

        # Written out: whoever changes how it is made, makes all badges new to all readers.
        assert [item.id for item in read("badges", kind).items] == ["urn:uuid:4439eca5-a084-5c32-8114-a43d24e0c04f"]

    def test_of_two_badges_made_at_once_differ(self, read, kind):
        badge("one", created_at=noon(2026)), badge("two", created_at=noon(2026))

        assert len({item.id for item in read("badges", kind).items}) == 2


class TestActivities:
    def test_an_award_is_added_to_the_badges_of_its_holder(self, client, ada, no_badges):
        give(badge("one"), ada)

        [activity] = client.get("/badges/feeds/awards/activities/").json()["orderedItems"]
        [created] = client.get("/badges/feeds/badges/activities/").json()["orderedItems"]

        page = f"{SITE}/badges/people/{ada.pk}/"
        target = f"{SITE}/badges/feeds/people/{ada.pk}/activities/"
        assert activity["type"] == "Add"
        assert activity["actor"] == {"type": "Person", "id": page, "name": "Ada", "url": page}
        assert activity["object"] == created["object"]
        assert activity["target"] == {"type": "OrderedCollection", "id": target, "name": "Badges of Ada"}
        assert client.get(target).json()["id"] == target

    def test_somebody_without_a_page_has_no_address(self, client, no_badges):
        give(badge("one"), person("Blake", is_active=False))

        [activity] = client.get("/badges/feeds/awards/activities/").json()["orderedItems"]

        assert activity["actor"] == {"type": "Person", "name": "Blake"}
        assert "id" not in activity["target"]

    def test_a_badge_is_created_by_its_maker_or_by_the_site(self, client, ada, no_badges):
        badge("the-sites", created_at=noon(2025))
        member_badge("hers", ada)

        hers, sites = client.get("/badges/feeds/badges/activities/").json()["orderedItems"]

        assert hers["type"] == sites["type"] == "Create"
        assert hers["actor"]["name"] == "Ada"
        assert sites["actor"] == {"type": "Service", "id": f"{SITE}/badges/", "name": "testserver"}
        # Making a badge is another thing than the badge.
        assert hers["id"] != hers["object"]["id"]


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_tell_of_feeds_that_a_visitor_can_read(self, client, name):
        site = fill()
        for viewer in site.viewers().values():
            if viewer:
                client.force_login(viewer)
            page = client.get(site.address(name))
            links = alternates(page) if page.status_code == 200 else []
            client.logout()

            assert [link["type"] for link in links] in ([], list(TYPES.values()))
            assert links or name in {"award_detail", "showcase"} or page.status_code != 200
            for link, kind in zip(links, FORMATS, strict=False):
                assert read_feed(client.get(link["href"]), kind).url == SITE + link["href"]

    @pytest.mark.usefixtures("engine", "no_badges")
    @pytest.mark.parametrize(
        ("address", "feed", "title"),
        [
            ("", "badges", "Badges (Atom)"),
            ("tag/odd/", "tag/odd", "Badges: Odd (Atom)"),
            ("badge/one/", "badge/one", "One (Atom)"),
            ("badge/one/awards/", "badge/one", "Who has “One” (Atom)"),
            ("awards/", "awards", "Latest awards (Atom)"),
            ("people/{ada}/", "people/{ada}", "Badges of Ada (Atom)"),
            ("me/", "people/{ada}", "Badges of Ada (Atom)"),
        ],
    )
    def test_tell_of_the_feed_of_what_they_show(self, client, ada, address, feed, title):
        badge("one", tags=["odd"])
        client.force_login(ada)

        first = alternates(client.get(f"/badges/{address.format(ada=ada.pk)}"))[0]

        href = f"/badges/feeds/{feed.format(ada=ada.pk)}/atom/"
        assert first == {"rel": "alternate", "type": TYPES["atom"], "title": title, "href": href}

    @pytest.mark.parametrize("fields", [{"status": "draft"}, {"secret": True}])
    @pytest.mark.usefixtures("engine", "no_badges")
    def test_tell_of_none_where_only_some_may_see_the_badge(self, client, manager, fields):
        badge("one", tags=["odd"], **fields)
        client.force_login(manager)

        for address in ("tag/odd/", "badge/one/", "badge/one/awards/"):
            response = client.get(f"/badges/{address}")
            assert response.status_code == 200
            assert alternates(response) == []
            assert "Follow as a feed" not in response.content.decode()

    @pytest.mark.usefixtures("engine")
    @pytest.mark.parametrize(("address", "feed"), [("", "badges"), ("awards/", "awards")])
    def test_link_to_the_feed_of_a_list(self, client, address, feed):
        html = client.get(f"/badges/{address}").content.decode()

        assert f'<a href="/badges/feeds/{feed}/atom/" type="application/atom+xml">Follow as a feed</a>' in html


def alternates(response):
    found = [
        dict(one[1]) for one in read_page(response.content.decode()) if isinstance(one, tuple) and one[0] == "link"
    ]
    return [link for link in found if link.get("rel") == "alternate"]
