"""What is due as time goes by: warnings that an award expires, and awards whose grace is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import send
from django_badger._engine.award import LOT
from django_badger._engine.evaluate import evaluate
from django_badger._engine.failing import retried
from django_badger._engine.lapsing import doubt
from django_badger.conf import settings
from django_badger.models import Award, Badge


def warn() -> int:
    """Tell once of each standing award that it expires soon, those first that expire first; return how many there were.

    It is noted after it was told: a crash in between tells it again.
    """
    now = timezone.now()
    soon = (
        Award.objects.using(award_alias())
        .standing()
        .filter(expires_at__gt=now, expires_at__lte=now + settings.expiry_warning, warned_at=None)
    )
    told = 0
    while lot := list(soon.with_badges().order_by("expires_at", "pk")[:LOT]):
        _warn(lot, soon, now)
        told += len(lot)
    return told


def _warn(lot: list[Award], soon: Any, now: datetime) -> None:
    for award in lot:
        send(signals.badge_expiring, award, expires_at=award.expires_at)
    retried(lambda: soon.filter(pk__in=[award.pk for award in lot]).update(warned_at=now))


def lapse_overdue() -> int:
    """Ask again about awards whose grace is over, and let those lapse whose rule is still not true; return how many did."""
    now, lapsed, last = timezone.now(), 0, 0
    badges = Badge.objects.using(award_alias()).published().filter(retention=Badge.Retention.WHILE_TRUE)
    keys = list(badges.values_list("pk", flat=True))
    overdue = Award.objects.using(award_alias()).filter(badge__in=keys, ended="", lapses_at__lte=now)
    while lot := list(overdue.filter(pk__gt=last).select_related("badge").order_by("pk")[:LOT]) if keys else []:
        evaluate([doubt(award.badge.slug, award.recipient_id) for award in lot])
        asked = [award.pk for award in lot]
        ended = Award.objects.using(award_alias()).filter(pk__in=asked, ended=Award.Ended.LAPSED)
        lapsed, last = lapsed + ended.count(), asked[-1]
    return lapsed
