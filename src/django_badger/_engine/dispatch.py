"""Events are collected per transaction and evaluated once it is committed; outside of one, at once.

Note [What a rollback to a savepoint drops]
    Django drops the after-commit callbacks of a savepoint that is rolled back. So the events of each savepoint lie
    in a landing of their own, registered from inside that savepoint and held strongly only by Django's list of
    callbacks; the batch knows its landings by weak reference. The first landing that is called after the commit
    gathers the events of all that are still alive, so there is one evaluation, and none for what was rolled back.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction

from django_badger.conf import settings
from django_badger.events import Event

logger = logging.getLogger("django_badger")
Evaluate = Callable[[Sequence[Event]], None]


class _Landing:
    """The events of one savepoint, waiting for the commit."""

    def __init__(self, batch: _Batch, evaluate: Evaluate) -> None:
        self.events: list[Event] = []
        self.batch = batch
        self.evaluate = evaluate

    def __call__(self) -> None:
        """Evaluate the events of all landings that the transaction kept; those called later find nothing left."""
        landed = self.batch.take()
        if landed:
            self.evaluate(landed)


@dataclass(slots=True, weakref_slot=True)
class _Batch:
    """The landings of one connection's transaction."""

    landings: list[weakref.ref[_Landing]] = field(default_factory=list)
    savepoints: tuple[Any, ...] | None = None

    def current(self, savepoints: tuple[Any, ...], registered: Sequence[Any]) -> _Landing | None:
        """Return the newest landing, if it belongs to these savepoints and Django still has it."""
        landing = self.landings[-1]() if self.landings and self.savepoints == savepoints else None
        kept = landing is not None and any(entry[1] is landing for entry in reversed(registered))
        return landing if kept else None

    def take(self) -> list[Event]:
        """Return the events of all landings that are alive, once."""
        alive = [landing for landing in (reference() for reference in self.landings) if landing is not None]
        self.landings.clear()
        landed = [event for landing in alive for event in landing.events]
        for landing in alive:
            landing.events = []
        return landed


_batches: weakref.WeakKeyDictionary[Any, _Batch] = weakref.WeakKeyDictionary()


def collect(event: Event, evaluate: Evaluate, *, using: str) -> None:
    """Have ``evaluate`` called with this event, and whatever else the transaction of ``using`` brings, after its commit."""
    connection = connections[using]
    if not connection.in_atomic_block:
        if connection.get_autocommit():
            evaluate([event])
        else:
            logger.warning("%s happened without atomic() or autocommit: `badger backfill` catches up.", event.key)
        return
    batch = _batches.setdefault(connection, _Batch())
    savepoints = tuple(connection.savepoint_ids)
    landing = batch.current(savepoints, connection.run_on_commit)
    if landing is None:
        landing = _Landing(batch, evaluate)
        batch.landings.append(weakref.ref(landing))
        batch.savepoints = savepoints
        transaction.on_commit(landing, using=using, robust=not settings.raise_errors)
    landing.events.append(event)
