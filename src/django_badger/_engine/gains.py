"""Awards for everybody who has earned them, in one statement: INSERT … SELECT, without what was ever awarded before.

Note [EXCEPT, never NOT EXISTS]
    "Not yet awarded" is asked with EXCEPT. NOT EXISTS, LEFT JOIN … IS NULL and NOT IN become nested loops on PostgreSQL
    as soon as its statistics are older than the table, and take minutes where EXCEPT takes a second.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import DateTimeField, TextField
from django.db.models.expressions import RawSQL

from django_badger._engine.due import Asked, Due
from django_badger._engine.earners import earners, is_all_badges, keys_of, reads_here
from django_badger._engine.making import eligible, insert_from
from django_badger._engine.sql import (
    NUMBER_HERE,
    Sql,
    as_json,
    blank_of,
    compiled,
    concatenated,
    joined,
    new_uuid,
    number_text,
    sql,
    text_of,
    value_of,
)
from django_badger._engine.statement import Blank
from django_badger.models import Award, Run
from django_badger.rules.measures import NUMBER, Measure
from django_badger.rules.reaching import Reaches
from django_badger.rules.whom import Queried, Span, Whom, belonging

MOMENT: DateTimeField[Any, Any] = DateTimeField()


@dataclass(frozen=True, slots=True)
class Found:
    """What a statement found, as SQL: before and behind FROM, and the expressions of what differs from award to award."""

    ctes: Sql
    rows: Sql
    badge: Sql
    at: Sql
    evidence: Sql
    expires: Sql


def by_measure(dues: Iterable[Due]) -> tuple[dict[Measure, list[Due]], list[Due]]:
    """Return the badges whose rule is no more than a goal of a measure, by measure; and the others."""
    together: dict[Measure, list[Due]] = {}
    others = []
    for due in dues:
        if isinstance(due.rule, Reaches) and type(due.rule.measure) is Measure and reads_here(due.rule):
            together.setdefault(due.rule.measure, []).append(due)
        else:
            others.append(due)
    return together, others


def gained_by_measure(
    measure: Measure, dues: Sequence[Due], asked: Asked, run: Run, *, told: bool, among: Sequence[Any] | None = None
) -> Sql | None:
    """Return the statement that awards all badges of one measure: its source is read once, however many they are.

    ``among``: only these people (keys) are looked at.
    """
    using, values = asked.using, _values(dues, asked, run, told=told)
    if among is not None and connections[using].vendor == "sqlite":
        statement = _for_any_list(measure, tuple(dues), using, settings.AUTH_USER_MODEL)
        values["people"] = _as_list(among, using)
    elif among is None and asked.span.closed:
        statement = _for_any_span(measure, tuple(dues), using, settings.AUTH_USER_MODEL)
    else:
        statement = _by_measure(measure, dues, asked.span if among is None else among, using)
    return None if statement is None else statement.filled(values, using)


@lru_cache(maxsize=64)
def _for_any_span(measure: Measure, dues: Sequence[Due], using: str, _user_model: str) -> Sql | None:
    """Return the statement with blanks for a span, the same for every range: to write it takes longer than many a range."""
    key = get_user_model()._meta.pk
    return _by_measure(measure, dues, Span(Blank("first", key), Blank("last", key)), using)


@lru_cache(maxsize=64)
def _for_any_list(measure: Measure, dues: Sequence[Due], using: str, _user_model: str) -> Sql | None:
    """Return the statement with a blank for some people, in SQLite: to name each of them takes longer than to run it.

    The others want to know how many there are, or they plan for too few.
    """
    keys = RawSQL("SELECT value FROM json_each(%s)", (Blank("people", TextField()),))
    return _by_measure(measure, dues, Queried(keys), using)


def _as_list(people: Iterable[Any], using: str) -> str:
    """Return the keys of people as JSON, as SQLite has them."""
    key = Blank("person", get_user_model()._meta.pk)
    return json.dumps([key.filled(person, connections[using]) for person in people])


def _by_measure(measure: Measure, dues: Sequence[Due], whom: Whom, using: str) -> Sql | None:
    """Return the statement with blanks.

    Only who reaches the lowest goal is kept, and nothing is read but the number: an index may have all that it takes.
    """
    least = min(due.rule.goal for due in dues)
    read = measure.values(whom, using)
    values = compiled(
        read.filter(badger_number__gte=least).values_list("badger_user", "badger_text", "badger_number"), using
    )
    if values is None:
        return None
    ctes = sql(
        "WITH badger_read AS (", values, "),",
        "badger_line(badge, goal, step, expires, before_number, behind_number) AS (",
        joined("UNION ALL", (_line(due, using) for due in dues)), "),",
        "badger_due(badge, badger_user, badger_text) AS (",
        "SELECT badge, badger_user, badger_text FROM badger_read JOIN badger_line ON ROUND(badger_number, 6) >= goal",
        "EXCEPT", _taken([due.pk for due in dues], whom, using), ")",
    )  # fmt: skip
    rows = sql(
        "badger_due JOIN badger_line ON badger_line.badge = badger_due.badge",
        "JOIN badger_read ON badger_read.badger_user = badger_due.badger_user",
        "AND badger_read.badger_text = badger_due.badger_text", _crossed(measure, whom, using),
    )  # fmt: skip
    number = number_text("badger_read.badger_number", using)
    evidence = concatenated(["before_number", number, "behind_number"], using)
    at = Sql("badger_crossed.badger_at") if measure.at else value_of(MOMENT, None, using)
    return _insert(Found(ctes, rows, Sql("badger_line.badge"), at, evidence, Sql("badger_line.expires")), whom, using)


def _line(due: Due, using: str) -> Sql:
    before, behind = due.evidence(due.rule.evidence(NUMBER_HERE)).split(json.dumps(NUMBER_HERE)[1:-1])
    columns = [
        value_of(Award._meta.get_field("badge").target_field, due.pk, using),
        value_of(NUMBER, due.rule.goal, using), Sql(str(math.ceil(due.rule.goal))), blank_of(_expiry(due), MOMENT, using),
        text_of(before, using), text_of(behind, using),
    ]  # fmt: skip
    return sql("SELECT", joined(",", columns))


def _crossed(measure: Measure, whom: Whom, using: str) -> Sql:
    """Return the join with the moments of crossing, of those who are due; a total may cross a line more than once."""
    if measure.at is None:
        return Sql("")
    due = RawSQL("SELECT badger_user FROM badger_due", ())
    steps = compiled(measure.steps(whom, using, of=due), using) or Sql("")
    if measure.aggregate == "total":
        moment, over = "MIN(badger_at)", "badger_before < goal AND badger_after >= goal"
        once = "GROUP BY badger_line.badge, badger_user, badger_text"
    else:
        moment, over, once = "badger_at", "badger_nth = step", ""
    crossed = sql(
        f"SELECT badger_line.badge, badger_user, badger_text, {moment} AS badger_at FROM (", steps,
        f") badger_step JOIN badger_line ON {over}", once,
    )  # fmt: skip
    return sql(
        "LEFT JOIN (", crossed, ") badger_crossed ON badger_crossed.badge = badger_due.badge",
        "AND badger_crossed.badger_user = badger_due.badger_user",
        "AND badger_crossed.badger_text = badger_due.badger_text",
    )  # fmt: skip


def gained(due: Due, asked: Asked, run: Run, *, told: bool) -> Sql | None:
    """Return the statement that awards one badge, whatever its rule; None where the rule cannot be asked so."""
    if is_all_badges(due.rule) and asked.span.closed:
        needed = tuple(keys_of(due.rule.reads().badges, asked.using))
        statement = _all_badges_for_any_span(due, needed, asked.using, settings.AUTH_USER_MODEL)
    else:
        statement = _by_rule(due, replace(asked, badge=due.pk))
    return None if statement is None else statement.filled(_values([due], asked, run, told=told), asked.using)


@lru_cache(maxsize=64)
def _all_badges_for_any_span(due: Due, needed: tuple[Any, ...], using: str, _user_model: str) -> Sql | None:
    """Return the statement with blanks for a span, the same for every range. ``needed`` are keys of the badges it names."""
    key = get_user_model()._meta.pk
    at: Any = Blank("at", MOMENT)
    span = Span(Blank("first", key), Blank("last", key))
    return _by_rule(due, Asked(span, using, at, badge=due.pk, needed=needed))


def _by_rule(due: Due, asked: Asked) -> Sql | None:
    """Return the statement with blanks for what differs from run to run."""
    earned = earners(due.rule, asked)
    if earned is None:
        return None
    ctes, rows, table = _untaken(due, asked, sql("WITH", joined(",", earned)))
    own = f"{table}.badger_evidence"
    version = text_of(due.evidence({})[:-1], asked.using)
    comma = f"CASE WHEN {own} = '{{}}' THEN '' ELSE ', ' END"
    evidence = concatenated([version, comma, f"SUBSTR({own}, 2)"], asked.using)
    key = value_of(Award._meta.get_field("badge").target_field, due.pk, asked.using)
    found = Found(ctes, rows, key, Sql(f"{table}.badger_at"), evidence, blank_of(_expiry(due), MOMENT, asked.using))
    return _insert(found, asked.span, asked.using)


def _untaken(due: Due, asked: Asked, ctes: Sql) -> tuple[Sql, Sql, str]:
    """Return the queries with one more that leaves out who was awarded, the rows that are left, and the table with all columns."""
    if is_all_badges(due.rule):
        return ctes, Sql("badger_earned badger_due"), "badger_due"
    taken = _taken([due.pk], asked.span, asked.using, badge=False)
    found = "SELECT badger_user, badger_text FROM badger_earned EXCEPT"
    rows = Sql(
        "badger_due JOIN badger_earned ON badger_earned.badger_user = badger_due.badger_user "
        "AND badger_earned.badger_text = badger_due.badger_text"
    )
    return sql(ctes, ", badger_due(badger_user, badger_text) AS (", found, taken, ")"), rows, "badger_earned"


def _taken(badges: Sequence[Any], whom: Whom, using: str, *, badge: bool = True) -> Sql:
    """Return the query of the slots that are taken: by awards that stand, and by those that a person revoked."""
    rows = Award.objects.using(using).filter(badge__in=badges, **belonging("recipient", whom)).order_by()
    columns = (["badge_id"] if badge else []) + ["recipient_id", "slot"]
    return compiled(rows.values_list(*columns), using) or Sql("")


def _insert(found: Found, whom: Whom, using: str) -> Sql:
    """Return the statement that makes the awards, with blanks. Only people whose account is not blocked have any."""
    at = blank_of("at", MOMENT, using)
    columns: dict[str, Sql | str] = {
        "uuid": new_uuid(using), "badge": found.badge, "recipient": "badger_due.badger_user",
        "occasion": "badger_due.badger_text", "slot": "badger_due.badger_text",
        "evidence": as_json(found.evidence, using), "earned_at": sql("COALESCE(", found.at, ",", at, ")"),
        "awarded_at": at, "expires_at": found.expires, "announced_at": blank_of("announced", MOMENT, using),
        "run": blank_of("run", Award._meta.get_field("run").target_field, using),
    }  # fmt: skip
    return insert_from(sql(found.rows, _unblocked(whom, using)), columns, using, ctes=found.ctes)


def _unblocked(whom: Whom, using: str) -> Sql:
    """Return what leaves out people whose account is blocked.

    Not a join in SQLite, which would make itself a Bloom filter of all the people it has, for each range of them.
    """
    if connections[using].vendor == "sqlite":
        return sql("WHERE EXISTS (", eligible(using, pk=RawSQL("badger_due.badger_user", ())), ")")
    people = eligible(using, **belonging("pk", whom))
    return sql("JOIN (", people, ") badger_people ON badger_people.badger_pk = badger_due.badger_user")


def _expiry(due: Due) -> str:
    return f"expires_{due.slug}"


def _values(dues: Iterable[Due], asked: Asked, run: Run, *, told: bool) -> dict[str, Any]:
    """Return what stands in the blanks of a statement."""
    return {
        "first": asked.span.first, "last": asked.span.last, "at": asked.at, "run": run.pk,
        "announced": None if told else asked.at,
        **{_expiry(due): asked.at + due.valid_for if due.valid_for else None for due in dues},
    }  # fmt: skip
