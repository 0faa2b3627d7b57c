"""Statements that are compiled once and run often: building a query in the ORM costs many times what running it does.

Note [Named parameters]
    All parameters of a compiled statement have names. A value that stands in many places is prepared and sent once, and
    Django turns names into SQLite's own without looking for each of them. Whole numbers and plain words that never change
    are written into the text, so that nobody has to send them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field

#: Texts that mean the same in every database when they stand between quotation marks.
PLAIN = re.compile(r"[\w.:-]*", re.ASCII)
PLACE = re.compile("%%|%s")

Converters = Mapping[int, tuple[Sequence[Callable[[Any, Any, Any], Any]], Any]]


class Blank(Expression):
    """A place in a query that is filled in when it is run, with a value as Python has it."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return a parameter that is this blank itself."""
        return "%s", [self]

    def filled(self, value: Any, connection: Any) -> Any:
        """Return what the database takes for ``value``."""
        return self.output_field.get_db_prep_value(value, connection, prepared=False)


@dataclass(slots=True)
class Named:
    """Gives names to the parameters of pieces of SQL that become one statement; see the note."""

    constants: dict[str, Any] = field(default_factory=dict)
    blanks: dict[str, Blank] = field(default_factory=dict)

    def text(self, sql: str, params: Iterable[Any]) -> str:
        """Return a piece of SQL with the names of its parameters."""
        rest = iter(params)
        return PLACE.sub(lambda found: "%%" if found[0] == "%%" else self._named(next(rest)), sql)

    def _named(self, param: Any) -> str:
        if isinstance(param, Blank):
            self.blanks[param.name] = param
            return f"%({param.name})s"
        if isinstance(param, int) and not isinstance(param, bool):
            return str(int(param))
        if isinstance(param, str) and PLAIN.fullmatch(param):
            return f"'{param!s}'"
        same = (name for name, known in self.constants.items() if type(known) is type(param) and known == param)
        name = next(same, f"p{len(self.constants)}")
        self.constants[name] = param
        return f"%({name})s"


@dataclass(frozen=True, slots=True)
class Statement:
    """Compiled SQL, its parameters with their blanks, and how its columns become Python values."""

    alias: str
    sql: str
    constants: Mapping[str, Any] = field(default_factory=dict)
    blanks: Mapping[str, Blank] = field(default_factory=dict)
    converters: Converters = field(default_factory=dict)

    def run(self, values: Mapping[str, Any]) -> list[Any]:
        """Run it with these values in its blanks, and return its rows as the database gives them."""
        if not self.sql:
            return []
        connection = connections[self.alias]
        params = dict(self.constants)
        for name, blank in self.blanks.items():
            params[name] = blank.filled(values[name], connection)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return list(cursor.fetchall()) if cursor.description else []

    def value(self, position: int, raw: Any) -> Any:
        """Return a value of a column as Python has it."""
        converters, expression = self.converters.get(position, ((), None))
        for converter in converters:
            raw = converter(raw, expression, connections[self.alias])
        return raw

    def converted(self, rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
        """Return rows with their values as Python has them."""
        connection = connections[self.alias]
        for row in rows:
            columns = list(row)
            for position, (converters, expression) in self.converters.items():
                for converter in converters:
                    columns[position] = converter(columns[position], expression, connection)
            yield columns


def compiled(arms: Sequence[Any], alias: str) -> Statement:
    """Return the statement that is the union of these queries, all of which have the same columns.

    What Django sees to find nothing is left out; what is nothing at all then finds nothing. The columns' types are those of
    the first query.
    """
    named, texts = Named(), []
    converters: Converters = {}
    whole = "({})" if connections[alias].features.supports_parentheses_in_compound and arms[1:] else "{}"
    for arm in arms:
        compiler = arm.query.get_compiler(alias)
        try:
            text, params = compiler.as_sql()
        except EmptyResultSet:
            continue
        converters = converters or compiler.get_converters([column[0] for column in compiler.select])
        texts.append(whole.format(named.text(text, params)))
    return Statement(alias, " UNION ALL ".join(texts), named.constants, named.blanks, converters)
