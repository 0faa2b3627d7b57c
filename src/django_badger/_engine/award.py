"""Rows of awards: insert or already. The unique constraint decides; this module only makes it polite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import is_already, logger, retried
from django_badger.models import Award

#: What the databases call the promise: by name, or by its columns (SQLite).
ONCE = ("badger_award_once", "badger_award.badge_id, badger_award.recipient_id, badger_award.slot")


@dataclass(slots=True)
class Planned:
    """An award about to be made."""

    award: Award
    slug: str
    repeatable: bool = False

    def ready(self) -> Award:
        """Return the row with its slot: the occasion, or none where the badge may be had again and again."""
        award = self.award
        award.slot = award.freed_slot if self.repeatable and not award.occasion else award.occasion
        if not signals.badge_awarded.has_listeners(Award):
            award.announced_at = award.awarded_at  # nobody is there to be told
        return award


def insert(planned: Sequence[Planned]) -> list[Award]:
    """Make these awards in a transaction of their own, in one statement; return those that are new.

    Rows go in the order (badge, person), so that two who make the same ones wait for each other and do not deadlock.
    """
    rows = sorted((plan.ready() for plan in planned), key=lambda row: (row.badge_id, str(row.recipient_id), row.slot))
    if not rows:
        return []
    try:
        retried(lambda: _insert_all(rows))
    except IntegrityError:
        return [row for row in rows if _inserted_alone(row)]
    return rows


def _insert_all(rows: list[Award]) -> None:
    for row in rows:
        row.pk = None  # an insert that was rolled back has left its number here, which is somebody else's by now
    with transaction.atomic(using=award_alias()):
        Award.objects.using(award_alias()).bulk_create(rows)


def _inserted_alone(row: Award) -> bool:
    try:
        return retried(lambda: insert_or_already(row))
    except IntegrityError as error:
        logger.warning("Nothing to award to person %r any more: %s", row.recipient_id, error)
        return False


def insert_or_already(row: Award) -> bool:
    """Make one award; return False where the slot is taken. Takes part in a transaction that is going on.

    A savepoint, a plain INSERT, and a catch of that one constraint: the only form that is safe on every database and
    isolation level, and that leaves the surrounding transaction usable. Any other error is passed on.
    """
    try:
        _insert_all([row])
    except IntegrityError as error:
        if is_already(error, *ONCE):
            return False
        raise
    return True


def end(award: Award, **changes: object) -> bool:
    """End a standing award with these columns; return False where it had ended already."""
    standing = Award.objects.using(award_alias()).filter(pk=award.pk, ended="")
    return retried(lambda: standing.update(**changes)) == 1


def stand_again(award: Award) -> bool:
    """Let a revoked award stand again; return False where it is no revoked one any more."""
    revoked = Award.objects.using(award_alias()).filter(pk=award.pk, ended=Award.Ended.REVOKED, slot=award.slot)
    return retried(lambda: revoked.update(ended="", revoked_at=None, revoked_by=None, revoked_reason="")) == 1


def free_ended(badge_id: Any, recipient_id: Any, occasion: str) -> bool:
    """Free the slot of an award that a person revoked or that expired, so that a person can give it again.

    Return whether there was one.
    """
    rows = Award.objects.using(award_alias()).filter(badge=badge_id, recipient=recipient_id, slot=occasion)
    ended = rows.filter(Q(ended=Award.Ended.REVOKED) | Q(expires_at__lte=timezone.now()))
    found = ended.first()
    return found is not None and ended.filter(pk=found.pk).update(slot=found.freed_slot) == 1


def mark_seen(awards: Sequence[Award]) -> None:
    """Note that their recipient has seen these awards."""
    unseen = [award.pk for award in awards if award.seen_at is None]
    if unseen:
        Award.objects.using(award_alias()).filter(pk__in=unseen).update(seen_at=timezone.now())
