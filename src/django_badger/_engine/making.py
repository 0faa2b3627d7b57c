"""The statement that makes awards: of rows that were decided, or of a query's; for open badges and eligible people only.

Note [The database sees to it]
    Between the question and the writing a badge may be closed, an account blocked, and somebody else may award the same.
    So the statement that writes looks itself: what is no longer so is left out, and no error. What it made, it returns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import BigIntegerField, F, TextField

from django_badger._engine.arms import MOMENT
from django_badger._engine.sql import AWARDS, Sql, as_json, blank_of, compiled, joined, sql, value_of
from django_badger._engine.statement import Blank, Named, Statement
from django_badger.models import Award, Badge
from django_badger.people import may_be_awarded

#: How many rows a statement lists at most, one by one.
FEW = 5
#: What of a new award differs from row to row; ``slug`` is its badge's.
EACH = ("uuid", "slug", "evidence", "earned_at")
#: What differs only where rows are not alike: nearly always they are about one person, and for no occasion.
OFTEN_ALIKE = ("recipient", "occasion", "slot", "expires_at")


def listed(number: int, connection: Any) -> int:
    """Return how many rows a statement lists that makes so many awards; 0 where it takes them all as one parameter."""
    # MySQL would not compare texts of such a list with a column that is sorted in another language.
    few = 1 if connection.vendor == "mysql" else FEW
    return number if number <= few else 0


class Form(NamedTuple):
    """Which form of the statement it is.

    ``rows``: of so many, with a parameter for each column; 0: of any number, which are one parameter. Databases read the
    latter more slowly, and nearly always there is one row. ``alike``: what rows have in common often, they all have.
    ``whole``: all or none. ``told``: they count as told of. ``returns``: whether the database returns what it made.
    """

    rows: int
    alike: bool
    returns: bool
    told: bool
    whole: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that each row has for itself, in this order."""
        return EACH if self.alike else (*EACH, *OFTEN_ALIKE)


@lru_cache(maxsize=64)
def statement_of(using: str, _user_model: str, form: Form) -> Statement:
    """Return the statement that makes awards."""
    moment, run = Award._meta.get_field("announced_at"), Award._meta.get_field("run").target_field
    one_by_one = [_blanks(form.columns, using, number) for number in range(form.rows)]
    row = dict(one_by_one[0]) if form.rows == 1 else {name: Sql(f"badger_new.{name}") for name in form.columns}
    if form.alike:
        row |= _blanks(OFTEN_ALIKE, using)
    columns: dict[str, Sql] = {
        **{name: expression for name, expression in row.items() if name != "slug"},
        "badge": Sql("badger_pk" if form.whole else "badger_open.badger_pk"), "evidence": as_json(row["evidence"], using),
        "awarded_at": blank_of("at", moment, using),
        "announced_at": blank_of("at", moment, using) if form.told else value_of(moment, None, using),
        "run": blank_of("run", run, using),
    }  # fmt: skip
    table = (_list(one_by_one) if one_by_one else _rows(form.columns, using), Sql(",")) if form.rows != 1 else ()
    source = sql(
        *table, "(", _open_badges(using), ") badger_open, (", eligible(using), ") badger_people",
        "WHERE badger_open.badger_slug =", row["slug"], "AND badger_people.badger_pk =", row["recipient"],
    )  # fmt: skip
    if form.whole:
        source = sql(
            "(SELECT badger_new.*, badger_open.badger_pk, COUNT(*) OVER () AS badger_number FROM", source, ") badger_new",
            "WHERE badger_number =", blank_of("number", BigIntegerField(), using),
        )  # fmt: skip
    if form.rows != 1 and connections[using].vendor != "sqlite":
        source = sql(source, "ORDER BY", columns["badge"], "" if form.alike else ", badger_new.recipient")
    quote = connections[using].ops.quote_name
    links = quote(Badge.prerequisites.through._meta.db_table)
    waits = f"EXISTS (SELECT 1 FROM {links} WHERE to_badge_id = badge_id)"  # noqa: S608  a table of ours
    found = insert_from(source, columns, using, returning=("id", "uuid", "badge_id", waits) if form.returns else ())
    named = Named()
    text = named.text(found.text, found.params)
    return Statement(using, text, named.constants, named.blanks, finds=form.returns)


