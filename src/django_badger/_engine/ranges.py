"""Ranges of a run: people, or lines of a file, cut into parts that are each done once, by whoever takes them.

Note [Who has a range]
    A range is taken by locking its row, and done in the transaction that holds the lock: it is finished and everything
    that it wrote is there, or neither. Whoever dies in the middle lets go of the lock and of what was written, so the
    next one takes the range and nobody has to wait for a time-out. SQLite has no locks of rows: there, writing to the
    row takes the one lock there is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import is_already, retried
from django_badger._engine.recent import Changed
from django_badger.models import Run, RunRange
from django_badger.rules.whom import Span

#: How many people the first range holds, the smallest and the largest one.
FIRST, LEAST, MOST = 1000, 100, 50_000
#: Where only people with new rows are looked at: how many awards those in a range may come to, and how many people it
#: holds at most.
GAINED, SKIMMED = 4_000, 1_000_000
#: How long a range should take: nobody's lock is held much longer than this.
SECONDS = 0.4
#: A range may be so many times larger than the one before it.
GROWTH = 8
#: What a run is that is taken back: nothing is added to it any more.
UNDONE = [Run.Status.UNDOING, Run.Status.UNDONE]
ONCE = ("badger_range_once", "badger_runrange.run_id, badger_runrange.number")


class Outcome(Enum):
    """What became of the attempt to do a range."""

    DONE = "done"  # one range was done
    BUSY = "busy"  # others are at the ranges that are left
    OVER = "over"  # nothing is left
    STOPPED = "stopped"  # the run was cancelled, or failed elsewhere


class Part(NamedTuple):
    """The first and the last of what a range holds, people's keys or lines, and how many they are."""

    first: Any
    last: Any
    number: int


Work = Callable[[RunRange], None]
#: Gives what comes behind the last range that was cut (None: from the start on), or None where nothing is left.
Cut = Callable[[RunRange | None], Part | None]


def do_next(run: Run, work: Work, cut: Cut) -> Outcome:
    """Take a range that nobody has and do it: ``work`` counts on the range what it did, ``cut`` says what comes next."""
    if not _runs(run):
        return Outcome.STOPPED
    for number in _open(run):
        if _taken(run, number, work):
            return Outcome.DONE
    new = _cut(run, cut)
    if new is None:
        return Outcome.BUSY if _open(run) else Outcome.OVER
    return Outcome.DONE if _taken(run, new, work) else do_next(run, work, cut)


def _ranges(run: Run) -> Any:
    return RunRange.objects.using(award_alias()).filter(run=run)


def _runs(run: Run) -> bool:
    return Run.objects.using(award_alias()).filter(pk=run.pk, status=Run.Status.RUNNING).exists()


def _open(run: Run) -> list[int]:
    return list(_ranges(run).filter(finished_at=None).order_by("number").values_list("number", flat=True))


def _taken(run: Run, number: int, work: Work) -> bool:
    try:
        return retried(lambda: _take(run, number, work))
    except IntegrityError:  # somebody's account went away while the range was done
        return retried(lambda: _take(run, number, work))


def _take(run: Run, number: int, work: Work) -> bool:
    """Do one range in a transaction; return False where somebody else has it, or has done it, or has begun to undo the run.

    Whoever undoes a run changes its row first, and so does a range at its end: one of the two waits for the other, and
    what a range has written is there to be taken back, or is rolled back.
    """
    with transaction.atomic(using=award_alias()):
        mine = _locked(run, number)
        if mine is None:
            return False
        began = time.monotonic()
        work(mine)
        mine.seconds, mine.finished_at = time.monotonic() - began, timezone.now()
        mine.save(using=award_alias())
        counts = {name: F(name) + getattr(mine, name) for name in ("looked_at", "added", "lapsed", "failed")}
        rows = Run.objects.using(award_alias()).filter(pk=run.pk).exclude(status__in=UNDONE)
        if rows.update(**counts):
            return True
        transaction.set_rollback(True, using=award_alias())
    return False


