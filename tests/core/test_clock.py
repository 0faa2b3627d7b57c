"""Moments and days as numbers: the words of each database, spelled on the one that the tests run on."""

import datetime

import pytest
from django.db import connection
from django.db.models import F

from django_badger.rules.clock import Days, LocalDate, Microseconds, Zone, moment_of, zones_of
from tests.studio.models import Home, Piece

pytestmark = pytest.mark.django_db


@pytest.fixture
def spelled():
    """Spell an expression about the columns of a model in the words of a database."""

    def spell(model, expression, vendor):
        query = model.objects.all().query
        compiler = query.get_compiler("default")
        return getattr(expression.resolve_expression(query), f"as_{vendor}")(compiler, connection)[0]

    return spell


@pytest.fixture
def server_zones():
    """A server that knows two time zones, one of which Python has never heard of."""
    zones_of.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE pg_timezone_names (name text)")
        cursor.execute("INSERT INTO pg_timezone_names VALUES ('Asia/Tokyo'), ('Mars/Olympus')")
    yield
    zones_of.cache_clear()


def test_a_moment_and_a_day_are_the_numbers_that_python_gives_them(user):
    moment = datetime.datetime(2026, 3, 29, 1, 2, 3, 456789, tzinfo=datetime.UTC)
    Piece.objects.create(author=user, created_at=moment, made_on=moment.date())
    told = Piece.objects.values_list(Microseconds(F("created_at")), Microseconds(moment_of(moment)), Days(F("made_on")))
    since_1970 = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)
    assert list(told) == [(since_1970, since_1970, moment.date().toordinal() - 1)]


def test_mondays_are_multiples_of_seven(user):
    Piece.objects.create(author=user, made_on=datetime.date(2026, 3, 30))
    assert Piece.objects.values_list(Days(F("made_on")), flat=True).get() % 7 == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("vendor", "words"),
    [
        ("postgresql", '(EXTRACT(EPOCH FROM "studio_piece"."created_at") * 1000000)::bigint'),
        ("mysql", 'TIMESTAMPDIFF(MICROSECOND, \'1970-01-01\', "studio_piece"."created_at")'),
    ],
)
def test_microseconds_in_other_words(spelled, vendor, words):
    assert spelled(Piece, Microseconds(F("created_at")), vendor) == words


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("vendor", "words"),
    [
        ("postgresql", '(("studio_piece"."made_on")::date - \'0001-01-01\'::date)::bigint'),
        ("mysql", '(TO_DAYS("studio_piece"."made_on") - 366)'),
    ],
)
def test_days_in_other_words(spelled, vendor, words):
    assert spelled(Piece, Days(F("made_on")), vendor) == words


@pytest.mark.sqlite
def test_postgresql_is_named_only_zones_that_it_knows(spelled, server_zones):
    sql = spelled(Home, Zone(F("timezone")), "postgresql")
    column = '"studio_home"."timezone"'
    assert sql == f"CASE WHEN {column} IN ('Asia/Tokyo') THEN {column} ELSE 'Europe/Berlin' END"


@pytest.mark.sqlite
def test_mariadb_compares_the_names_of_zones_letter_for_letter(spelled):
    sql = spelled(Home, Zone(F("timezone")), "mysql")
    assert sql.startswith('CASE WHEN CAST("studio_home"."timezone" AS BINARY) IN (\'Africa/Abidjan\', ')


@pytest.mark.sqlite
def test_the_day_of_somebody_in_other_words(spelled):
    day = LocalDate(F("created_at"), F("kind"))
    own, site = '"studio_piece"."created_at"', "'Europe/Berlin'"
    assert spelled(Piece, day, "postgresql") == f'({own} AT TIME ZONE "studio_piece"."kind")::date'
    assert spelled(Piece, day, "mysql") == (
        f"DATE(COALESCE(CONVERT_TZ({own}, 'UTC', \"studio_piece\".\"kind\"), CONVERT_TZ({own}, 'UTC', {site})))"
    )