def _blanks(names: Iterable[str], using: str, number: int | str = "") -> dict[str, Sql]:
    """Return these columns as blanks: of the row with this number, or of all."""
    fields = ((name, _field(name)) for name in names)
    return {name: blank_of(f"{name}{number}", getattr(field, "target_field", field), using) for name, field in fields}


def _list(rows: Iterable[Mapping[str, Sql]]) -> Sql:
    """Return these rows as a table, ``badger_new``."""
    each = (sql("SELECT", joined(",", (sql(value, "AS", name) for name, value in row.items()))) for row in rows)
    return sql("(", joined("UNION ALL", each), ") badger_new")


def _rows(columns: Sequence[str], using: str) -> Sql:
    """Return the list of rows as a table, ``badger_new``, with these columns."""
    connection: Any = connections[using]
    rows = Blank("rows", TextField())
    if connection.vendor == "sqlite":
        parts = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
        return sql(f"(SELECT {parts} FROM json_each(", Sql("%s", (rows,)), ")) badger_new")  # noqa: S608  our own names
    types = {name: _type(name, connection) for name in columns}
    if connection.vendor == "postgresql":
        parts = ", ".join(
            f"CAST(badger_row->{'' if name == 'evidence' else '>'}{place} AS {kind}) AS {name}"
            for place, (name, kind) in enumerate(types.items())
        )
        read = f"(SELECT {parts} FROM json_array_elements(CAST("  # noqa: S608  our own names
        return sql(read, Sql("%s", (rows,)), "AS json)) badger_row) badger_new")
    parts = ", ".join(f"{name} {kind} PATH '$[{place}]'" for place, (name, kind) in enumerate(types.items()))
    return sql("JSON_TABLE(", Sql("%s", (rows,)), f", '$[*]' COLUMNS ({parts})) badger_new")


def _type(name: str, connection: Any) -> str:
    """Return the database's type of a column of a row."""
    kind = str(_field(name).db_type(connection))
    return "char(36)" if kind == "uuid" and connection.vendor == "mysql" else kind  # it knows none in JSON_TABLE


def _field(name: str) -> Any:
    """Return the field that a column of a row is for. Evidence is a text until it is written."""
    if name == "evidence":
        return TextField()
    return (Badge if name == "slug" else Award)._meta.get_field(name)


def _open_badges(using: str) -> Sql:
    badges = Badge.objects.using(using).open_at(MOMENT).order_by()
    return _piece(
        badges.annotate(badger_pk=F("pk"), badger_slug=F("slug")).values_list("badger_pk", "badger_slug"), using
    )


def eligible(using: str, **condition: Any) -> Sql:
    """Return the query of the people who may be awarded, in a column ``badger_pk``."""
    users: Any = get_user_model()._base_manager.using(using).filter(may_be_awarded(), **condition).order_by()
    return _piece(users.annotate(badger_pk=F("pk")).values_list("badger_pk"), using)


def _piece(query: Any, using: str) -> Sql:
    return compiled(query, using) or Sql("")


def insert_from(
    source: Sql, columns: Mapping[str, Sql | str], using: str, *, ctes: Sql | str = "", returning: Collection[str] = ()
) -> Sql:
    """Return the statement that makes awards of the rows of a source; a row whose place is taken is left out.

    ``columns`` are the expressions by field; what they do not name has its default.
    """
    connection: Any = connections[using]
    quote = connection.ops.quote_name
    names, values = [], []
    for column in Award._meta.concrete_fields:
        default = None if column.primary_key else column.get_default()
        if column.name in columns or default is not None:
            names.append(quote(str(column.column)))
            values.append(columns.get(column.name) or value_of(getattr(column, "target_field", column), default, using))
    mysql = connection.vendor == "mysql"
    return sql(
        # MySQL has no other word for leaving out what is there; every value fits its column.
        "INSERT IGNORE INTO" if mysql else "INSERT INTO", quote(AWARDS), f"({', '.join(names)})", ctes,
        "SELECT", joined(",", values), "FROM", source,
        "" if mysql else "ON CONFLICT (badge_id, recipient_id, slot) DO NOTHING",
        f"RETURNING {', '.join(returning)}" if returning else "",
    )  # fmt: skip
