"""The outbox: what must be told after the commit, at least once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.committed import once_committed
from django_badger._engine.failing import failed, retried
from django_badger.models import Award, Badge
from django_badger.verdicts import Progressed

#: After how long an award that was not told is taken for forgotten by a crash.
FORGOTTEN_AFTER = timedelta(minutes=5)


def announce(awards: Sequence[Award]) -> None:
    """Tell of these awards once the outermost transaction is committed; at once outside of one."""
    untold = [award for award in awards if award.announced_at is None]
    if untold:
        once_committed(_tell, untold)


def _tell(awards: Sequence[Award]) -> None:
    for award in awards:
        send(signals.badge_awarded, award)
    now = timezone.now()
    for award in awards:
        award.announced_at = now
    keys = [award.pk for award in awards]
    rows = Award.objects.using(award_alias()).filter(pk__in=keys, announced_at=None)
    retried(lambda: rows.update(announced_at=now))


def after_commit(signal: Any, award: Award) -> None:
    """Send a signal about an award once the outermost transaction is committed."""
    once_committed(send, signal, award)


def send(signal: Any, award: Award) -> None:
    """Send a signal about an award; a receiver that raises is logged and counted, and the others still run."""
    for _receiver, error in signal.send_robust(sender=Award, award=award):
        if isinstance(error, Exception):
            failed("a receiver", error, slug=award.badge.slug, user_id=award.recipient_id)


def deliver(*, limit: int = 1000) -> int:
    """Tell of awards that a crash left untold, the oldest first; return how many there were."""
    forgotten = Award.objects.using(award_alias()).filter(
        announced_at=None, ended="", awarded_at__lt=timezone.now() - FORGOTTEN_AFTER
    )
    awards = list(forgotten.with_badges().order_by("awarded_at", "pk")[:limit])
    if awards:
        _tell(awards)
    return len(awards)


def tell_progress(progressed: Iterable[Progressed]) -> None:
    """Send the signal about people who came closer; a receiver that raises is logged and counted."""
    if not signals.progressed.has_listeners(Badge):
        return
    for verdict in progressed:
        answers = signals.progressed.send_robust(
            sender=Badge, badge=verdict.slug, user_id=verdict.user_id, occasion=verdict.occasion,
            current=verdict.current, goal=verdict.goal,
        )  # fmt: skip
        for _receiver, error in answers:
            if isinstance(error, Exception):
                failed("a receiver of progressed", error, slug=verdict.slug, user_id=verdict.user_id)


def progress_after_commit(progressed: Progressed) -> None:
    """Tell that somebody came closer once the outermost transaction is committed."""
    once_committed(tell_progress, [progressed])
