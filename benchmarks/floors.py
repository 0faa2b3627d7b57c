"""Floors: the least SQL that reaches the same rows in the same tables, all columns as the engine fills them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.dialect import dialect, run

POST, AWARD, BADGE, USER = "posts_post", "badger_award", "badger_badge", "auth_user"
COLUMNS = (
    "uuid, badge_id, recipient_id, occasion, slot, route, reason, evidence, earned_at, awarded_at, announced_at, ended,"
    " revoked_reason, hidden, run_id"
)


# --- events: through Django's cursor ----------------------------------------------------------------------------------


def rows_of(query: str, params: Sequence[Any] = ()) -> list[Any]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


def posts_and_held(key: int, measures: int = 1) -> tuple[list[Any], set[int]]:
    """Return (number, moment of the newest) of a person's posts, for each measure, and the badges that they hold.

    In one question: who does not know yet what is held, or what was written, has to ask for both.
    """
    one = f"SELECT 1, COUNT(*), MAX(created_at) FROM {POST} WHERE author_id = %s"
    more = [f"{one} AND words >= {number}" for number in range(1, measures)]
    held = f"SELECT 0, badge_id, NULL FROM {AWARD} WHERE recipient_id = %s AND slot = ''"
    rows = rows_of(" UNION ALL ".join([one, *more, held]), [key] * (measures + 1))
    return [row[1:] for row in rows if row[0]], {row[1] for row in rows if not row[0]}


def posts_and_since(key: int) -> tuple[Any, dict[int, Any]]:
    """Return (number, moment of the newest) of a person's posts, and since when they hold each badge; None: it has ended."""
    number, *held = rows_of(
        f"SELECT COUNT(*), MAX(created_at) FROM {POST} WHERE author_id = %s UNION ALL SELECT badge_id,"
        " CASE WHEN ended = '' AND (expires_at IS NULL OR expires_at > %s) THEN earned_at END"
        f" FROM {AWARD} WHERE recipient_id = %s AND slot = ''",
        [key, connection.ops.adapt_datetimefield_value(timezone.now()), key],
    )
    return number, dict(held)


def moments(key: int, goals: Mapping[int, int]) -> dict[int, list[Any]]:
    """Return when a person wrote their first posts, for each measure as many as its goal is: of the nth on, badges are dated."""
    parts = [
        f"SELECT * FROM (SELECT {measure}, created_at FROM {POST} WHERE author_id = %s AND words >= {measure}"
        f" ORDER BY created_at, id LIMIT {goal}) AS m{measure}"
        for measure, goal in goals.items()
    ]
    found: dict[int, list[Any]] = {measure: [] for measure in goals}
    for measure, moment in rows_of(" UNION ALL ".join(parts), [key] * len(parts)):
        found[measure].append(moment)
    return {measure: sorted(those) for measure, those in found.items()}


def reached(number: int, goal: int) -> str:
    """Return the evidence of a goal that was reached."""
    return json.dumps({"value": str(number), "goal": str(goal), "rule": "0123456789ab"})


def complete(slugs: Sequence[str]) -> str:
    """Return the evidence of a badge for badges."""
    parts: list[dict[str, Any]] = [{"badge": slug} for slug in slugs]
    return json.dumps({"rule": "0123456789ab", **(parts[0] if len(parts) == 1 else {"parts": parts})})


def insert(badges: Mapping[int, tuple[Any, str]], key: int) -> None:
    """Award these badges, with the moments in which they were earned and the evidence, to a person, in one statement.

    A badge that was closed since somebody looked is left out, and a person who was blocked: that is promised, too.
    """
    sql, now = dialect(), connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [(uuid4().hex, badge, evidence, earned_at) for badge, (earned_at, evidence) in badges.items()]
    if len(rows) == 1:  # what is listed is read more slowly than what stands where it belongs
        [(uuid, badge, *rest)] = rows
        values, source = ("%s", "%s", "%s"), f"{BADGE} AS badge"
        params = [uuid, *rest, now, now, badge]
    else:
        listed = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
        values = (sql.as_uuid.format("new.uuid"), sql.as_json.format("new.evidence"), "new.earned_at")
        source = (
            f"(WITH listed(uuid, badge, evidence, earned_at) AS (VALUES {listed}) SELECT * FROM listed) AS new"
            f" JOIN {BADGE} AS badge ON badge.id = new.badge"
        )
        params = [now, now, *(value for row in rows for value in row)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql.insert} INTO {AWARD} ({COLUMNS}) SELECT {values[0]}, badge.id, someone.id, '', '', 'rule', '',"
            f" {values[1]}, {values[2]}, %s, %s, '', '', FALSE, NULL FROM {source} CROSS JOIN {USER} AS someone"
            f" WHERE {'badge.id = %s AND ' if len(rows) == 1 else ''}badge.status = 'published'"
            " AND (badge.starts_at IS NULL OR badge.starts_at <= %s) AND (badge.ends_at IS NULL OR badge.ends_at > %s)"
            f" AND someone.id = %s AND someone.is_active {sql.unless_there}",
            [*params, now, now, key],
        )


def report(badge: int, key: int, amount: int, goal: int, *, once: str = "") -> None:
    """Add to a counter, as who does not know what comes: each ``once`` counts once, and the goal brings the badge.

    What belongs together is committed together: no crash leaves a key without what it counted, or a goal without its award.
    Below the goal, and without a key, one statement is enough, if it can say that it would reach the goal.
    """
    if once and counted_before(badge, key, once):
        return
    if not once and connection.vendor != "mysql" and add_progress(badge, key, amount, below=goal):
        return
    with transaction.atomic():
        [(counter, current)] = add_progress(badge, key, amount)
        if once:
            keep_key(counter, once)
        if current - amount < goal <= current:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            insert({badge: (now, reached(current, goal))}, key)


