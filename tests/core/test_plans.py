"""How the lists of awards are found, where the planner has the figures of a site that is not small."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from model_bakery import baker

from django_badger.models import Award, Badge

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
