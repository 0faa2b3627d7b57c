"""Threads that do something at once, each on a connection of its own, as the workers of a site do."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")

#: The isolation levels that sites run on, by database; Django's default comes first.
LEVELS = {
    "sqlite": ["immediate"],
    "postgresql": ["read committed", "repeatable read"],
    "mysql": ["read committed", "repeatable read"],
}[connection.vendor]


def isolate(level: str) -> None:
    """Give the connection of this thread an isolation level, until it is closed. SQLite has but one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")
        elif connection.vendor == "mysql":
            cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")


def at_once(number: int, work: Callable[[int], T], *, level: str = LEVELS[0]) -> list[T]:
    """Do ``work(0)`` to ``work(number - 1)``, each in its own thread, and return what each returned.

    The threads are connected before the first one starts to work. What any of them raises is raised, all together.
    """
    start = Barrier(number, timeout=60)
    found: dict[int, T] = {}
    errors: list[Exception] = []

    def run(mine: int) -> None:
        try:
            isolate(level)
            start.wait()
            found[mine] = work(mine)
        except Exception as error:  # noqa: BLE001  it is raised below, where somebody hears it
            start.abort()
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(mine,)) for mine in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {number} threads failed", errors)
    return [found[mine] for mine in range(number)]
