"""The outbox: what must be told after the commit, at least once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from django.utils import timezone

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.committed import once_committed
from django_badger._engine.failing import failed, retried
from django_badger.models import Award, Badge, Run
from django_badger.verdicts import Progressed

#: After how long an award that was not told is taken for forgotten by a crash.
FORGOTTEN_AFTER = timedelta(minutes=5)

#: How many awards of a run are told of at once.
AT_ONCE = 500


_quiet: ContextVar[bool] = ContextVar("badger_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Tell nobody of what the block awards: a run of which nobody is told brings meta-badges of which nobody is told."""
    before = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(before)


def announce(awards: Sequence[Award]) -> None:
    """Tell of these awards once the outermost transaction is committed; at once outside of one."""
    untold = [award for award in awards if award.announced_at is None]
    if untold:
        once_committed(_told if _quiet.get() else _tell, untold)


def _tell(awards: Sequence[Award]) -> None:
    for award in awards:
        send(signals.badge_awarded, award)
    _told(awards)


def _told(awards: Sequence[Award]) -> None:
    now = timezone.now()
    for award in awards:
        award.announced_at = now
    keys = [award.pk for award in awards]
    rows = Award.objects.using(award_alias()).filter(pk__in=keys, announced_at=None)
    retried(lambda: rows.update(announced_at=now))


def after_commit(signal: Any, award: Award, **more: Any) -> None:
    """Send a signal about an award once the outermost transaction is committed."""
    once_committed(partial(send, signal, award, **more))


def send(signal: Any, award: Award, **more: Any) -> None:
    """Send a signal about an award; a receiver that raises is logged and counted, and the others still run."""
    for _receiver, error in signal.send_robust(sender=Award, award=award, **more):
        if isinstance(error, Exception):
            failed("a receiver", error, slug=award.badge.slug, user_id=award.recipient_id)


def deliver(*, limit: int = 1000) -> int:
    """Tell of awards that a crash left untold, the oldest first; return how many there were."""
    forgotten = Award.objects.using(award_alias()).filter(
        announced_at=None, ended="", awarded_at__lt=timezone.now() - FORGOTTEN_AFTER
    )
    awards = list(forgotten.with_badges().select_related("run").order_by("awarded_at", "pk")[:limit])
    digests = [award for award in awards if award.run is not None and award.run.notify == Run.Notify.DIGEST]
    for run in {award.run for award in digests}:
        mine = sorted((award for award in digests if award.run == run), key=lambda award: str(award.recipient_id))
        _tell_run(run, mine)
    if len(digests) < len(awards):
        _tell([award for award in awards if award not in digests])
    return len(awards)


def announce_run(run: Run) -> None:
    """Tell of the awards of a run that nobody was told of yet: each, or all of one person together."""
    untold = Award.objects.using(award_alias()).filter(run=run, announced_at=None, ended="").with_badges()
    while awards := list(untold.order_by("recipient_id", "pk")[:AT_ONCE]):
        if awards[AT_ONCE - 1 :]:  # the last person's may go on behind the lot
            last = awards[-1].recipient_id
            awards = [award for award in awards if award.recipient_id != last] or list(untold.filter(recipient=last))
        _tell_run(run, awards)


def _tell_run(run: Any, awards: Sequence[Award]) -> None:
    if run.notify == Run.Notify.DIGEST:
        for _recipient, mine in groupby(awards, key=lambda award: award.recipient_id):
            send_digest(run, list(mine))
        _told(awards)
    else:
        _tell(awards)


def send_digest(run: Any, awards: Sequence[Award]) -> None:
    """Send the signal about what one person was awarded by a run."""
    first = awards[0]
    answers = signals.badges_awarded.send_robust(sender=Run, run=run, recipient=first.recipient, awards=awards)
    for _receiver, error in answers:
        if isinstance(error, Exception):
            failed("a receiver", error, slug=first.badge.slug, user_id=first.recipient_id)


def tell_progress(progressed: Iterable[Progressed]) -> None:
    """Send the signal about people who came closer; a receiver that raises is logged and counted."""
    if _quiet.get() or not signals.progressed.has_listeners(Badge):
        return
    for verdict in progressed:
        answers = signals.progressed.send_robust(
            sender=Badge, badge=verdict.slug, user_id=verdict.user_id, occasion=verdict.occasion,
            current=verdict.current, goal=verdict.goal,
        )  # fmt: skip
        for _receiver, error in answers:
            if isinstance(error, Exception):
                failed("a receiver of progressed", error, slug=verdict.slug, user_id=verdict.user_id)


def progress_after_commit(slug: str, user_id: Any, current: Decimal, goal: Decimal) -> None:
    """Tell that somebody came closer once the outermost transaction is committed, if there is anybody to be told."""
    if signals.progressed.receivers:
        once_committed(tell_progress, [Progressed(slug, user_id, "", current, goal)])
