"""What is not shown on its page is not shown anywhere: kind of badge or award × who looks × page or feed."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from django_badger import showcase
from django_badger.parts import rendered
from tests.web.feeds import FORMATS, read_feed
from tests.web.world import badge, give, manager, noon, person, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_badges")]
drawn = pytest.mark.usefixtures("engine")

TITLE = "Peculiar"
KINDS: dict[str, dict[str, Any]] = {
    "published": {},
    "draft": {"status": "draft"},
    "disabled": {"status": "disabled"},
    "orphaned": {"status": "orphaned"},
    "secret": {"secret": True},
    "hidden award": {},
    "revoked award": {},
    "expired award": {},
    "all hidden": {},
    "in no list": {},
}
#: What is special about the award of some kinds.
AWARDS: dict[str, dict[str, Any]] = {
    "hidden award": {"hidden": True},
    "revoked award": {"ended": "revoked"},
    "expired award": {"expires_at": noon(2020)},
}
#: What the holder chose for all awards.
CHOICES: dict[str, dict[str, bool]] = {"all hidden": {"hidden": True}, "in no list": {"unlisted": True}}
EVERYBODY = {"visitor", "member", "holder", "manager"}
#: Who sees the badge itself.
BADGE_SEEN = {
    "published": EVERYBODY,
    "draft": {"manager"},
    "disabled": EVERYBODY,
    "orphaned": EVERYBODY,
    "secret": {"holder", "manager"},
    "hidden award": EVERYBODY,
    "revoked award": EVERYBODY,
    "expired award": EVERYBODY,
    "all hidden": EVERYBODY,
    "in no list": EVERYBODY,
}
#: Who sees the award that the holder has of it.
AWARD_SEEN = BADGE_SEEN | {
    "hidden award": {"holder"},
    "revoked award": set(),
    "expired award": set(),
    "all hidden": {"holder"},
}
#: Who sees it in lists of several people, and counts it.
AWARD_LISTED = AWARD_SEEN | {"in no list": {"holder"}}
CASES = [(kind, viewer) for kind in KINDS for viewer in sorted(EVERYBODY)]


@pytest.fixture
def world(request, client):
    """Make the badge and its award, and let the viewer in."""
    kind, viewer = request.param
    made = badge("peculiar", title=TITLE, tags=["odd"], origin="member", created_by=person("Maxine"), **KINDS[kind])
    holder = person("Holger")
    given = give(made, holder, reason="For something.", **AWARDS.get(kind, {}))
    showcase.choose(holder, **CHOICES.get(kind, {}))
    people = {"holder": holder, "member": person("Milla"), "manager": manager()}
    if viewer in people:
        client.force_login(people[viewer])
    return client, kind, viewer, holder, given


cases = pytest.mark.parametrize("world", CASES, ids=[f"{kind}, {viewer}" for kind, viewer in CASES], indirect=True)


@drawn
@cases
def test_pages_of_the_badge(world):
    client, kind, viewer, _holder, _given = world
    seen = viewer in BADGE_SEEN[kind]

    assert (TITLE in words(client.get("/badges/"))) is seen
    assert (TITLE in words(client.get("/badges/", {"q": "peculiar"}))) is seen
    assert ("Odd" in words(client.get("/badges/"))) is seen
    of_it = ("/badges/badge/peculiar/", "/badges/badge/peculiar/awards/", "/badges/badge/peculiar/picture.png")
    for address in ("/badges/tag/odd/", *of_it):
        assert client.get(address).status_code == (200 if seen else 404), address


@drawn
@cases
def test_pages_of_the_award(world):
    client, kind, viewer, holder, given = world
    seen, listed = viewer in AWARD_SEEN[kind], viewer in AWARD_LISTED[kind]

    assert client.get(f"/badges/award/{given.uuid}/").status_code == (200 if seen else 404)
    assert (TITLE in words(client.get("/badges/awards/"))) is listed
    # What is within reach is not what is held, so it never shows the badge here.
    assert (TITLE in words(client.get(f"/badges/people/{holder.pk}/"))) is seen
    if viewer in BADGE_SEEN[kind]:
        shown = words(client.get("/badges/badge/peculiar/"))
        assert ("1 person has it." in shown) is listed
        assert ("Held by" in shown) is listed
        assert ("Nobody has it yet." in shown) is not listed
        assert ("For something." in words(client.get("/badges/badge/peculiar/awards/"))) is listed


#: Whose awards are counted at all: hidden ones are not, whoever looks.
COUNTED = {kind for kind, seen in AWARD_LISTED.items() if seen - {"holder"} or kind == "secret"}


@drawn
@cases
def test_how_rare_the_badge_is(world):
    client, kind, viewer, _holder, _given = world

    shown = words(client.get("/badges/"))

    assert ("Held by" in shown) is (viewer in BADGE_SEEN[kind] and kind in COUNTED)
    if viewer not in BADGE_SEEN[kind]:
        assert TITLE not in shown


@drawn
@cases
def test_parts_on_pages_of_the_site(world, rf):
    client, kind, viewer, holder, _given = world
    who = client.session.get("_auth_user_id")
    looker = get_user_model().objects.get(pk=who) if who else AnonymousUser()

    assert (TITLE in rendered.recent_awards(viewer=looker)) is (viewer in AWARD_LISTED[kind])
    assert (TITLE in rendered.badge_list(holder, viewer=looker)) is (viewer in AWARD_SEEN[kind])


@cases
def test_feeds_of_the_badge(world):
    client, kind, _viewer, _holder, given = world
    seen = "visitor" in BADGE_SEEN[kind]

    for address, form in product(("badges", f"people/{given.badge.created_by_id}/badges"), FORMATS):
        found = client.get(f"/badges/feeds/{address}/{form}/")
        assert read_feed(found, form).titles == ([TITLE] if seen else []), address
        assert (TITLE in found.content.decode()) is seen
        assert ("Maxine" in found.content.decode()) is (seen or address != "badges")
    for address, form in product(("badge/peculiar", "tag/odd"), FORMATS):
        assert client.get(f"/badges/feeds/{address}/{form}/").status_code == (200 if seen else 404), address


@cases
def test_feeds_of_the_award(world):
    client, kind, _viewer, holder, given = world
    addresses = {"awards": AWARD_LISTED, f"people/{holder.pk}": AWARD_SEEN}
    if "visitor" in BADGE_SEEN[kind]:
        addresses |= {"badge/peculiar": AWARD_LISTED, "tag/odd": AWARD_LISTED}

    for (address, table), form in product(addresses.items(), FORMATS):
        seen = "visitor" in table[kind]
        found = client.get(f"/badges/feeds/{address}/{form}/")
        assert read_feed(found, form).titles == ([f"Holger earned {TITLE}"] if seen else []), address
        assert (str(given.uuid) in found.content.decode()) is seen
        assert ("For something." in found.content.decode()) is seen


@drawn
def test_a_draft_is_seen_by_its_maker(client, ada):
    badge("mine", title=TITLE, status="draft", created_by=ada)
    client.force_login(ada)

    assert "Draft: only its makers see it." in words(client.get("/badges/badge/mine/"))
    assert TITLE in words(client.get("/badges/", {"status": "draft"}))


@drawn
def test_a_secret_badge_says_that_it_is_one(client, ada):
    give(badge("mine", title=TITLE, secret=True), ada)
    client.force_login(ada)

    assert "Secret: unseen until earned." in words(client.get("/badges/badge/mine/"))


@drawn
def test_the_series_names_no_badge_that_the_reader_may_not_see(client):
    badge("one", title="One", series="numbers")
    badge("two", title="Two", series="numbers", secret=True)
    badge("three", title="Three", series="numbers", status="draft")

    shown = words(client.get("/badges/badge/one/"))

    assert "Two" not in shown
    assert "Three" not in shown
