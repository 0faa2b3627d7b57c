"""A million awards: every page asks as often as with ten, and none goes through the whole table."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_badger.models import Award, Badge
from django_badger.rarity import PEOPLE
from tests.web.test_cost import ADDRESSES, FEEDS, MOST
from tests.web.world import badge, give, manager, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgresql,
    pytest.mark.slow,
    pytest.mark.project("everything"),
    pytest.mark.usefixtures("no_badges"),
]

BADGES, PEOPLE_THERE, EACH = 1000, 100_000, 1000

FILL = """
INSERT INTO badger_award (uuid, badge_id, recipient_id, occasion, slot, route, reason, evidence, earned_at, awarded_at,
                          ended, revoked_reason, hidden)
SELECT gen_random_uuid(), badge.id, person.id, '', '', 'rule', '', '{{}}',
       now() - (badge.nr * 1000 + person.nr) * interval '20 seconds',
       now() - (badge.nr * 1000 + person.nr) * interval '20 seconds', '', '', person.nr %% 50 = 0
FROM (SELECT id, row_number() OVER (ORDER BY id) AS nr FROM badger_badge WHERE slug LIKE 'big-%%') AS badge
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nr FROM auth_user WHERE username LIKE 'person-%%') AS person
  ON (person.nr + badge.nr * 97) %% {people} < CASE WHEN badge.nr = 1 THEN 60000 ELSE {each} END
ON CONFLICT DO NOTHING
"""


def fill() -> None:
    """Make a thousand badges, a hundred thousand people, and a million awards; one badge is held by most people."""
    people: Any = get_user_model().objects
    people.bulk_create(
        [get_user_model()(username=f"person-{number}", password="!") for number in range(PEOPLE_THERE)],
        batch_size=10_000,
    )
    Badge.objects.bulk_create(Badge(slug=f"big-{number}", title=f"Big badge {number}") for number in range(BADGES))
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(people=PEOPLE_THERE, each=EACH), [])
        cursor.execute(
            "INSERT INTO badger_showcase (user_id, hidden, unlisted, updated_at)"
            " SELECT id, id %% 2 = 0, id %% 2 = 1, now() FROM auth_user WHERE id %% 40 = 0",
            [],
        )
        cursor.execute("ANALYZE")


def asked(client: Client, address: str) -> list[str]:
    cache.clear()
    cache.set(PEOPLE, PEOPLE_THERE)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200, address
    return [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_every_page_is_as_cheap_as_with_ten_and_goes_through_an_index():
    subject = badge("subject", series="row", tags=["common"])
    ada, boss = person("Ada"), manager()
    award = give(subject, ada, awarded_by=boss)
    for number in range(10):
        give(badge(f"badge-{number}", series="row", tags=["common"]), ada, days_ago=number)
    badge("badge-missed", series="row", tags=["common"]).prerequisites.add(subject, badge("badge-needed"))
    everything = ADDRESSES | FEEDS
    addresses = {name: one.format(award=award.uuid, person=ada.pk) for name, one in everything.items()}
    viewers = {"visitor": Client(), "holder": Client(), "manager": Client()}
    viewers["holder"].force_login(ada)
    viewers["manager"].force_login(boss)
    looks = [(who, name) for who in viewers for name in addresses if who != "visitor" or name not in {"me", "showcase"}]
    few = {(who, name): len(asked(viewers[who], addresses[name])) for who, name in looks}

    fill()
    popular = Badge.objects.get(slug="big-0")
    Badge.objects.filter(pk=popular.pk).update(title="A popular one", series="row")
    assert Award.objects.count() > 1_000_000
    give(popular, ada, awarded_at=timezone.now())

    scans, dearer = [], []
    big = {name: where.replace("subject", "big-0") for name, where in addresses.items() if "subject" in where}
    for who, name, where in [
        *((who, name, addresses[name]) for who, name in looks),
        *((who, name, where) for who in viewers for name, where in big.items()),
    ]:
        queries = asked(viewers[who], where)
        if not few[who, name] == len(queries) <= MOST:
            dearer.append((who, name, f"{few[who, name]} → {len(queries)}", *queries))
        plans = [(sql, plan(sql)) for sql in queries if sql.startswith("SELECT") and "badger_award" in sql]
        scans += [(who, name, sql, how) for sql, how in plans if "Seq Scan on badger_award" in how]
    assert not dearer, "\n\n".join("\n".join(one) for one in dearer)
    assert not scans, "\n\n".join("\n".join(scan) for scan in scans)
