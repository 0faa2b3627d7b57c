"""Statements that are compiled once and run often: building a query in the ORM costs many times what running it does.

Note [Named parameters]
    All parameters of a compiled statement have names. A value that stands in many places is prepared and sent once, and
    Django turns names into SQLite's own without looking for each of them. Whole numbers and plain words that never change
    are written into the text, so that nobody has to send them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    AutoField,
    BigAutoField,
    BigIntegerField,
    CharField,
    DateTimeField,
    DecimalField,
    Expression,
    Field,
    IntegerField,
    SlugField,
    TextField,
)

#: Texts that mean the same in every database when they stand between quotation marks.
PLAIN = re.compile(r"[\w.:-]*", re.ASCII)
PLACE = re.compile("%%|%s")

#: Fields whose values every database takes as they are, if they are of this type.
AS_IT_IS: Mapping[type[Any], type[Any]] = {
    **dict.fromkeys((AutoField, BigAutoField, IntegerField, BigIntegerField), int),
    **dict.fromkeys((CharField, SlugField, TextField), str),
    DecimalField: Decimal,
}

Converters = Mapping[int, tuple[Sequence[Callable[[Any, Any, Any], Any]], Any]]
#: Gives the value of a column (its position) as Python has it, of a value as the database gives it.
Read = Callable[[int, Any], Any]


class Blank(Expression):
    """A place in a query that is filled in when it is run, with a value as Python has it."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name
        self.as_it_is = AS_IT_IS.get(type(output_field), type(None))
        self.is_moment = type(output_field) is DateTimeField

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return a parameter that is this blank itself."""
        return "%s", [self]

    def filled(self, value: Any, connection: Any) -> Any:
        """Return what the database takes for ``value``."""
        kind = type(value)
        if kind is self.as_it_is or value is None:
            return value
        if self.is_moment and kind is datetime and value.tzinfo is not None:
            return connection.ops.adapt_datetimefield_value(value)  # all that is left to do of what the field would
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
    """Compiled SQL, its parameters with their blanks, and how its columns become Python values; whether it ``finds`` any rows."""

    alias: str
    sql: str
    constants: Mapping[str, Any] = field(default_factory=dict)
    blanks: Mapping[str, Blank] = field(default_factory=dict)
    converters: Converters = field(default_factory=dict)
    finds: bool = True

    def run(self, values: Mapping[str, Any], connection: Any = None) -> Sequence[Any]:
        """Run it with these values in its blanks, and return its rows as the database gives them.

        ``connection``: where somebody has looked it up already.
        """
        if not self.sql:
            return []
        connection = connection or connections[self.alias]
        params = dict(self.constants)
        for name, blank in self.blanks.items():
            params[name] = blank.filled(values[name], connection)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cursor.fetchall() if self.finds else []

    def reader(self) -> Read:
        """Return what gives a value of a column as Python has it: of a row nothing is converted that nobody needs."""
        converters = self.converters
        connection: Any = None

        def read(position: int, raw: Any) -> Any:
            nonlocal connection
            if raw is not None and position in converters:
                functions, expression = converters[position]
                connection = connection or connections[self.alias]
                for convert in functions:
                    raw = convert(raw, expression, connection)
            return raw

        return read


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
