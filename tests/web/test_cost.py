"""What pages ask the database: the same number of questions for one row and for fifty, and never more than twelve."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_badger.rarity import PEOPLE
from tests.web.feeds import FORMATS
from tests.web.world import badge, give, manager, noon, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_badges")]

MOST = 12
ADDRESSES = {
    "badge_list": "/badges/",
    "search": "/badges/?q=badge&status=published",
    "tag": "/badges/tag/common/",
    "badge_detail": "/badges/badge/subject/",
    "award_list_of_badge": "/badges/badge/subject/awards/",
    "older": "/badges/awards/?before=450000000000000-1",
    "award_list": "/badges/awards/",
    "award_detail": "/badges/award/{award}/",
    "person": "/badges/people/{person}/",
    "me": "/badges/me/",
    "showcase": "/badges/me/showcase/",
}
FEEDS = {
    "feed_of_awards": "/badges/feeds/awards/atom/",
    "feed_of_badges": "/badges/feeds/badges/rss/",
    "feed_of_badge": "/badges/feeds/badge/subject/json/",
    "feed_of_person": "/badges/feeds/people/{person}/activities/",
    "feed_of_maker": "/badges/feeds/people/{person}/badges/atom/",
    "feed_of_tag": "/badges/feeds/tag/common/atom/",
}


@pytest.fixture(params=["visitor", "member", "manager"])
def viewer(request):
    return {"visitor": lambda: None, "member": lambda: person("Milla"), "manager": manager}[request.param]()


def asked(client, address):
    """Return what one request asks, when the badges' holders are not in the cache; people are counted once an hour."""
    cache.clear()
    cache.set(PEOPLE, 100)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200, address
    return [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", ADDRESSES)
def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(client, settings, viewer, name):
    if name in {"me", "showcase"} and viewer is None:
        viewer = person("Somebody")
    settings.BADGER_PAGE_SIZE = 60
    compare(client, viewer, ADDRESSES[name])


@pytest.mark.parametrize("name", FEEDS)
def test_nor_does_that_of_feeds(client, manager, name):
    compare(client, manager, FEEDS[name])


def compare(client, viewer, where):
    """Ask for an address with one row of everything, then with fifty."""
    subject = badge("subject", series="row", tags=["common"], repeatable=True, errors=1, last_error="x")
    ada = viewer or person("Ada")
    award = give(subject, ada, slot="#0", awarded_by=person("Giver"))
    address = where.format(award=award.uuid, person=ada.pk)
    # Somebody who has a badge and misses one, whose prerequisite they have not.
    waits = badge("badge-0", tags=["common"])
    waits.prerequisites.add(badge("needed-0"))
    if viewer:
        client.force_login(viewer)
    few = asked(client, address)

    for number in range(1, 50):
        made = {"origin": "member", "created_by": ada} if number % 3 else {}
        other = badge(f"badge-{number}", series="row", tags=["common", f"tag-{number}"], **made)
        other.prerequisites.add(waits, subject)
        give(other, ada if number % 2 else person(), days_ago=number)
        give(subject, person(f"Person {number}"), slot="#0", awarded_by=person(), occasion="row", earned_at=noon(2026))
        give(subject, ada, slot=f"#{number}")
    many = asked(client, address)

    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= MOST, "\n".join(many)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("address", "most"),
    [("awards", 1), ("badges", 1), ("badge/one", 3), ("tag/odd", 2), ("people/{ada}", 2), ("people/{ada}/badges", 2)],
)
def test_a_feed_asks_for_its_subject_and_its_rows(client, ada, address, most, kind):
    give(badge("one", tags=["odd"], origin="member", created_by=ada), ada, awarded_by=ada)
    client.force_login(ada)

    # Not even for the reader's session: whoever asks gets the same.
    assert len(asked(client, f"/badges/feeds/{address.format(ada=ada.pk)}/{kind}/")) == most


def test_a_page_that_shows_no_badge_asks_nothing(client, rf, django_assert_num_queries):
    from django_badger.middleware import JustEarnedMiddleware

    request = rf.get("/")
    with django_assert_num_queries(0):
        JustEarnedMiddleware(lambda asked: None)(request)
