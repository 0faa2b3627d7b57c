"""Events are collected per transaction and evaluated once it is committed; outside of one, at once.

Note [What a rollback to a savepoint drops]
    Django drops the after-commit callbacks of a savepoint that is rolled back. So each event lies in a landing of its
    own, which is such a callback and held strongly only by Django's list of them; the batch of the connection knows
    its landings by weak reference. The first landing that is called after the commit takes its own event and those of
    all later ones that are still alive, so there is one evaluation, and none for what was rolled back. Earlier ones it
    leaves alone: they belong to what a test did before the block whose callbacks it runs.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from django_badger._engine.committed import once_committed
from django_badger.events import Event

logger = logging.getLogger("django_badger")
Evaluate = Callable[[Sequence[Event]], None]


class _Landing:
    """One event, waiting for the commit."""

    __slots__ = ("__weakref__", "batch", "evaluate", "event")

    def __init__(self, event: Event, evaluate: Evaluate, batch: list[weakref.ref[_Landing]]) -> None:
        self.event: Event | None = event
        self.evaluate = evaluate
        self.batch = batch

    def land(self) -> None:
        """Evaluate this event and all later ones that the transaction kept; those called later find nothing left."""
        if self.event is not None:
            self.evaluate(self._taken())

    def _taken(self) -> list[Event]:
        alive = [landing for landing in (reference() for reference in self.batch) if landing is not None]
        taken = alive[alive.index(self) :]
        self.batch[:] = [weakref.ref(landing) for landing in alive[: -len(taken)]]
        found = [landing.event for landing in taken if landing.event is not None]
        for landing in taken:
            landing.event = None
        return found


_batches: weakref.WeakKeyDictionary[Any, list[weakref.ref[_Landing]]] = weakref.WeakKeyDictionary()


def collect(event: Event, evaluate: Evaluate, *, using: str) -> None:
    """Have ``evaluate`` called with this event, and whatever else the transaction of ``using`` brings, after its commit."""
    connection = connections[using]
    if not connection.in_atomic_block:
        if connection.get_autocommit():
            evaluate([event])
        else:
            logger.warning("%s happened without atomic() or autocommit: `badger backfill` catches up.", event.key)
        return
    batch = _batches.setdefault(connection, [])
    landing = _Landing(event, evaluate, batch)
    batch.append(weakref.ref(landing))
    once_committed(landing.land, using=using)
