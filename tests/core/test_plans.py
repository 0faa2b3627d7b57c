"""How awards are found and made, where the planner has the figures of a site that is not small."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.models import Award, Badge
from django_badger.runs import backfill
from django_badger.testing import happened
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def many():
    """A hundred badges with thirty awards each; SQLite is told how the values are spread."""
    people = baker.make(get_user_model(), _quantity=30, _bulk_create=True)
    badges = Badge.objects.bulk_create(Badge(slug=f"badge-{number}", title="Badge") for number in range(100))
    Award.objects.bulk_create(Award(badge=badge, recipient=person) for badge in badges for person in people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield people[0], badges[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_master")  # forget them, too


def plan(awards):
    return awards.newest_first()[:25].explain()


def test_the_newest_of_everybody_come_in_the_order_of_their_index(many):
    person, _badge = many

    for viewer in (None, person):
        for awards in (Award.objects.visible_to(viewer), Award.objects.listed_to(viewer)):
            found = plan(awards.with_badges())
            assert "badger_award USING INDEX badger_award_recent" in found
            assert "TEMP B-TREE" not in found


def test_those_of_a_badge_and_of_a_person_too(many):
    person, badge = many

    assert "USING INDEX badger_award_badge (badge_id=?" in plan(Award.objects.listed_to(None).of(badge))
    assert "USING INDEX badger_award_person (recipient_id=?" in plan(Award.objects.visible_to(None).to(person))


#: What ``ANALYZE`` says of a million people with four million awards of ten badges.
MILLIONS = {
    "sqlite_autoindex_auth_user_1": "1000000 1",
    "sqlite_autoindex_badger_award_2": "4000000 400000 1 1",
    "badger_award_badge": "4000000 400000 1 1",
    "badger_award_person": "4000000 4 1 1",
}


@pytest.mark.project("everything")
def test_a_run_does_not_go_through_all_people_for_each_range_of_them(many, registry):
    """As SQLite does that makes itself a Bloom filter of a table."""
    badge("all", title="All", when=rules.has_all(*(f"badge-{number}" for number in range(10))))
    with connection.cursor() as cursor:
        for index, figures in MILLIONS.items():
            cursor.execute("UPDATE sqlite_stat1 SET stat = %s WHERE idx = %s", [figures, index])
            assert cursor.rowcount == 1
        cursor.execute("ANALYZE sqlite_master")

    with CaptureQueriesContext(connection) as captured:
        assert backfill(["all"]).added == 30

    [made] = [one["sql"] for one in captured if one["sql"].startswith('INSERT INTO "badger_award"')]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {made}")
        steps = [step for *_rest, step in cursor.fetchall()]
    assert "SEARCH auth_user USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert not [step for step in steps if "BLOOM" in step]


@pytest.mark.parametrize("earned", [False, True])
def test_an_event_reads_the_rows_of_a_person_in_the_order_of_their_index(user, registry, earned):
    """And sorts none of them, however many there are."""
    badge("entries", title="Entries", when=rules.count(Entry, by="author", reaches=1 if earned else 1000))
    sync()
    for _entry in range(2):
        with CaptureQueriesContext(connection) as captured, happened():
            Entry.objects.create(author=user, message="Hello")
    [question] = [query["sql"] for query in captured if "badger_arm" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {question}")
        steps = [step for *_rest, step in cursor.fetchall()]
    assert [step for step in steps if step.startswith("SEARCH guestbook_entry USING INDEX")]
    assert not [step for step in steps if "TEMP B-TREE" in step]
