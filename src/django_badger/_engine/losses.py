"""Awards whose rule is no longer true: found for many people in one query, and ended once their grace is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from django_badger._engine.award import FREED
from django_badger._engine.deciding import holds_now
from django_badger._engine.due import Asked, Due
from django_badger._engine.earners import earners
from django_badger._engine.probe import PEOPLE_AT_ONCE, Question, probe
from django_badger._engine.sql import Sql, compiled, joined, rows_of, sql
from django_badger.models import Award, Run
from django_badger.rules.whom import belonging

#: How many awards one statement ends.
AT_ONCE = 500


def may_lapse(due: Due, asked: Asked) -> QuerySet[Award]:
    """Return the awards that lapse with their rule: those that stand, and that a rule gave."""
    rows = Award.objects.using(asked.using).filter(badge=due.pk, ended="", route=Award.Route.RULE).order_by()
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=asked.at), **belonging("recipient", asked.span))


def lost(due: Due, asked: Asked) -> Iterator[Any]:
    """Return the keys of the awards that the rule, as it is now, does not give."""
    query = _lost(due, asked)
    return (row[0] for row in rows_of(query, asked.using)) if query is not None else _lost_one_by_one(due, asked)


def _lost(due: Due, asked: Asked) -> Sql | None:
    kept = earners(due.rule, replace(asked, still=True))
    rows = may_lapse(due, asked).annotate(badger_pk=F("pk"))
    standing = compiled(rows.values_list("badger_pk", "recipient_id", "slot"), asked.using)
    if kept is None or standing is None:
        return None
    return sql(
        "WITH", joined(",", kept), ", badger_standing AS (", standing, "), badger_lost(badger_user, badger_text) AS (",
        "SELECT recipient_id, slot FROM badger_standing EXCEPT SELECT badger_user, badger_text FROM badger_earned",
        ") SELECT badger_pk FROM badger_standing JOIN badger_lost",
        "ON badger_user = recipient_id AND badger_text = slot",
    )  # fmt: skip


def _lost_one_by_one(due: Due, asked: Asked) -> Iterator[Any]:
    """Read the rule for its holders only, some at a time."""
    standing = may_lapse(due, asked).order_by("recipient_id", "pk").values_list("pk", "recipient_id", "slot")
    rows = list(standing)
    question = Question(due.rule.reads().badges, due.rule.reads())
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        some = rows[start : start + PEOPLE_AT_ONCE]
        facts = probe(question, people={user for _pk, user, _slot in some}, at=asked.at).facts
        yield from (pk for pk, user, slot in some if slot not in holds_now(due.rule, facts, user))


def lapse(due: Due, asked: Asked, run: Run, *, grace: timedelta | None) -> int:
    """End the awards whose rule is no longer true, those with a grace once it is over. Return how many were ended."""
    gone = list(lost(due, asked))
    if grace:
        waiting = dict(may_lapse(due, asked).exclude(lapses_at=None).values_list("pk", "lapses_at"))
        _update([pk for pk in waiting if pk not in set(gone)], asked, lapses_at=None)
        _update([pk for pk in gone if pk not in waiting], asked, lapses_at=asked.at + grace)
        gone = [pk for pk in gone if pk in waiting and (waiting[pk] or asked.at) <= asked.at]
    changes = {"ended": Award.Ended.LAPSED, "ended_at": asked.at, "ended_in": run, "lapses_at": None, "slot": FREED}
    return _update(gone, asked, **changes)


def _update(keys: Sequence[Any], asked: Asked, **changes: Any) -> int:
    rows = Award.objects.using(asked.using).filter(ended="")
    lots = (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
    return sum(rows.filter(pk__in=lot).update(**changes) for lot in lots)
