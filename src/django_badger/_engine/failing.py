"""What happens when badge code fails: it is logged, counted on the badge, and goes no further."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connections, transaction
from django.db.models import F
from django.utils import timezone

from django_badger._engine.aliases import award_alias
from django_badger.conf import settings
from django_badger.models import Badge

logger = logging.getLogger("django_badger")
T = TypeVar("T")

#: How often something is tried that a deadlock, a serialization failure or a lock may stop.
TRIES = 3
TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03"})  # PostgreSQL: serialization, deadlock, lock not available
TRANSIENT_NUMBERS = frozenset({1213, 1205})  # MariaDB and MySQL: deadlock, lock wait timeout


def is_transient(error: BaseException) -> bool:
    """Whether the same statement may succeed when it is tried again in a new transaction."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    number = error.args[0] if error.args else None
    return state in TRANSIENT_STATES or number in TRANSIENT_NUMBERS or "is locked" in str(error)


def is_already(error: IntegrityError, *names: str) -> bool:
    """Whether a unique constraint said no: one with one of these names, or over these columns where SQLite names those."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return constraint in names if constraint else any(name in str(error) for name in names)


def retried(work: Callable[[], T]) -> T:
    """Return what ``work`` returns, trying it again where only the moment was wrong.

    Inside a transaction of the host's it is tried once: what a deadlock or a serialization failure has lost there is
    more than ours, so the host must know.
    """
    for attempt in range(1, TRIES):
        try:
            return work()
        except OperationalError as error:
            if not is_transient(error) or connections[award_alias()].in_atomic_block:
                raise
            time.sleep(random.uniform(0, 0.05 * attempt))  # noqa: S311  to part two who met, not to keep a secret
    return work()


def together(work: Callable[[], T]) -> T:
    """Do ``work`` in one transaction: the host's, where one is going on, else one of its own that may be tried again."""

    def in_transaction() -> T:
        with transaction.atomic(using=award_alias()):
            return work()

    return retried(in_transaction)


def failed(what: str, error: Exception, *, slug: str, user_id: Any = None) -> None:
    """Log that badge code failed and count it on the badge. With ``BADGER_RAISE_ERRORS`` raise it instead."""
    if settings.raise_errors:
        raise error
    logger.error("Badge %r: %s failed for person %r.", slug, what, user_id, exc_info=error)
    try:
        Badge.objects.using(award_alias()).filter(slug=slug).update(
            errors=F("errors") + 1,
            last_error=f"{what}: {type(error).__name__}: {error}"[:2000].replace("\x00", ""),
            last_error_at=timezone.now(),
        )
    except DatabaseError:
        logger.exception("Badge %r: the error could not be counted.", slug)
