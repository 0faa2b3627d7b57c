"""Bulk acts, each a logged run: everybody is looked at, in ranges, each its own commit."""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cache, partial
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from django_badger import signals
from django_badger._engine import noting
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import announce_run
from django_badger._engine.due import due_badges
from django_badger._engine.failing import retried
from django_badger._engine.filling import Filling
from django_badger._engine.guarding import refuse_losses
from django_badger._engine.ranges import Outcome, Part, do_next, everybody, next_people, span_of
from django_badger._engine.recent import changed, last_marks, marks
from django_badger._engine.sync import sync
from django_badger.exceptions import RunRefused
from django_badger.models import Award, Badge, Run, RunRange

#: An unfinished run is gone on with by whoever asks for the same, unless nothing was done for so long.
STALE_AFTER = timedelta(hours=1)
#: How long somebody who finds all ranges taken waits before looking again, in seconds.
PAUSE = 0.1
#: Runs that may be gone on with.
RESUMABLE = [Run.Status.RUNNING, Run.Status.FAILED, Run.Status.CANCELLED]

Shown = Callable[[Run], None]


def backfill(
    slugs: Collection[str] = (),
    *,
    notify: str = Run.Notify.NONE,
    asked_by: Any = None,
    shown: Shown | None = None,
    recent: bool = False,
) -> Run:
    """Award everybody who has earned these badges (none: all) already. Adds only; told to nobody by default.

    ``shown`` is called after each range, with the run as it stands. ``recent`` looks only at people with rows that the
    last finished run has not seen, see :mod:`recent`.
    Rows that this makes need no other: running it again writes nothing.
    """
    options = {"recent": True} if recent else {}
    return go_on(begin(Run.Kind.BACKFILL, slugs, notify=notify, asked_by=asked_by, **options), shown=shown)


def reconcile(
    slugs: Collection[str] = (),
    *,
    notify: str = Run.Notify.NONE,
    asked_by: Any = None,
    shown: Shown | None = None,
    **options: Any,
) -> Run:
    """Award as :func:`backfill` does, and let awards lapse whose badge is kept only while its rule is true.

    ``allow_empty`` and ``max_loss`` (percent) loosen the guards, see :mod:`guarding`; ``all_holders`` takes awards of
    any badge back whose rule, as it is declared now, is not true.
    """
    return go_on(begin(Run.Kind.RECONCILE, slugs, notify=notify, asked_by=asked_by, **options), shown=shown)


def begin(
    kind: str, slugs: Collection[str] = (), *, notify: str = Run.Notify.NONE, asked_by: Any = None, **options: Any
) -> Run:
    """Return the run that does this: one that was left unfinished a short while ago, else a new one."""
    sync()
    wanted = {**options, "badges": sorted(slugs)}
    noted: dict[str, Any] = {"marks": marks(due_badges(slugs))}
    if options.get("recent"):
        seen, before = last_marks(slugs)
        noted |= {"seen": seen, "before": before.isoformat() if before else None}
    now = timezone.now()
    rows = Run.objects.using(award_alias()).filter(kind=kind, status=Run.Status.RUNNING)
    for left in rows.order_by("-pk"):
        if {name: left.options[name] for name in left.options if name not in noted} == wanted and left.notify == notify:
            if _last_heard_of(left) > now - STALE_AFTER:
                return left
            finish(left, Run.Status.FAILED, error="It was left unfinished, and everybody was looked at anew.")
    badges = Badge.objects.using(award_alias()).filter(slug__in=slugs) if len(slugs) == 1 else ()
    run = Run(
        kind=kind, notify=notify, asked_by=asked_by, options=wanted | noted, people=everybody(),
        badge=next(iter(badges), None),
    )  # fmt: skip
    run.save(using=award_alias())
    return run


def _last_heard_of(run: Run) -> Any:
    last = run.ranges.using(award_alias()).order_by("-number").values_list("finished_at", "started_at").first()
    return max(filter(None, [run.started_at, *(last or ())]))


def go_on(
    run: Run, *, shown: Shown | None = None, wait: bool = True, do: Callable[[Run], Outcome] | None = None
) -> Run:
    """Do what is left of a run, beside others who do the same; return it as it stands then.

    With ``wait`` whoever finds all ranges taken stays until they are done, and does those that were given up.
    ``do`` does one range, if :func:`do_range` cannot.
    """
    do_ranges(run, shown=shown, wait=wait, do=do)
    run.refresh_from_db(using=award_alias())
    return run


