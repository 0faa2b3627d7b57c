"""How feeds are asked for, kept and asked for again; and what they make of texts that no XML can carry."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.http import http_date

from django_badger.awarding import revoke
from django_badger.feeds.entries import in_utc
from django_badger.feeds.texts import html, line, plain
from django_badger.models import Award, Badge
from tests.web.feeds import FORMATS, read_feed
from tests.web.world import NASTY, badge, give, noon

pytestmark = pytest.mark.django_db
each_format = pytest.mark.parametrize("kind", FORMATS)


@pytest.fixture
def award(ada, no_badges):
    return give(badge("one", tags=["odd"]), ada, awarded_at=noon(2026, 3, 4), earned_at=noon(2026, 3, 4))


def etag(client, kind="atom", **headers):
    return client.get(f"/badges/feeds/awards/{kind}/", headers=headers)["ETag"]


@each_format
class TestAskingAgain:
    def test_brings_nothing_where_nothing_changed(self, client, kind, award):
        first = client.get(f"/badges/feeds/awards/{kind}/")
        again = client.get(f"/badges/feeds/awards/{kind}/", headers={"if-none-match": first["ETag"]})

        assert again.status_code == 304
        assert again.content == b""
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again[name] == first[name]

    def test_brings_nothing_where_nothing_is(self, client, kind, no_badges):
        first = client.get(f"/badges/feeds/awards/{kind}/")

        assert etag(client, kind) == first["ETag"]

    def test_finds_a_change(self, client, kind, award, ada):
        before = etag(client, kind)
        give(badge("two"), ada)

        assert client.get(f"/badges/feeds/awards/{kind}/", headers={"if-none-match": before}).status_code == 200

    def test_is_the_same_for_whoever_asks(self, client, kind, award, ada, manager):
        before = etag(client, kind)
        for viewer in (ada, manager):
            client.force_login(viewer)
            assert etag(client, kind) == before

    def test_needs_no_body_to_know(self, client, kind, award):
        seen, told = client.get(f"/badges/feeds/awards/{kind}/"), client.head(f"/badges/feeds/awards/{kind}/")

        assert told.status_code == 200
        assert told.content == b""
        assert told["ETag"] == seen["ETag"]
        assert told["Content-Length"] == seen["Content-Length"]

    def test_may_wait_five_minutes(self, client, kind, award):
        response = client.get(f"/badges/feeds/awards/{kind}/")

        assert {part.strip() for part in response["Cache-Control"].split(",")} == {"public", "max-age=300"}
        assert {part.strip() for part in response["Vary"].split(",")} == {"Accept-Language", "Cookie"}

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_is_all_that_one_can_do(self, client, kind, method):
        response = getattr(client, method)(f"/badges/feeds/awards/{kind}/")

        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"


CHANGES = {
    "revoked": lambda award: revoke(award, by=None, reason="A mistake."),
    "hidden": lambda award: Award.objects.filter(pk=award.pk).update(hidden=True),
    "expired": lambda award: Award.objects.filter(pk=award.pk).update(expires_at=timezone.now() - timedelta(1)),
    "badge made secret": lambda award: Badge.objects.update(secret=True),
    "badge renamed": lambda award: Badge.objects.update(title="Other"),
    "reason changed": lambda award: Award.objects.filter(pk=award.pk).update(reason="Other."),
    "recipient gone": lambda award: award.recipient.delete(),
}


class TestWhatChanges:
    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
    def test_the_older_of_two_awards_is_seen_in_the_etag(self, client, award, bob, change):
        give(award.badge, bob)
        before = client.get("/badges/feeds/awards/atom/")

        change(award)
        after = client.get(
            "/badges/feeds/awards/atom/",
            headers={"if-none-match": before["ETag"], "if-modified-since": http_date()},
        )

        assert after.status_code == 200

    @pytest.mark.parametrize("middleware", [[], ["django.middleware.http.ConditionalGetMiddleware"]])
    def test_without_leaving_a_date_is_seen_by_those_who_ask_by_date_only(
        self, client, award, bob, middleware, settings
    ):
        settings.MIDDLEWARE = [*middleware, *settings.MIDDLEWARE]
        give(award.badge, bob)
        before = client.get("/badges/feeds/awards/atom/")
        assert "Ada" in before.content.decode()
        assert "Last-Modified" not in before

        CHANGES["hidden"](award)
        after = client.get("/badges/feeds/awards/atom/", headers={"if-modified-since": http_date()})

        assert after.status_code == 200
        assert "Ada" not in after.content.decode()

    def test_with_the_language_has_an_etag_for_each(self, client, award):
        assert etag(client) != etag(client, **{"accept-language": "ar"})


@pytest.mark.parametrize("address", ["awards", "badges", "badge/one", "people/{ada}", "people/{ada}/badges", "tag/odd"])
def test_there_are_four_formats(client, award, address):
    for kind in ("", "xml", "ATOM", "atom.xml", "html", "🦡", "%00", "a" * 5000):
        assert client.get(f"/badges/feeds/{address.format(ada=award.recipient_id)}/{kind}/").status_code == 404, kind


UNCARRIED = {
    "control": "a\x01\x02\x08\x0b\x0c\x1b\x1fb",
    "NUL": "a\x00b",
    "half a pair": "a\ud83eb",
    "other half": "a\udc00b",
    "no characters": "a\ufffe\uffffb",
}


NAMES = {"holder": ""}


def called(user):
    return NAMES["holder"]


@pytest.fixture
def call(award, settings, monkeypatch):
    """Call the holder of the award something that no database keeps, but code can say."""
    settings.BADGER_USER_DISPLAY = "tests.web.test_feed_answers.called"
    return lambda name: monkeypatch.setitem(NAMES, "holder", name)


@each_format
@pytest.mark.parametrize("text", UNCARRIED.values(), ids=UNCARRIED)
class TestWhatNoFormatCanCarry:
    def test_is_taken_out_and_the_rest_is_shown(self, client, kind, text, call):
        call(text)

        [item] = read_feed(client.get(f"/badges/feeds/awards/{kind}/"), kind).items

        assert item.title == "a b earned One"
        assert item.author == "a b"

    def test_leaves_a_name_to_those_who_have_nothing_else(self, client, kind, text, call):
        call(text.strip("ab"))

        assert read_feed(client.get(f"/badges/feeds/awards/{kind}/"), kind).titles == ["somebody earned One"]


@each_format
def test_what_a_database_keeps_of_them_is_taken_out(client, kind, award):
    Badge.objects.update(title="a\x01b", description="c\x02d", criteria="e\x1bf")
    award.badge.tags.update(name="g\x08h")
    Award.objects.update(reason="i\x0bj", occasion="k\x0cl")

    [given] = read_feed(client.get(f"/badges/feeds/tag/odd/{kind}/"), kind).items
    [made] = read_feed(client.get(f"/badges/feeds/badges/{kind}/"), kind).items

    assert given.title == "Ada earned a b"
    assert "cd" in given.text
    assert "ij" in given.text
    assert made.title == "a b"
    assert "ef" in made.text


@each_format
def test_a_badge_whose_title_says_nothing_is_called_by_its_slug(client, kind, award):
    Badge.objects.update(title="\x01")

    assert read_feed(client.get(f"/badges/feeds/badges/{kind}/"), kind).titles == ["one"]


@each_format
def test_no_text_gets_out_as_html(client, kind, award):
    Badge.objects.update(title=NASTY, description=NASTY)
    Award.objects.update(reason=NASTY)

    response = client.get(f"/badges/feeds/awards/{kind}/")
    [item] = read_feed(response, kind).items

    assert item.title == f"Ada earned {NASTY}"
    if kind == "json":
        assert item.text == f"{NASTY}\n\n{NASTY}"
    else:
        assert "<script>" not in item.text
        assert "&lt;script&gt;" in item.text
    if kind in {"atom", "rss"}:
        assert "<script>" not in response.content.decode()


class TestTexts:
    def test_keep_what_can_be_carried(self):
        kept = "tab\there, 🦡, \x7f, \u202e, \ufffd, \ud7ff, \ue000, \U0010ffff"

        assert plain(kept) == kept

    def test_are_paragraphs(self):
        assert plain("one", "", " \x01 ", "two\r\nlines") == "one\n\ntwo\r\nlines"

    def test_are_one_line(self):
        assert line(" one\n\ttwo\x00three ") == "one two three"

    def test_become_html(self):
        assert html("a < b\nc") == "<p>a &lt; b<br>c</p>"
        assert html("") == ""


class TestMomentsInUtc:
    def test_of_a_site_without_time_zones(self):
        naive = noon(2026, 7, 1).replace(tzinfo=None)

        assert in_utc(naive).isoformat() == "2026-07-01T10:00:00+00:00"

    @pytest.mark.parametrize("year", [1, 9999])
    def test_at_the_ends_of_the_calendar(self, year):
        zone = timezone.get_fixed_timezone(timedelta(hours=14 if year == 1 else -12))
        edge = noon(2026).replace(year=year, month=1 if year == 1 else 12, day=1 if year == 1 else 31, tzinfo=zone)

        assert in_utc(edge).isoformat() == edge.replace(tzinfo=None).isoformat() + "+00:00"
