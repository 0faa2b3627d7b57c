"""Who does the ranges of a run: whoever asked for it, or jobs of a queue, which workers on many machines share.

Note [Jobs of a run]
    A run is handed to a queue as ``BADGER_RUN_WORKERS`` jobs. A job does ranges for ``PART`` seconds, puts its successor in
    the queue and ends, so that deploys and the time limits of queues are respected. A job carries nothing but the key of
    the run, and whose turn a range is, the locks of the ranges decide (Note [Who has a range]). So a job may be done twice,
    late, by nobody, or beside others of the same run, and each order of events comes to the right end:

    - Two jobs meet: each takes ranges that the other has not. More jobs than were asked for do no harm: they end with the
      run.
    - A job comes when its run is over, cancelled or gone: it does nothing.
    - A job finds all that is left taken (only at the end of a run): it ends at once, and its successor looks again after
      ``LATER`` seconds. Nobody knows whether those who have the last ranges will live to finish them.
    - Who has done a range and finds nothing left closes the run. If it is killed in between, the next job does that.
    - A worker is killed in a range: its lock and what it wrote are gone, and any other job takes the range.
    - A worker is killed after it put its successor in the queue, and the queue gives the job to somebody once more: there
      is one job more.
    - A worker is killed and its queue does not give the job to anybody else (the database worker never does, Celery with
      Redis does it after an hour): the other jobs do all that is left. A run outlives all but one of its jobs.
    - All of them are killed, or the queue lost what was in it: the run stays as it is, and whoever asks for the same act,
      say cron, goes on with it (``begin``) with jobs of its own; so does ``badger resume``.

    A run is undone by one job and its successors, in parts of as many seconds. If it dies, whoever asks for it once more
    goes on; jobs of the run that come late help.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, Protocol

from django.db import transaction
from django.utils.module_loading import import_string

from django_badger._engine import runs, undoing
from django_badger._engine.aliases import award_alias
from django_badger._engine.ranges import Outcome
from django_badger.conf import settings
from django_badger.exceptions import NotEnqueued
from django_badger.models import Run

INLINE = "inline"
#: Functions that put a job in a queue, by what ``BADGER_RUNNER`` calls them.
PATHS = {"celery": "django_badger.tasks.enqueue", "tasks": "django_badger.background.enqueue"}
#: How many seconds a job works before it leaves the rest to its successor.
PART = 20
#: How many seconds later somebody looks again who found all taken.
LATER = 5


class Enqueue(Protocol):
    """A runner: puts a job in a queue, which calls ``django_badger.runs.work(run_pk)`` after ``delay`` seconds."""

    def __call__(self, run_pk: int, *, delay: float) -> object:
        """Put it there."""
        ...


def enqueue(
    kind: str, slugs: Collection[str] = (), *, notify: str = Run.Notify.NONE, asked_by: Any = None, **options: Any
) -> Run:
    """Begin a backfill or a reconcile, hand it to ``BADGER_RUNNER`` after the commit, and return it as it stands.

    With the runner ``"inline"`` it is done here and now. Raise ``NotEnqueued`` where the queue does not take it.
    """
    return start(runs.begin(kind, slugs, notify=notify, asked_by=asked_by, **options))


def start(run: Run, *, shown: runs.Shown | None = None) -> Run:
    """Have a run done by the runner that the settings name, and return it as it stands then."""
    if settings.runner == INLINE:
        return runs.go_on(run, shown=shown)
    return _handed_over(run, settings.run_workers, "resume")


def enqueue_undo(run: Run) -> Run:
    """Have what a run wrote taken back (see :func:`undo`) by ``BADGER_RUNNER`` after the commit; return it as it stands.

    With the runner ``"inline"`` it is done here and now. Raise ``RunRefused`` where the run is not over, or was undone,
    and ``NotEnqueued`` where the queue does not take it.
    """
    if settings.runner == INLINE:
        return undoing.undo(run)
    undoing.begin(run)
    return _handed_over(run, 1, "undo")


def _handed_over(run: Run, jobs: int, act: str) -> Run:
    """Put so many jobs in the queue after the commit. ``act`` does without one what they are for."""

    def put_all() -> None:
        for _job in range(jobs):
            _put(run.pk, delay=0, act=act)

    transaction.on_commit(put_all, using=award_alias())
    run.refresh_from_db(using=award_alias())
    return run


def _put(run_pk: int, *, delay: float, act: str) -> None:
    try:
        runner()(run_pk, delay=delay)
    except Exception as error:
        msg = (
            f"run {run_pk} could not be handed to BADGER_RUNNER {settings.runner!r} ({type(error).__name__}: {error}). It "
            "is kept: ask for the same again when the queue is there, or do it here with "
            f"`manage.py badger {act} {run_pk}`"
        )
        raise NotEnqueued(msg) from error


def runner() -> Enqueue:
    """Return the function that puts a job in the queue. Raise ``ImportError`` where there is none."""
    found: Enqueue = import_string(PATHS.get(settings.runner, settings.runner))
    return found


def work(run_pk: int, *, whole: bool = False) -> None:
    """Do a part of a run, or of undoing it, and put the rest in the queue: what a job does. One that is over needs nothing.

    With ``whole`` all of it is done: for queues that do their jobs at once, where a successor would only be a deeper call.
    """
    run = Run.objects.using(award_alias()).filter(pk=run_pk).first()
    if run is not None and run.status == Run.Status.UNDOING:
        if not undoing.go_on(run, seconds=math.inf if whole else PART):
            _put(run_pk, delay=0, act="undo")
        return
    if run is None or run.status != Run.Status.RUNNING or run.kind == Run.Kind.IMPORT:
        return  # an import goes on where its file is
    if whole:
        runs.go_on(run)
        return
    outcome = runs.do_ranges(run, wait=False, seconds=PART)
    if outcome in {Outcome.DONE, Outcome.BUSY}:
        _put(run_pk, delay=LATER if outcome is Outcome.BUSY else 0, act="resume")
