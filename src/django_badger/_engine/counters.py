"""Counters of progress: one statement makes or changes a counter, and returns what it is then.

Databases that do not return what they write (MySQL, SQLite before 3.35) do the same in several statements.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections
from django.db.models import DecimalField, F, Value
from django.db.models.functions import Round

from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import is_already
from django_badger._engine.sql import Sql, blank_of, joined, sql
from django_badger._engine.statement import Blank, Named, Statement, compiled
from django_badger._engine.upsert import make_or_touch
from django_badger.models import Badge, Progress, ProgressKey
from django_badger.rules.measures import NUMBER

KEY_ONCE = ("badger_progress_key_once", "badger_progresskey.progress_id, badger_progresskey.key")
AMOUNT: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=6)
#: Where the number is in what a statement returns.
CURRENT = 1
#: What MariaDB says where the badge has no row: its key cannot be null.
NO_BADGE = 1048
#: The step between two numbers that the column holds, and what all of them are below.
STEP, MOST = Decimal("0.000001"), Decimal(10**14)


class Change(NamedTuple):
    """What is reported of one person's progress: ``number`` more, each ``key`` once; or (``anew``) that it is ``number``.

    ``number`` has six decimal places at most, as the column has.
    """

    slug: str
    user_id: Any
    number: Decimal
    goal: Decimal
    at: datetime
    key: str = ""
    anew: bool = False


def fits_alone(change: Change) -> bool:
    """Whether one statement can tell by itself that the goal is not reached, and is no part of a transaction."""
    if change.key or change.number >= change.goal:
        return False
    connection = connections[award_alias()]
    features: Any = connection.features
    tells = change.anew or features.supports_update_conflicts_with_target  # MariaDB's has no condition
    return bool(tells and features.can_return_rows_from_bulk_insert and connection.get_autocommit())


class Counter(NamedTuple):
    """A counter after a change."""

    pk: Any
    current: Decimal


def changed(change: Change, *, below: bool = False) -> Counter | None:
    """Make or change a counter, and return it. With ``below``, only if that does not reach the goal: else None.

    Also None where the badge has no row.
    """
    using = award_alias()
    connection: Any = connections[using]
    if not connection.features.can_return_rows_from_bulk_insert:
        return _changed_in_steps(change, using)
    below = below and not change.anew
    statement = _statement(using, settings.AUTH_USER_MODEL, change.anew, below)
    values = {"slug": change.slug, "person": change.user_id, "number": change.number, "at": change.at}
    if below:
        values["goal"] = _whole_steps(change.goal)
    try:
        found = statement.run(values, connection)
    except IntegrityError as error:
        if error.args[0] != NO_BADGE:
            raise
        return None
    read = statement.reader()
    return next((Counter(pk, read(CURRENT, number)) for pk, number in found), None)


@lru_cache(maxsize=256)
def _whole_steps(goal: Decimal) -> Decimal:
    """Return the lowest number that the column holds and that reaches a goal."""
    return min(goal, MOST).quantize(STEP, ROUND_CEILING)


def kept(counter: Counter, change: Change) -> bool:
    """Keep the key of a change; return False where it was kept before, which breaks the transaction that is going on."""
    try:
        _key_statement(award_alias()).run({"counter": counter.pk, "key": change.key, "at": change.at})
    except IntegrityError as error:
        if is_already(error, *KEY_ONCE):
            return False
        raise
    return True


def counted_before(slug: str, user_id: Any, key: str) -> Decimal | None:
    """Return a counter, if it has counted this key; None where it has not."""
    statement = _key_question(award_alias(), settings.AUTH_USER_MODEL)
    rows = statement.run({"slug": slug, "person": user_id, "key": key})
    read = statement.reader()
    return next((read(0, current) for (current,) in rows), None)


@lru_cache(maxsize=16)
def _key_question(using: str, _user_model: str) -> Statement:
    """Return the question how far a counter is that has counted a key."""
    counted = ProgressKey.objects.using(using).filter(
        key=Blank("key", ProgressKey._meta.get_field("key")),
        progress__user=Blank("person", get_user_model()._meta.pk),
        progress__badge__slug=Blank("slug", Badge._meta.get_field("slug")),
    )
    return compiled([counted.order_by().values_list("progress__current")], using)


@lru_cache(maxsize=16)
def _statement(using: str, _user_model: str, anew: bool, below: bool) -> Statement:  # noqa: FBT001  keys of the cache
    """Return the statement that makes or changes a counter: always, or if that does not reach the goal."""
    connection: Any = connections[using]
    mine = connection.ops.quote_name(Progress._meta.db_table)
    mysql = connection.vendor == "mysql"
    new = "VALUES({})" if mysql else "EXCLUDED.{}"
    number = new.format("current") if anew else f"ROUND({mine}.current + {new.format('current')}, 6)"
    column = f"{mine}." if mysql else ""  # the badge has a column of the same name, with which MariaDB confuses it
    values = [
        blank_of("person", get_user_model()._meta.pk, using), blank_of("number", AMOUNT, using),
        blank_of("at", Progress._meta.get_field("updated_at"), using),
    ]  # fmt: skip
    goal = blank_of("goal", NUMBER, using)
    slug = blank_of("slug", Badge._meta.get_field("slug"), using)
    badge = sql("FROM", connection.ops.quote_name(Badge._meta.db_table), "WHERE slug =", slug)
    # MariaDB locks the whole table for rows that are selected, and two who wait for that lock deadlock.
    before, after = (sql("VALUES ((SELECT id", badge, "),"), Sql(")")) if mysql else (Sql("SELECT id,"), badge)
    text = sql(
        f"INSERT INTO {mine} (badge_id, user_id, current, updated_at)", before, joined(",", values), after,
        "ON DUPLICATE KEY UPDATE" if mysql else "ON CONFLICT (badge_id, user_id) DO UPDATE SET",
        f"{column}current = {number}, {column}updated_at = {new.format(f'{column}updated_at')}",
        *((f"WHERE {mine}.current >=", goal, f"OR {number} <", goal) if below else ()),
        "RETURNING id, current",
    )  # fmt: skip
    current = Progress._meta.get_field("current").cached_col
    converters = [*connection.ops.get_db_converters(current), *current.get_db_converters(connection)]
    return _named(text, using, {CURRENT: (converters, current)})


@lru_cache(maxsize=16)
def _key_statement(using: str) -> Statement:
    connection: Any = connections[using]
    quote = connection.ops.quote_name
    values = [
        blank_of("counter", Progress._meta.pk, using), blank_of("key", ProgressKey._meta.get_field("key"), using),
        blank_of("at", ProgressKey._meta.get_field("created_at"), using),
    ]  # fmt: skip
    text = sql(
        "INSERT INTO", quote(ProgressKey._meta.db_table), f"(progress_id, {quote('key')}, created_at) VALUES (",
        joined(",", values), ")",
    )  # fmt: skip
    return _named(text, using)


def _named(text: Sql, using: str, converters: Any = None) -> Statement:
    """Return the statement, which finds rows where there are ``converters`` for them."""
    named = Named()
    words = named.text(text.text, text.params)
    return Statement(using, words, named.constants, named.blanks, converters or {}, finds=converters is not None)


def _changed_in_steps(change: Change, using: str) -> Counter | None:
    """Change a counter, or make it and change it then, and look what it is."""
    badge_id = Badge.objects.using(using).filter(slug=change.slug).values_list("pk", flat=True).first()
    if badge_id is None:
        return None
    rows = Progress.objects.using(using).filter(badge=badge_id, user=change.user_id)
    more = Round(F("current") + Value(change.number, output_field=AMOUNT), precision=6)
    values = {"current": change.number if change.anew else more, "updated_at": change.at}
    if not rows.update(**values):
        row = Progress(badge_id=badge_id, user_id=change.user_id, current=0, updated_at=change.at)
        make_or_touch(row, unique=["badge", "user"], using=using)
        rows.update(**values)
    return Counter(*rows.values_list("pk", "current").get())
