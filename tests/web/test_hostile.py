"""No input makes an error page, and no text gets out as HTML."""

from urllib.parse import quote

import pytest

from django_badger.models import Badge
from tests.web.feeds import FORMATS, read_feed
from tests.web.world import NASTY, badge, give, manager, noon, person, words

pytestmark = pytest.mark.django_db
drawn = pytest.mark.usefixtures("engine")

TEXTS = {
    "NUL": "\x00",
    "NUL inside": "first\x00post",
    "long": "x" * 100_000,
    "many words": "word " * 20_000,
    "percent signs": "%" * 1000,
    "wildcards": "_%\\" * 100,
    "quotes": "'\";--",
    "emoji": "🦡" * 255,
    "right to left": "\u202eabc",
    "combining": "a" + "\u0301" * 500,
    "half a pair": "%ed%a0%80",
    "other digits": "१२३",
    "control": "\x01\x02\x1b[31m\r\n",
    "markup": NASTY,
    "template": "{{ 7*7 }}{% debug %}",
    "number": "9" * 400,
    "minus": "-1",
    "dots": "../../etc/passwd",
    "nothing": "",
}
PARAMETERS = ["q", "status", "series", "page", "before", "said", "unknown"]
PATHS = [
    "tag/{}/", "badge/{}/", "badge/{}/awards/", "badge/{}/picture.png", "award/{}/", "award/{}/choose/", "people/{}/",
    "feeds/{}/", "feeds/awards/{}/", "feeds/badge/{}/atom/", "feeds/badge/first-post/{}/", "feeds/people/{}/rss/",
    "feeds/people/{}/badges/json/", "feeds/tag/{}/activities/",
]  # fmt: skip
FEEDS = ["awards", "badges", "badge/made", "people/{ada}", "people/{ada}/badges", "tag/odd"]
#: What somebody may write into the headers with which feeds are asked for again.
HEADERS = ["if-none-match", "if-modified-since", "accept-language", "accept"]


@drawn
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(
    "address", ["", "badge/first-post/", "badge/first-post/awards/", "awards/", "me/", "me/showcase/"]
)
def test_no_parameters_make_an_error(client, ada, address, text):
    client.force_login(ada)

    response = client.get(f"/badges/{address}", dict.fromkeys(PARAMETERS, text))

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_no_address_makes_an_error(client, ada, path):
    client.force_login(ada)

    for name, text in TEXTS.items():
        if text:
            quoted = quote(text, safe="%" if text.startswith("%ed") else "")
            assert client.get("/badges/" + path.format(quoted)).status_code == 404, name


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_parameters_and_headers_make_an_error_of_a_feed(client, ada, kind, text):
    give(badge("made", tags=["odd"], origin="member", created_by=ada), ada)

    for address in FEEDS:
        headers = dict.fromkeys(HEADERS, text.replace("\r\n", ""))  # no server lets a line end into a header
        response = client.get(
            f"/badges/feeds/{address.format(ada=ada.pk)}/{kind}/", dict.fromkeys(PARAMETERS, text), headers=headers
        )
        assert len(read_feed(response, kind).items) >= 1, address


TITLES = ["🦡" * 255, "\u202eabc", " ", "…", "“”", "a\u0301" * 100, "\u200b", "½ x", "ß", NASTY]


@drawn
@pytest.mark.parametrize("title", TITLES)
def test_any_title_can_be_shown(client, ada, title):
    made = badge("made", title=title, description=title, criteria=title, tier=title[:40])
    given = give(
        made, ada, reason=title, occasion=title[:100], slot="", evidence={"value": title, "goal": title, "x": title}
    )
    client.force_login(ada)

    for address in ("", "badge/made/", "badge/made/awards/", "awards/", f"award/{given.uuid}/", "me/", "me/showcase/"):
        response = client.get(f"/badges/{address}")
        assert response.status_code == 200
        html = response.content.decode()
        assert "<script>alert" not in html, address
        assert "&amp;lt;" not in html, address


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("title", [*TITLES, "\x01\x02\x1b[31m", "]]>", "&amp;", "&#x1;"])
def test_any_title_can_be_read_in_a_feed(client, ada, kind, title):
    made = badge("made", tags=["odd"], title=title, description=title, criteria=title, origin="member", created_by=ada)
    made.tags.update(name=title[:60])
    give(made, ada, reason=title, occasion=title[:100], slot="")

    for address in FEEDS:
        found = read_feed(client.get(f"/badges/feeds/{address.format(ada=ada.pk)}/{kind}/"), kind)
        said = " ".join(title.replace("\x01", "").replace("\x02", "").replace("\x1b", "").split()) or "made"
        assert any(item.title.endswith(said) for item in found.items), address


@drawn
def test_names_and_tags_and_errors_are_escaped(client, settings):
    boss = manager()
    ada = person(NASTY[:30])
    settings.BADGER_USER_DISPLAY = "tests.web.test_hostile.nasty"
    made = badge("made", tags=["odd"], errors=1, last_error=NASTY, series="s")
    made.tags.update(name=NASTY)
    badge("sister", title=NASTY, series="s")
    given = give(made, ada, awarded_by=ada, route="hand")
    client.force_login(boss)

    for address in (
        "",
        "tag/odd/",
        "badge/made/",
        "badge/made/awards/",
        "awards/",
        f"award/{given.uuid}/",
        f"people/{ada.pk}/",
    ):
        html = client.get(f"/badges/{address}").content.decode()
        assert "<script>alert" not in html, address
        assert "&lt;script&gt;alert" in html, address


def nasty(user):
    return NASTY


def test_people_without_an_address_or_a_name_are_shown(client, settings, django_user_model):
    settings.BADGER_USER_DISPLAY = "django_badger.people.display"
    nobody = person(**{django_user_model.USERNAME_FIELD: "someone@example.org"})
    given = give(Badge.objects.get(slug="first-post"), nobody)

    for address in ("awards/", f"award/{given.uuid}/", f"people/{nobody.pk}/", "badge/first-post/"):
        html = client.get(f"/badges/{address}").content.decode()
        assert "someone@example.org" not in html
        assert f"Member {nobody.pk}" in html


def test_awards_far_in_the_past_and_future_are_shown(client, ada):
    made = Badge.objects.get(slug="first-post")
    given = give(made, ada, earned_at=noon(1), awarded_at=noon(1902), expires_at=noon(9998))
    give(badge("other"), ada, earned_at=noon(9998), awarded_at=noon(9998))

    assert client.get("/badges/awards/").status_code == 200
    assert "Valid until" in words(client.get(f"/badges/award/{given.uuid}/"))


def test_awards_from_before_1970_have_a_place_in_the_list(client, ada, settings):
    settings.BADGER_PAGE_SIZE = 1
    made = badge("old", repeatable=True)
    for year in (1960, 1961, 1962):
        give(made, ada, awarded_at=noon(year), slot=str(year), reason=f"year {year}.")

    where, seen = "/badges/awards/", []
    while where:
        response = client.get(where)
        seen.append(next(year for year in (1960, 1961, 1962) if f"year {year}." in words(response)))
        from tests.web.test_awards import _link

        where = _link(response, "Older")

    assert seen == [1962, 1961, 1960]


def test_pages_are_not_written_to(client, ada):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)("/badges/").status_code == 405
    assert client.head("/badges/").status_code == 200
