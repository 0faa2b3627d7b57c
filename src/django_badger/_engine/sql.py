"""SQL that the ORM cannot say: pieces with their parameters, put together in the order in which they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import DecimalField, Field, QuerySet

from django_badger._engine.statement import Blank
from django_badger.models import Award

#: Where the number stands in evidence that is written before the number is known.
NUMBER_HERE = "\x00"
#: The databases that these statements are written for.
VENDORS = ("sqlite", "postgresql", "mysql")


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and its parameters, some of which may be blanks."""

    text: str
    params: tuple[Any, ...] = ()

    def filled(self, values: Mapping[str, Any], using: str) -> Sql:
        """Return it with these values in its blanks."""
        connection = connections[using]
        params = (one.filled(values[one.name], connection) if isinstance(one, Blank) else one for one in self.params)
        return Sql(self.text, tuple(params))


def sql(*pieces: Sql | str) -> Sql:
    """Return the pieces as one."""
    parts = [piece if isinstance(piece, Sql) else Sql(piece) for piece in pieces]
    return Sql(" ".join(part.text for part in parts), tuple(param for part in parts for param in part.params))


def joined(separator: str, pieces: Iterable[Sql | str]) -> Sql:
    """Return the pieces as one, with ``separator`` between them."""
    found: list[Sql | str] = []
    for piece in pieces:
        found += [separator, piece] if found else [piece]
    return sql(*found)


def compiled(query: QuerySet[Any, Any], using: str) -> Sql | None:
    """Return a query as SQL; None where Django sees that it finds nothing."""
    try:
        text, params = query.query.get_compiler(using=using).as_sql()
    except EmptyResultSet:
        return None
    return Sql(text, tuple(params))


def value_of(field: Field[Any, Any], value: Any, using: str) -> Sql:
    """Return a value with its type, so that every database knows it wherever it stands."""
    connection = connections[using]
    prepared = field.get_db_prep_value(value, connection)
    if isinstance(field, DecimalField):
        return Sql("CAST(%s AS DECIMAL(30, 6))" if connection.vendor == "mysql" else "CAST(%s AS NUMERIC)", (prepared,))
    if connection.vendor == "postgresql":
        return Sql(f"CAST(%s AS {field.cast_db_type(connection)})", (prepared,))
    return Sql("%s", (prepared,))  # SQLite's casts would turn moments into numbers, MariaDB has none of booleans


def blank_of(name: str, field: Any, using: str) -> Sql:
    """Return a place that is filled in with a value of this field when the statement is run, with its type."""
    return Sql(value_of(field, None, using).text, (Blank(name, field),))


def new_uuid(using: str) -> str:
    """Return the expression for a random public id (version 4), another one for each row."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        return "gen_random_uuid()"
    if connection.vendor == "sqlite":
        some, join, variant = "lower(hex(randomblob(%d)))", " || ", "substr('89ab', 1 + abs(random() %% 4), 1)"
    else:
        some, join, variant = "LOWER(HEX(RANDOM_BYTES(%d)))", ", ", "SUBSTR('89ab', 1 + FLOOR(RAND() * 4), 1)"
    variant = variant.replace("%%", "%")
    six, three = some % 6, f"substr({some % 2}, 2)"
    digits = join.join([six, "'4'", three, variant, three, six])
    # A percent sign is doubled: the statement has parameters.
    return (digits if connection.vendor == "sqlite" else f"CONCAT({digits})").replace("%", "%%")


def number_text(column: str, using: str) -> str:
    """Return the expression for a number as evidence writes it: without zeros at its end."""
    vendor = connections[using].vendor
    if vendor == "postgresql":
        return f"CAST(trim_scale(ROUND({column}, 6)) AS text)"
    if vendor == "sqlite":
        whole = f"CAST(CAST({column} AS INTEGER) AS TEXT)"
        return f"CASE WHEN {column} = CAST({column} AS INTEGER) THEN {whole} ELSE CAST(ROUND({column}, 6) AS TEXT) END"
    fixed = f"CAST(CAST({column} AS DECIMAL(30, 6)) AS CHAR)"
    return f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {fixed}))"


def concatenated(pieces: Iterable[Sql | str], using: str) -> Sql:
    """Return the expression for texts put one behind the other."""
    if connections[using].vendor == "mysql":
        return sql("CONCAT(", joined(",", pieces), ")")
    return sql("(", joined("||", pieces), ")")


def text_of(text: str, using: str) -> Sql:
    """Return a text with its type."""
    return Sql("CAST(%s AS text)" if connections[using].vendor == "postgresql" else "%s", (text,))


def evidence_text(evidence: Mapping[str, Any], number: str, using: str) -> Sql:
    """Return the expression for evidence as JSON; where it says ``NUMBER_HERE``, the number in this column stands."""
    pieces = json.dumps(dict(evidence)).split(json.dumps(NUMBER_HERE)[1:-1])
    found: list[Sql | str] = [text_of(pieces[0], using)]
    for piece in pieces[1:]:
        found += [number_text(number, using), text_of(piece, using)]
    return concatenated(found, using) if found[1:] else text_of(pieces[0], using)


def listed(column: str, order: str, using: str) -> Sql:
    """Return the aggregate of texts with commas between them, in an order."""
    vendor = connections[using].vendor
    if vendor == "postgresql":
        return Sql(f"STRING_AGG({column}, ', ' ORDER BY {order})")
    if vendor == "sqlite":  # as they come: its own ORDER BY is younger than the oldest version that Django takes
        return Sql(f"GROUP_CONCAT({column}, ', ')")
    return Sql(f"GROUP_CONCAT({column} ORDER BY {order} SEPARATOR ', ')")


def as_json(text: Sql | str, using: str) -> Sql:
    """Return the expression for a JSON column's value, given its text."""
    return sql("CAST(", text, "AS jsonb)") if connections[using].vendor == "postgresql" else sql(text)


@contextmanager
def for_many(using: str) -> Iterator[Any]:
    """Give a cursor for a statement about many people, in a transaction.

    PostgreSQL knows nothing of the size of a query within a query, takes it for one row, and goes through it again for
    each row of another one. So it is told not to, for this statement only; and not to compile what is done once.
    """
    with transaction.atomic(using=using, savepoint=False), connections[using].cursor() as cursor:
        if connections[using].vendor != "postgresql":
            yield cursor
            return
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT")


def rows_of(query: Sql, using: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with for_many(using) as cursor:
        cursor.execute(query.text, query.params)
        return list(cursor.fetchall())


def executed(statement: Sql, using: str) -> int:
    """Run a statement, and return how many rows it wrote."""
    with for_many(using) as cursor:
        cursor.execute(statement.text, statement.params)
        return int(cursor.rowcount)


AWARDS = Award._meta.db_table