def counted_before(badge: int, key: int, once: str) -> list[Any]:
    """Return how far a counter is, if it has counted a key."""
    return rows_of(
        "SELECT progress.current FROM badger_progresskey AS kept JOIN badger_progress AS progress"
        f" ON progress.id = kept.progress_id WHERE user_id = %s AND badge_id = %s AND {_quoted('key')} = %s",
        [key, badge, once],
    )


def add_progress(badge: int, key: int, amount: int, *, below: int | None = None) -> list[Any]:
    """Add to a counter; return its key and what it is then, in one statement. With ``below``, only if it stays below that."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    upsert = (
        "ON DUPLICATE KEY UPDATE current = current + VALUES(current)"
        if connection.vendor == "mysql"
        else "ON CONFLICT (badge_id, user_id) DO UPDATE SET current = badger_progress.current + EXCLUDED.current"
    )
    if below is not None:
        upsert += f" WHERE badger_progress.current >= {below} OR badger_progress.current + EXCLUDED.current < {below}"
    values = "INSERT INTO badger_progress (badge_id, user_id, current, updated_at) VALUES (%s, %s, %s, %s)"
    return rows_of(f"{values} {upsert} RETURNING id, current", [badge, key, amount, now])


def keep_key(progress: int, key: str) -> None:
    """Note that a key was counted. Raises where it was counted before."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO badger_progresskey (progress_id, {_quoted('key')}, created_at) VALUES (%s, %s, %s)",
            [progress, key, now],
        )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


# --- everybody: bare SQL, a statement a range of people ---------------------------------------------------------------


def award_counted(badge: int, goal: int, people: tuple[int, int], *, newer_than: int | None = None) -> int:
    """Award a badge to whoever has so many posts and is not blocked, with the moment of the post that did it.

    "Not yet held" is an EXCEPT, which is never a nested loop. ``newer_than`` looks only at authors of later posts (keys).
    Returns how many rows were made.
    """
    low, high = people
    changed = "" if newer_than is None else f" AND author_id IN (SELECT author_id FROM {POST} WHERE id > {newer_than})"
    return _insert_selected(
        f"WITH due AS (SELECT author_id FROM {POST} WHERE author_id BETWEEN {low} AND {high}{changed}"
        f" GROUP BY author_id HAVING COUNT(*) >= {goal}"
        f" EXCEPT SELECT recipient_id FROM {AWARD}"
        f" WHERE badge_id = {badge} AND slot = '' AND recipient_id BETWEEN {low} AND {high}),"
        " steps AS (SELECT post.author_id AS person, post.created_at AS earned,"
        " ROW_NUMBER() OVER (PARTITION BY post.author_id ORDER BY post.created_at, post.id) AS nth,"
        " COUNT(*) OVER (PARTITION BY post.author_id) AS number"
        f" FROM {POST} AS post JOIN due ON due.author_id = post.author_id)",
        badge,
        dialect().evidence.format(value="steps.number", goal=goal, rule="0123456789ab"),
        f"steps JOIN {USER} AS someone ON someone.id = steps.person AND someone.is_active WHERE steps.nth = {goal}",
    )


def award_meta(badge: int, needed: Mapping[int, str], people: tuple[int, int]) -> int:
    """Award a badge to whoever holds all of these (slugs by key) and is not blocked, with the moment of the last one."""
    low, high = people
    named = ", ".join(map(str, needed))
    evidence = json.dumps({"rule": "0123456789ab", "parts": [{"badge": slug} for slug in needed.values()]})
    return _insert_selected(
        f"WITH held AS (SELECT recipient_id AS person, MAX(earned_at) AS earned FROM {AWARD}"
        f" WHERE badge_id IN ({named}) AND ended = '' AND recipient_id BETWEEN {low} AND {high}"
        f" GROUP BY recipient_id HAVING COUNT(DISTINCT badge_id) = {len(needed)}),"
        f" due AS (SELECT person FROM held EXCEPT SELECT recipient_id FROM {AWARD}"
        f" WHERE badge_id = {badge} AND slot = '' AND recipient_id BETWEEN {low} AND {high}),"
        " steps AS (SELECT held.person, held.earned FROM held JOIN due ON due.person = held.person)",
        badge,
        f"CAST('{evidence}' AS jsonb)" if connection.vendor == "postgresql" else f"'{evidence}'",
        f"steps JOIN {USER} AS someone ON someone.id = steps.person AND someone.is_active",
    )


def _insert_selected(found: str, badge: int, evidence: str, source: str) -> int:
    sql, now = dialect(), f"'{timezone.now():%Y-%m-%d %H:%M:%S.%f}'"
    if connection.vendor == "postgresql":
        now = f"TIMESTAMPTZ {now}"
    values = (
        f"SELECT {sql.uuid}, {badge}, steps.person, '', '', 'rule', '', {evidence}, steps.earned, {now}, {now}, '', '',"
        f" FALSE, NULL FROM {source} {'' if ' WHERE ' in source else 'WHERE TRUE'} {sql.unless_there}"
    )
    return run(f"{sql.insert} INTO {AWARD} ({COLUMNS}) {found} {values}")
