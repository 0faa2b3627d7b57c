"""What pages ask the database: the same number of questions for one row and for fifty, and never more than twelve."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_badger.rarity import PEOPLE
from tests.web.world import badge, give, manager, noon, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine", "no_badges")]

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


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(client, settings, viewer, name):
    if name in {"me", "showcase"} and viewer is None:
        viewer = person("Somebody")
    settings.BADGER_PAGE_SIZE = 60
    subject = badge("subject", series="row", tags=["common"], repeatable=True, errors=1, last_error="x")
    ada = viewer or person("Ada")
    award = give(subject, ada, slot="#0", awarded_by=person("Giver"))
    address = ADDRESSES[name].format(award=award.uuid, person=ada.pk)
    # Somebody who has a badge and misses one, whose prerequisite they have not.
    waits = badge("badge-0", tags=["common"])
    waits.prerequisites.add(badge("needed-0"))
    if viewer:
        client.force_login(viewer)
    few = asked(client, address)

    for number in range(1, 50):
        other = badge(f"badge-{number}", series="row", tags=["common", f"tag-{number}"])
        other.prerequisites.add(waits, subject)
        give(other, ada if number % 2 else person(), days_ago=number)
        give(subject, person(f"Person {number}"), slot="#0", awarded_by=person(), occasion="row", earned_at=noon(2026))
        give(subject, ada, slot=f"#{number}")
    many = asked(client, address)

    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= MOST, "\n".join(many)


def test_a_page_that_shows_no_badge_asks_nothing(client, rf, django_assert_num_queries):
    from django_badger.middleware import JustEarnedMiddleware

    request = rf.get("/")
    with django_assert_num_queries(0):
        JustEarnedMiddleware(lambda asked: None)(request)
