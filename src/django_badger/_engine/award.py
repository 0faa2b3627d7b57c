"""Rows of awards: insert or already. The unique constraint decides; this module only makes it polite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import is_already, logger, retried
from django_badger.models import Award, Run

T = TypeVar("T")

#: How many awards one statement names.
LOT = 500
#: What the databases call the promise: by name, or by its columns (SQLite).
ONCE = ("badger_award_once", "badger_award.badge_id, badger_award.recipient_id, badger_award.slot")
#: The slot that an award has once it is freed, for an UPDATE of any number of them.
FREED: Any = Concat(F("occasion"), Value("#"), Cast("uuid", CharField(max_length=40)), output_field=CharField())


@dataclass(slots=True)
class Planned:
    """An award about to be made."""

    award: Award
    slug: str
    repeatable: bool = False

    @property
    def digested(self) -> bool:
        """Whether a digest tells of it, for which its run looks later."""
        return self.award.run is not None and self.award.run.notify == Run.Notify.DIGEST

    def ready(self) -> Award:
        """Return the row with its slot: the occasion, or none where the badge may be had again and again."""
        award = self.award
        award.slot = award.freed_slot if self.repeatable and not award.occasion else award.occasion
        if not self.digested and not signals.badge_awarded.has_listeners(Award):
            award.announced_at = award.awarded_at  # nobody is there to be told
        return award


def insert(planned: Sequence[Planned]) -> list[Award]:
    """Make these awards in a transaction of their own, in one statement; return those that are new.

    Rows go in the order (badge, person), so that two who make the same ones wait for each other and do not deadlock.
    """
    rows = _in_order(plan.ready() for plan in planned)
    if not rows:
        return []
    try:
        retried(lambda: _insert_all(rows))
    except IntegrityError:
        return [row for row in rows if _inserted_alone(row)]
    return rows


def insert_here(awards: Iterable[Award]) -> list[Award]:
    """Make these awards, whose slots are set, in the transaction that is going on, in one statement; return those that are new.

    Any error but a taken slot is passed on: an account that went away meanwhile, say.
    """
    rows = _in_order(awards)
    try:
        _insert_all(rows)
    except IntegrityError as error:
        if not is_already(error, *ONCE):
            raise
        return [row for row in rows if insert_or_already(row)]
    return rows


def _in_order(awards: Iterable[Award]) -> list[Award]:
    return sorted(awards, key=lambda row: (row.badge_id, str(row.recipient_id), row.slot))


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
    standing = {"ended": "", "ended_at": None, "revoked_at": None, "revoked_by": None, "revoked_reason": ""}
    return retried(lambda: revoked.update(**standing)) == 1


def free_ended(badge_id: Any, recipient_id: Any, occasion: str) -> bool:
    """Free the slot of an award that a person revoked or that expired, so that a person can give it again.

    Return whether there was one.
    """
    rows = Award.objects.using(award_alias()).filter(badge=badge_id, recipient=recipient_id, slot=occasion)
    ended = rows.filter(Q(ended=Award.Ended.REVOKED) | Q(expires_at__lte=timezone.now()))
    found = ended.first()
    freed = {"ended_at": Coalesce("ended_at", "expires_at")}
    return found is not None and ended.filter(pk=found.pk).update(slot=found.freed_slot, **freed) == 1


def lots(found: Iterable[T]) -> Iterator[list[T]]:
    """Cut what is found into so many as one statement may name."""
    rest = iter(found)
    while lot := list(islice(rest, LOT)):
        yield lot


def freed_slots(awards: Iterable[Award]) -> Case:
    """Return, for an UPDATE of these awards, the slot that each of them has once it is freed."""
    return Case(*(When(pk=award.pk, then=Value(award.freed_slot)) for award in awards))


def mark_seen(awards: Sequence[Award]) -> None:
    """Note that their recipient has seen these awards."""
    unseen = [award.pk for award in awards if award.seen_at is None]
    if unseen:
        Award.objects.using(award_alias()).filter(pk__in=unseen).update(seen_at=timezone.now())
