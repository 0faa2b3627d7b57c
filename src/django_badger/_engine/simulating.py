"""What a run would do: it is done, looked at, and rolled back, range by range. Nothing is written and nobody is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction
from django.db.models import Count
from django.utils import timezone

from django_badger._engine.aliases import award_alias
from django_badger._engine.due import Due, due_badges
from django_badger._engine.filling import Filling
from django_badger._engine.guarding import refuse_losses
from django_badger._engine.ranges import FIRST, next_size, people_after
from django_badger._engine.sql import Sql, executed, rows_of, sql
from django_badger._engine.sync import sync
from django_badger.exceptions import RunRefused
from django_badger.models import Award, Run, RunRange
from django_badger.rules.whom import Span, belonging

#: How many of the people who would gain or lose a badge are named.
NAMED = 5


@dataclass(slots=True)
class Change:
    """What would become of one badge: how many awards more and less, how many whose grace would begin, and some people."""

    gained: int = 0
    lost: int = 0
    grace: int = 0
    gainers: list[Any] = field(default_factory=list)
    losers: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Simulated:
    """What a run would do: by badge (slug), for how many people, with how many messages, in how many seconds.

    ``plans`` are how the database would go about it, where that was asked for; ``refused`` says why the run would not
    begin, and ``errors`` which rules failed.
    """

    changes: dict[str, Change] = field(default_factory=dict)
    looked_at: int = 0
    messages: int = 0
    seconds: float = 0.0
    refused: str = ""
    plans: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def gained(self) -> int:
        """How many awards would be made."""
        return sum(change.gained for change in self.changes.values())

    @property
    def lost(self) -> int:
        """How many awards would lapse."""
        return sum(change.lost for change in self.changes.values())


def simulate(
    kind: str,
    slugs: Collection[str] = (),
    *,
    notify: str = Run.Notify.NONE,
    plan: bool = False,
    shown: Callable[[Simulated], None] | None = None,
    **options: Any,
) -> Simulated:
    """Return what :func:`runs.backfill` or :func:`runs.reconcile` with the same arguments would do now."""
    sync()
    began = time.monotonic()
    found = Simulated()
    run = Run(kind=kind, notify=notify, options={**options, "badges": sorted(slugs)})
    levels = due_badges(slugs)
    found.changes = {due.slug: Change() for level in levels for due in level}
    found.refused = _refusal(run)
    size, after = FIRST, None
    while people := people_after(after, size):
        start = time.monotonic()
        _rolled_back(run, Span(people.first, people.last), levels, found, plan=plan and after is None)
        found.looked_at += people.number
        size, after = next_size(people.number, time.monotonic() - start), people.last
        found.seconds = time.monotonic() - began
        if shown is not None:
            shown(found)
    return found


def _refusal(run: Run) -> str:
    try:
        if run.kind == Run.Kind.RECONCILE:
            refuse_losses(run)
    except RunRefused as error:
        return str(error)
    return ""


def _rolled_back(run: Run, span: Span, levels: list[list[Due]], found: Simulated, *, plan: bool) -> None:
    now, plans = timezone.now(), found.plans if plan else None

    def execute(statement: Sql, using: str) -> int:
        if plans is not None:
            plans.append(_plan(statement, using))
        return executed(statement, using)

    with transaction.atomic(using=award_alias()):
        run.pk = None
        run.save(using=award_alias(), force_insert=True)
        filling = Filling(run, levels, now, told=True, done=RunRange(run=run), execute=execute)
        filling.fill(span)
        _look(run, span, now, levels, found)
        found.errors += [error for error in filling.errors if error not in found.errors]
        transaction.set_rollback(True, using=award_alias())


def _look(run: Run, span: Span, now: Any, levels: list[list[Due]], found: Simulated) -> None:
    slugs = {due.pk: due.slug for level in levels for due in level}
    awards = Award.objects.using(award_alias()).order_by()
    made, ended = awards.filter(run=run), awards.filter(ended_in=run, badge__in=slugs)
    for rows, number, names in ((made, "gained", "gainers"), (ended, "lost", "losers")):
        for badge, count in rows.values_list("badge").annotate(Count("pk")):
            change = found.changes[slugs[badge]]
            setattr(change, number, getattr(change, number) + count)
            known: list[Any] = getattr(change, names)
            keys = rows.filter(badge=badge).order_by("recipient_id").values_list("recipient", flat=True)
            known += keys[: max(0, NAMED - len(known))]
    for due in (due for level in levels for due in level if due.grace):
        mine = awards.filter(badge=due.pk, lapses_at=now + due.grace, **belonging("recipient", span))
        found.changes[due.slug].grace += mine.count()
    if run.notify == Run.Notify.EACH:
        found.messages += made.count()
    elif run.notify == Run.Notify.DIGEST:
        found.messages += made.values("recipient").distinct().count()


def _plan(statement: Sql, using: str) -> str:
    word = "EXPLAIN QUERY PLAN" if connections[using].vendor == "sqlite" else "EXPLAIN"
    rows = rows_of(sql(word, statement), using)
    last = -1 if connections[using].vendor in ("sqlite", "postgresql") else slice(None)
    return "\n".join(str(row[last]) for row in rows)
