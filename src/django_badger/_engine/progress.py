"""Counters of progress that the host reports: atomic, exact, each key once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DecimalField, F, Value
from django.db.models.functions import Round

from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import is_already
from django_badger._engine.upsert import make_or_touch
from django_badger.models import Progress, ProgressKey

KEY_ONCE = ("badger_progress_key_once", "badger_progresskey.progress_id, badger_progresskey.key")
AMOUNT: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=6)


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter before and after; the same twice where the key was counted before."""

    before: Decimal
    after: Decimal
    replayed: bool = False


def increment(badge_id: Any, user_id: Any, amount: Decimal, *, key: str, at: datetime) -> Counted:
    """Add ``amount`` to a counter, once for each key. Called inside :func:`together`."""
    rows = Progress.objects.using(award_alias()).filter(badge=badge_id, user=user_id)
    if key and not _first_time(rows, badge_id, user_id, key, at):
        now = _current(rows)
        return Counted(now, now, replayed=True)
    added = Round(F("current") + Value(amount, output_field=AMOUNT), precision=6)
    if not rows.update(current=added, updated_at=at):
        _make(badge_id, user_id, at)
        rows.update(current=added, updated_at=at)
    after = _current(rows)
    return Counted(after - amount, after)


def put(badge_id: Any, user_id: Any, value: Decimal, *, at: datetime) -> Counted:
    """Set a counter to ``value``. Called inside :func:`together`."""
    rows = Progress.objects.using(award_alias()).filter(badge=badge_id, user=user_id)
    if not rows.update(current=value, updated_at=at):
        _make(badge_id, user_id, at)
        rows.update(current=value, updated_at=at)
    return Counted(Decimal(0), value)


def current(badge_id: Any, user_id: Any) -> Decimal:
    """Return a counter, 0 where nothing was reported yet."""
    rows = Progress.objects.using(award_alias()).filter(badge=badge_id, user=user_id)
    return rows.values_list("current", flat=True).first() or Decimal(0)


def _current(rows: Any) -> Decimal:
    number: Decimal = rows.values_list("current", flat=True).get()
    return number


def _make(badge_id: Any, user_id: Any, at: datetime) -> None:
    row = Progress(badge_id=badge_id, user_id=user_id, current=0, updated_at=at)
    make_or_touch(row, unique=["badge", "user"], using=award_alias())


def _first_time(rows: Any, badge_id: Any, user_id: Any, key: str, at: datetime) -> bool:
    """Keep the key; return False where it was kept before."""
    pk = rows.values_list("pk", flat=True).first()
    if pk is None:
        _make(badge_id, user_id, at)
        pk = rows.values_list("pk", flat=True).get()
    try:
        with transaction.atomic(using=award_alias()):
            ProgressKey.objects.using(award_alias()).create(progress_id=pk, key=key, created_at=at)
    except IntegrityError as error:
        if is_already(error, *KEY_ONCE):
            return False
        raise
    return True
