"""Where badges listen to one event, one row names all that somebody has of them. It changes no award."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from django_badger import badge, rules
from django_badger._engine import arms
from django_badger._engine.sync import sync
from django_badger.awarding import award, revoke
from django_badger.models import Award, Badge
from guestbook.models import Entry

# Not in a test's transaction: in one, the keys of badges are not relied upon.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registry")]

MANY = arms.NAMED + 20
MARCH, APRIL = datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)


def write(user, at=APRIL):
    """Write an entry; return the statements that were sent after it was saved."""
    with CaptureQueriesContext(connection) as captured:
        Entry.objects.create(author=user, message="Hello", created_at=at)
    return [query["sql"] for query in captured.captured_queries[1:]]


def many(*, reaches=2, **options):
    """Declare very many badges on one measure."""
    when = rules.count(Entry, by="author", reaches=reaches, **options)
    found = [badge(f"b-{number:02}", title=f"B {number}", when=when) for number in range(MANY)]
    sync()
    return found


def gathers(statement):
    return "GROUP_CONCAT" in statement.upper() or "STRING_AGG" in statement.upper()


def held(user):
    return sorted(Award.objects.to(user).standing().values_list("badge__slug", "occasion"))


def test_one_row_is_read_of_all_that_somebody_has(user):
    badges = many()
    write(user, MARCH)
    write(user)
    assert held(user) == [(one.slug, "") for one in badges]
    sent = write(user)
    assert len(sent) == 1
    assert gathers(sent[0]) == (connection.vendor != "mysql")
    assert Award.objects.count() == MANY


def test_of_a_few_that_know_no_occasion_one_row_is_read_too(user):
    for number in (1, 2, 3):
        badge(f"few-{number}", title="Few", when=rules.count(Entry, by="author", reaches=number))
    sync()
    award("few-1", to=user, occasion="2025")  # a place of its own
    award("few-2", to=user)
    revoke(award("few-3", to=user).award, reason="By mistake.")
    for _ in range(3):
        write(user)
    assert held(user) == [("few-1", ""), ("few-1", "2025"), ("few-2", "")]
    sent = write(user)
    assert len(sent) == 1  # what was revoked is not tried in vain
    assert gathers(sent[0]) == (connection.vendor != "mysql")


def test_what_is_missing_is_awarded_and_what_was_revoked_is_not(user):
    badges = many()
    rows = {row.slug: row for row in Badge.objects.all()}
    given, revoked = badges[:10], badges[10]
    for one in [*given, revoked]:
        award(rows[one.slug], to=user)
    revoke(Award.objects.get(badge=rows[revoked.slug]), reason="By mistake.")
    write(user, MARCH)
    assert len(held(user)) == 10
    write(user)
    assert held(user) == [(one.slug, "") for one in badges if one is not revoked]
    assert Award.objects.count() == MANY
    assert set(Award.objects.exclude(route="rule").values_list("badge__slug", flat=True)) == {
        one.slug for one in [*given, revoked]
    }
    assert len(write(user)) == 1  # what was revoked is not tried in vain


def test_awards_of_other_badges_and_of_other_people_are_no_matter(user, make_person):
    many(reaches=1)
    write(make_person())
    other = baker.make(Badge, slug="other", status="published")
    award(other, to=user)
    write(user)
    assert len(held(user)) == MANY + 1


def test_an_occasion_is_a_place_of_its_own(user):
    badges = many(reaches=1, each=rules.month("created_at"))
    write(user, MARCH)
    write(user, APRIL)
    assert held(user) == [(one.slug, month) for one in badges for month in ("2026-03", "2026-04")]
    assert len(write(user, APRIL)) == 1


def test_where_few_listen_an_occasion_is_a_place_of_its_own_too(user):
    slugs = ["entry", "entry-too"]
    for slug in slugs:
        badge(slug, title="Entry", when=rules.count(Entry, by="author", reaches=1, each=rules.month("created_at")))
    sync()
    write(user, MARCH)
    write(user, APRIL)
    assert held(user) == [(slug, month) for slug in slugs for month in ("2026-03", "2026-04")]
    assert len(write(user, APRIL)) == 1


def test_what_others_rest_on_is_read_with_its_date(user):
    many()
    badge("early", title="Early", when=rules.created(Entry, by="author"))
    badge("both", title="Both", when=rules.has_all("early", "late"))
    badge("late", title="Late", when=rules.count(Entry, by="author", reaches=3))
    sync()
    write(user, MARCH)
    write(user, APRIL)
    assert len([sql for sql in write(user, MARCH) if "INSERT" in sql.upper()]) == 1  # with what it completes
    assert ("both", "") in held(user)
    assert Award.objects.get(badge__slug="both").earned_at == APRIL
    assert Award.objects.count() == MANY + 3
