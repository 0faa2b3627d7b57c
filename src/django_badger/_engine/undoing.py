"""Taking back what a run wrote, and nothing else.

Note [Who takes back]
    What is left to take back is what still stands of the run, so it can be stopped at any moment and gone on with by
    anybody. Several who do the same wait for each other at the row of the run: nobody is told twice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import after_commit
from django_badger._engine.award import FREED
from django_badger._engine.failing import retried
from django_badger.exceptions import RunRefused
from django_badger.models import Award, Run

#: How many awards one transaction takes back.
AT_ONCE = 1000
#: An award that somebody may know of: its row stays, because its address may be known too.
KNOWN = Q(seen_at__isnull=False) | Q(hidden=True) | Q(pinned__isnull=False) | Q(warned_at__isnull=False)

Shown = Callable[[Run], None]


def undo(run: Run, *, shown: Shown | None = None) -> Run:
    """Take back what a run that is over wrote, as far as nobody changed it since. Can be gone on with where it stopped.

    Awards that nobody was told of and nobody saw are deleted, as if never made; the others are retracted: the row stays
    and does not stand. An award that ended meanwhile is left alone. Awards that the run let lapse stand again, unless
    another one has taken their place.
    """
    begin(run)
    go_on(run, shown=shown)
    run.refresh_from_db(using=award_alias())
    return run


def begin(run: Run) -> None:
    """Let a run that is over be undone from now on. Raise ``RunRefused`` where it is not over, or was undone."""
    over = [Run.Status.FINISHED, Run.Status.FAILED, Run.Status.CANCELLED, Run.Status.UNDOING]
    rows = Run.objects.using(award_alias()).filter(pk=run.pk)
    if not rows.filter(status__in=over).update(status=Run.Status.UNDOING):
        msg = (
            f"run {run.pk} is {run.get_status_display()}: only a run that is over can be undone, once; cancel it first"
        )
        raise RunRefused(msg)


def go_on(run: Run, *, shown: Shown | None = None, seconds: float = math.inf) -> bool:
    """Take back what is left, until so many seconds are over; return whether nothing is left then."""
    until = time.monotonic() + seconds
    last: Any = 0
    while (last := retried(partial(_take_back, run, last))) is not None:
        if shown is not None:
            run.refresh_from_db(using=award_alias())
            shown(run)
        if time.monotonic() >= until:
            return False
    _stand_again(run)
    rows = Run.objects.using(award_alias()).filter(pk=run.pk, status=Run.Status.UNDOING)
    rows.update(status=Run.Status.UNDONE, undone_at=timezone.now())
    return True


def _take_back(run: Run, after: Any) -> Any:
    """Take the next awards back; return the last one's key, or None where there are no more."""
    awards = Award.objects.using(award_alias()).filter(run=run)
    keys = list(awards.filter(pk__gt=after, ended="").order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return None
    with transaction.atomic(using=award_alias()):
        Run.objects.using(award_alias()).select_for_update().get(pk=run.pk)  # see the note
        standing = awards.filter(pk__in=keys, ended="")
        known = KNOWN if run.notify == Run.Notify.NONE else Q()
        told = list(standing.filter(known).with_badges())
        gone = standing.exclude(pk__in=[award.pk for award in told]).delete()[0]
        now = timezone.now()
        changes = {"ended": Award.Ended.RETRACTED, "ended_at": now, "slot": FREED, "lapses_at": None}
        gone += standing.filter(pk__in=[award.pk for award in told]).update(**changes)
        Run.objects.using(award_alias()).filter(pk=run.pk).update(retracted=F("retracted") + gone)
        for award in told:
            award.ended, award.ended_at = Award.Ended.RETRACTED, now
            after_commit(signals.badge_retracted, award)
    return keys[-1]


def _stand_again(run: Run) -> None:
    """Let the awards stand again that the run let lapse; those whose place is taken stay as they are."""
    lapsed = Award.objects.using(award_alias()).filter(ended_in=run, ended=Award.Ended.LAPSED)
    taken = Award.objects.filter(badge=OuterRef("badge"), recipient=OuterRef("recipient"), slot=OuterRef("occasion"))
    changes: dict[str, Any] = {"ended": "", "ended_at": None, "ended_in": None, "slot": F("occasion")}
    keys = list(lapsed.filter(~Exists(taken)).order_by("badge_id", "recipient_id").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        try:
            retried(partial(_update, lapsed.filter(pk__in=some), changes))
        except IntegrityError:  # somebody earned one of them anew in this very moment
            for key in some:
                _one_again(lapsed.filter(pk=key), changes)


def _update(rows: Any, changes: dict[str, Any]) -> None:
    with transaction.atomic(using=award_alias()):
        rows.update(**changes)


def _one_again(row: Any, changes: dict[str, Any]) -> None:
    try:
        _update(row, changes)
    except IntegrityError:
        return
