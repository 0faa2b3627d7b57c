"""Statements that are compiled once and run often: building a query in the ORM costs many times what running it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Expression, Field


class Blank(Expression):
    """A place in a query that is filled in when it is run."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return a parameter that is this blank itself."""
        return "%s", [self]

    def filled(self, value: Any, connection: Any) -> Any:
        """Return what the database takes for ``value``."""
        return self.output_field.get_db_prep_value(value, connection, prepared=False)


@dataclass(frozen=True)
class Statement:
    """Compiled SQL, its parameters with their blanks, and how its columns become Python values."""

    alias: str
    sql: str
    params: tuple[Any, ...]
    converters: Mapping[int, tuple[Sequence[Callable[[Any, Any, Any], Any]], Any]]

    def rows(self, values: Mapping[str, Any]) -> Iterator[list[Any]]:
        """Run it with these values in its blanks, and return its rows."""
        connection = connections[self.alias]
        params = [
            param.filled(values[param.name], connection) if isinstance(param, Blank) else param for param in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        for row in found:
            columns = list(row)
            for position, (converters, expression) in self.converters.items():
                for converter in converters:
                    columns[position] = converter(columns[position], expression, connection)
            yield columns


def compiled(arms: Sequence[Any], alias: str) -> Statement:
    """Return the statement that is the union of these queries, all of which have the same columns."""
    first, *others = arms
    union = first.union(*others, all=True).order_by() if others else first
    compiler = union.query.get_compiler(alias)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return Statement(alias, sql, tuple(params), converters)
