"""What the three databases write differently."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Dialect:
    """Pieces of SQL. ``{n}`` is a number, ``{name}`` what to call it, ``{}``, ``{seconds}`` and ``{value}`` are expressions."""

    series: str
    uuid: str
    moment: str
    evidence: str
    insert: str
    unless_there: str
    as_uuid: str = "{}"
    as_json: str = "{}"


SQLITE = Dialect(
    series="(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {n}) SELECT i FROM s) AS {name}",
    uuid="lower(hex(randomblob(16)))",
    moment="datetime('2020-01-01', '+' || ({seconds}) || ' seconds')",
    evidence="json_object('value', CAST({value} AS TEXT), 'goal', '{goal}', 'rule', '{rule}')",
    insert="INSERT",
    unless_there="ON CONFLICT DO NOTHING",
)
POSTGRESQL = Dialect(
    series="generate_series(0, {n} - 1) AS {name}(i)",
    uuid="gen_random_uuid()",
    moment="TIMESTAMPTZ '2020-01-01 00:00:00Z' + ({seconds}) * INTERVAL '1 second'",
    evidence="jsonb_build_object('value', CAST({value} AS text), 'goal', '{goal}', 'rule', '{rule}')",
    insert="INSERT",
    unless_there="ON CONFLICT DO NOTHING",
    as_uuid="CAST({} AS uuid)",
    as_json="CAST({} AS jsonb)",
)
MARIADB = Dialect(
    series="(SELECT seq AS i FROM seq_0_to_{n} WHERE seq < {n}) AS {name}",
    uuid="UUID()",
    moment="TIMESTAMP '2020-01-01 00:00:00' + INTERVAL ({seconds}) SECOND",
    evidence="JSON_OBJECT('value', CAST({value} AS CHAR), 'goal', '{goal}', 'rule', '{rule}')",
    insert="INSERT IGNORE",
    unless_there="",
)


def series(n: int, name: str = "s") -> str:
    """Return a source of the numbers ``name.i`` from 0 to n - 1."""
    return dialect().series.format(n=n, name=name)


def dialect() -> Dialect:
    """Return that of this process's database."""
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mysql": MARIADB}[connection.vendor]


def run(*statements: str) -> int:
    """Run statements without parameters; return how many rows the last one made or changed."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.rowcount


def number(query: str) -> int:
    """Return the one number that a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0] or 0)
