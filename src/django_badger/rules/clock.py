"""Moments and days as numbers that every database reckons with alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.db import connections
from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, Expression, Func, Value
from django.utils import timezone

#: A moment: of Python's, or a place in a query that is filled in when it is run.
Moment = datetime | Expression
MICROSECOND = timedelta(microseconds=1)


def moment_of(at: Moment) -> Expression:
    """Return a moment as an expression."""
    return at if isinstance(at, Expression) else Value(at, output_field=DateTimeField())


class Microseconds(Func):
    """A moment as a whole number: its microseconds since 1970."""

    output_field = BigIntegerField()
    template = "django_timestamp_diff(%(expressions)s, '1970-01-01 00:00:00')"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it with the exact number that PostgreSQL has."""
        template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it in the words of MariaDB and MySQL."""
        template = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)


class Days(Func):
    """A day as a whole number, a Monday's a multiple of seven: the days since 1 January of the year 1."""

    output_field = BigIntegerField()
    template = "CAST(julianday(%(expressions)s) - 1721425.5 AS integer)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it in the words of PostgreSQL."""
        return self.as_sql(
            compiler, connection, template="((%(expressions)s)::date - '0001-01-01'::date)::bigint", **context
        )

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it in the words of MariaDB and MySQL."""
        return self.as_sql(compiler, connection, template="(TO_DAYS(%(expressions)s) - 366)", **context)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=16)
def zones_of(alias: str) -> frozenset[str]:
    """Return the zones that a PostgreSQL server knows: asked once, because it reads hundreds of files to tell."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        return frozenset(name for (name,) in cursor.fetchall())


class Zone(Func):
    """The name of a time zone: that of a text, where it is one that everybody knows, else the site's."""

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, zones: frozenset[str] | None = None, compared: str = "%s") -> Any:  # type: ignore[override]
        """Return it with the names that Python knows, letter for letter: what a database does not know may raise."""
        text, params = compiler.compile(self.get_source_expressions()[0])
        names = ", ".join(f"'{name}'" for name in sorted(_zones() if zones is None else zones))
        site = timezone.get_default_timezone_name()
        return f"CASE WHEN {compared % text} IN ({names}) THEN {text} ELSE '{site}' END", (*params, *params)

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return it with the names that the server knows, too."""
        return self.as_sql(compiler, connection, _zones() & zones_of(connection.alias))

    def as_mysql(self, compiler: Any, connection: Any) -> Any:
        """Return it in the words of MariaDB and MySQL, for which otherwise small and large letters are the same."""
        return self.as_sql(compiler, connection, compared="CAST(%s AS BINARY)")


class LocalDate(Func):
    """The day of a moment, in a time zone that a text names: ``LocalDate(F("created_at"), Zone(F("zone")))``."""

    output_field = DateField()

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # type: ignore[override]
        """Return it by the function that Django gives to SQLite."""
        moment, zone, params = self._parts(compiler)
        return f"django_datetime_cast_date({moment}, {zone}, '{connection.timezone_name}')", params

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return it in the words of PostgreSQL."""
        moment, zone, params = self._parts(compiler)
        return f"({moment} AT TIME ZONE {zone})::date", params

    def as_mysql(self, compiler: Any, connection: Any) -> Any:
        """Return it in the words of MariaDB and MySQL, which answer NULL for a zone that is not in their tables."""
        moment, zone, params = self._parts(compiler)
        own = timezone.get_default_timezone_name()
        told = f"CONVERT_TZ({moment}, '{connection.timezone_name}', {zone})"
        site, others = compiler.compile(self.get_source_expressions()[0])
        return f"DATE(COALESCE({told}, CONVERT_TZ({site}, '{connection.timezone_name}', '{own}')))", (*params, *others)

    def _parts(self, compiler: Any) -> tuple[str, str, tuple[Any, ...]]:
        (moment, first), (zone, second) = map(compiler.compile, self.get_source_expressions())
        return moment, zone, (*first, *second)