def _locked(run: Run, number: int) -> RunRange | None:
    rows: QuerySet[RunRange] = _ranges(run).filter(number=number, finished_at=None)
    if connections[award_alias()].features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True).first()
    return rows.first() if rows.update(started_at=timezone.now()) else None


def _cut(run: Run, cut: Cut) -> int | None:
    """Cut the next range off and return its number; None where nothing is left. Who comes second finds it cut."""
    before = _ranges(run).order_by("-number").first()
    part = cut(before)
    if part is None:
        return None
    number = before.number + 1 if before else 1
    new = RunRange(
        run=run, number=number, first=str(part.first), last=str(part.last), looked_at=part.number,
        started_at=timezone.now(),
    )  # fmt: skip

    def insert() -> None:
        with transaction.atomic(using=award_alias()):
            new.save(using=award_alias(), force_insert=True)

    try:
        retried(insert)  # MariaDB lets one of several who insert the same end in a deadlock
    except IntegrityError as error:
        if not is_already(error, *ONCE):
            raise
    return number


def next_people(run: Run, before: RunRange | None, *, changed: Changed | None = None) -> Part | None:
    """Return the people of the next range of a run about everybody, as many as fit in ``SECONDS``.

    Where only people with new rows are looked at, ``changed`` says who they are: what these may earn decides then.
    """
    if changed is not None:
        part = people_after(key_of(before.last) if before else None, SKIMMED)
        last = changed.last(Span(part.first, part.last), max(LEAST, GAINED // changed.badges)) if part else None
        return part if part is None or last is None else people_between(part.first, last)
    if before is None or before.finished_at is not None:
        size = _size(before)
    else:  # somebody else is at it
        size = min(_size(_ranges(run).exclude(finished_at=None).order_by("-number").first()), _share(run))
    return people_after(key_of(before.last) if before else None, size)


def people_after(key: Any, size: int) -> Part | None:
    """Return the next ``size`` people behind this key (None: from the first one on); None where there are none."""
    keys = _people().order_by("pk").values_list("pk", flat=True)
    if key is not None:
        keys = keys.filter(pk__gt=key)
    first = keys.first()
    if first is None:
        return None
    last = next(iter(keys[size - 1 : size]), None)
    return Part(first, last, size) if last is not None else Part(first, keys.order_by("-pk").first(), keys.count())


def people_between(first: Any, last: Any) -> Part:
    """Return the people with these keys and all between them."""
    return Part(first, last, _people().filter(pk__gte=first, pk__lte=last).count())


def everybody() -> int:
    """Return how many people all ranges come to: blocked accounts are passed over where awards are made."""
    return _people().count()


def _people() -> QuerySet[Any]:
    return get_user_model()._base_manager.using(award_alias())


def next_size(size: int, seconds: float) -> int:
    """Return how many people fit in ``SECONDS``, where ``size`` took so many seconds; never more than ``MOST``."""
    return max(LEAST, min(MOST, int(size * min(GROWTH, SECONDS / max(seconds, 0.001)))))


def _size(before: RunRange | None) -> int:
    """Return how many people the next range holds, judging by the last one done."""
    return next_size(before.looked_at, before.seconds) if before is not None else FIRST


def _share(run: Run) -> int:
    """Return how many people are left for each of those who are at a run, so that all end at about the same time."""
    cut = _ranges(run).aggregate(people=Sum("looked_at"), busy=Count("pk", filter=Q(finished_at=None)))
    left, busy = run.people - int(cut["people"]), int(cut["busy"])
    return max(FIRST, left // (busy + 1))


def key_of(text: str) -> Any:
    """Return the key of a user that was written down as text."""
    return get_user_model()._meta.pk.to_python(text)


def span_of(one: RunRange) -> Span:
    """Return the people of a range."""
    return Span(key_of(one.first), key_of(one.last))
