"""Events are collected per transaction and evaluated once it is committed; outside of one, at once.

Note [What a rollback to a savepoint drops]
    Django drops the after-commit callbacks of a savepoint that is rolled back. So events lie in landings, one for each
    stretch of a transaction that is kept or dropped as a whole, which are such callbacks and held strongly only by Django's
    list of them; the batch of the connection knows its landings by weak reference. The first landing that is called after
    the commit takes its own events and those of all later ones that are still alive, so there is one evaluation, and none
    for what was rolled back. Earlier ones it leaves alone: they belong to what a test did before the block whose callbacks
    it runs. For such blocks each event in a test has a landing of its own.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from django_badger._engine.committed import once_committed
from django_badger.events import Event

logger = logging.getLogger("django_badger")
Evaluate = Callable[[Sequence[Event]], None]


class _Landing:
    """Events that wait for the commit, all of the same ``savepoints``; with None for those, no other event may lie here."""

    __slots__ = ("__weakref__", "batch", "connection", "evaluate", "events", "outermost", "savepoints")

    def __init__(self, event: Event, evaluate: Evaluate, connection: Any) -> None:
        self.events = [event]
        self.evaluate = evaluate
        self.connection = connection
        self.batch = _batches.setdefault(connection, [])
        self.outermost = connection.atomic_blocks[0]
        self.savepoints = None if _is_test(connection) else list(connection.savepoint_ids)

    def takes(self, event: Event) -> bool:
        """Take an event, if it is of the same transaction and savepoints."""
        connection = self.connection
        if self.outermost not in connection.atomic_blocks[:1]:  # one that a callback of the host has begun, or none
            return False
        if self.savepoints == connection.savepoint_ids and self.events:
            self.events.append(event)
            return True
        return False

    def land(self) -> None:
        """Evaluate these events and all later ones that the transaction kept; those called later find nothing left."""
        if self.events:
            self.evaluate(self._taken())

    def _taken(self) -> list[Event]:
        alive = [landing for landing in (reference() for reference in self.batch) if landing is not None]
        taken = alive[alive.index(self) :]
        self.batch[:] = [weakref.ref(landing) for landing in alive[: -len(taken)]]
        found = [event for landing in taken for event in landing.events]
        for landing in taken:
            landing.events = []
        return found


class _Here(threading.local):
    """The latest landing of each database in this thread: most events go there, without looking for their connection."""

    def __init__(self) -> None:
        self.latest: dict[str, weakref.ref[_Landing]] = {}


_here = _Here()
_batches: weakref.WeakKeyDictionary[Any, list[weakref.ref[_Landing]]] = weakref.WeakKeyDictionary()


def collect(event: Event, evaluate: Evaluate, *, using: str) -> None:
    """Have ``evaluate`` called with this event, and whatever else the transaction of ``using`` brings, after its commit."""
    reference = _here.latest.get(using)
    latest = reference() if reference is not None else None
    if latest is not None and latest.takes(event):
        return
    connection: Any = connections[using]
    if connection.in_atomic_block:
        landing = _Landing(event, evaluate, connection)
        _here.latest[using] = weakref.ref(landing)
        landing.batch.append(_here.latest[using])
        once_committed(landing.land, using=using)
    elif connection.autocommit or connection.get_autocommit():  # the latter connects, where nobody has yet
        evaluate([event])
    else:
        logger.warning("%s happened without atomic() or autocommit: `badger backfill` catches up.", event.key)


def part(connection: Any) -> None:
    """Let events that come land apart from those that came before."""
    for reference in _batches.get(connection, ())[-1:]:
        landing = reference()
        if landing is not None:
            landing.savepoints = None


def _is_test(connection: Any) -> bool:
    """Whether the transaction is one around a test, whose callbacks are run block by block."""
    return getattr(connection.atomic_blocks[0], "_from_testcase", False)