def do_ranges(
    run: Run,
    *,
    shown: Shown | None = None,
    wait: bool = True,
    seconds: float = math.inf,
    do: Callable[[Run], Outcome] | None = None,
) -> Outcome:
    """Do ranges until none is left or so many seconds are over; who finds nothing left closes the run."""
    until = time.monotonic() + seconds
    do = do or do_range
    try:
        if run.kind == Run.Kind.RECONCILE and not run.looked_at:
            refuse_losses(run)
        while (outcome := do(run)) is Outcome.DONE or (outcome is Outcome.BUSY and wait):
            if outcome is Outcome.BUSY:
                time.sleep(PAUSE)
            if shown is not None:
                run.refresh_from_db(using=award_alias())
                shown(run)
            if time.monotonic() >= until:
                break
    except Exception as error:
        finish(run, Run.Status.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    if outcome is Outcome.OVER and finish(run, Run.Status.FINISHED) and run.kind != Run.Kind.IMPORT:
        noting.note_run([due.slug for level in due_badges(run.options["badges"]) for due in level], timezone.now())
    return outcome


def do_range(run: Run) -> Outcome:
    """Do one range of a run, and tell of its awards if that is asked for."""
    told, options = is_told(run), run.options
    before = parse_datetime(options.get("before") or "")
    levels = cache(partial(due_badges, options["badges"]))  # both ask for them, once and as late as possible

    def cut(last: RunRange | None) -> Part | None:
        some = changed(levels(), options["seen"], before) if options.get("seen") else None
        return next_people(run, last, changed=some)

    def work(done: RunRange) -> None:
        Filling(run, levels(), timezone.now(), told, done, options.get("seen") or {}, before).fill(span_of(done))

    outcome = do_next(run, work, cut)
    if told:
        announce_run(run)
    return outcome


def is_told(run: Run) -> bool:
    """Whether anybody is to be told of the awards, and anybody is there to be told."""
    if run.notify == Run.Notify.DIGEST:
        return signals.badges_awarded.has_listeners(Run)
    return run.notify == Run.Notify.EACH and signals.badge_awarded.has_listeners(Award)


def finish(run: Run, status: str, *, error: str = "") -> bool:
    """Close a run, unless somebody else did; return whether this closed it."""
    now = timezone.now()
    changes: dict[str, Any] = {"status": status, "error": error[:2000].replace("\x00", "")}
    changes["cancelled_at" if status == Run.Status.CANCELLED else "finished_at"] = now
    rows = Run.objects.using(award_alias()).filter(pk=run.pk, status=Run.Status.RUNNING)
    return retried(lambda: rows.update(**changes)) == 1


def cancel(run: Run) -> bool:
    """Stop a run after the ranges that are being done; what it wrote stays. Return False where it is over already."""
    return finish(run, Run.Status.CANCELLED)


def resume(run: Run, *, shown: Shown | None = None) -> Run:
    """Go on with a run that was cancelled, that failed or whose process died. An import needs its file once more."""
    if run.kind == Run.Kind.IMPORT:
        msg = (
            f"run {run.pk} is an import, and its file is not kept: type `{typed_again(run)}` with the same file, and it "
            "goes on where it stopped"
        )
        raise RunRefused(msg)
    if not reopen(run):
        msg = f"run {run.pk} is {run.get_status_display()}: only one that is not over can be resumed"
        raise RunRefused(msg)
    return go_on(run, shown=shown)


def reopen(run: Run) -> bool:
    """Let a run that was cancelled or that failed be under way again; return False where it is over."""
    rows = Run.objects.using(award_alias()).filter(pk=run.pk, status__in=RESUMABLE)
    opened = retried(lambda: rows.update(status=Run.Status.RUNNING, error="", cancelled_at=None)) == 1
    run.refresh_from_db(using=award_alias())
    return opened


def typed_again(run: Run) -> str:
    """Return the command by which somebody asks for an import once more."""
    options = run.options
    words = ["--badge", *options["badges"]] if options["badges"] else []
    for name, usual in (("match", "name"), ("delimiter", ","), ("by", "")):
        if options[name] != usual:
            words += [f"--{name}", "tab" if options[name] == "\t" else shlex.quote(options[name])]
    if run.notify != Run.Notify.NONE:
        words += ["--notify", run.notify]
    return " ".join(["manage.py badger import FILE", *words])
