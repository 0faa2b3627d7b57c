"""When badges were last evaluated: noted in memory, and written now and then, so that no event pays for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from math import inf
from operator import itemgetter
from typing import Any

from django.db import connections
from django.db.models import Case, DateTimeField, Q, Value, When

from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import logger, together
from django_badger.models import Badge

#: For how many seconds a process keeps its notes to itself.
EVERY = 600
#: How many badges one statement writes: SQLite takes 32,766 parameters, and each badge needs five.
AT_ONCE = 1000

_lock = threading.Lock()
#: All badges that one kind of event concerns are one note: an event notes a thousand badges as quickly as one.
_noted: dict[frozenset[str], datetime] = {}
#: When the notes are to be written; long ago while there are none.
_due = [-inf]


def note(slugs: Iterable[str], at: datetime) -> None:
    """Note that these badges were evaluated at this moment. Never raises; writes at most every ten minutes.

    What is noted is written by the first evaluation that comes ten minutes later, in no transaction of the host's.
    """
    noted, now = frozenset(slugs), time.monotonic()
    if now < _due[0]:  # nearly always: nobody waits for others. A note that is made while they are written may be lost
        _noted[noted] = at
        return
    with _lock:
        _noted[noted] = at
        if _due[0] == -inf:
            _due[0] = now + EVERY
        overdue = now >= _due[0]
    if overdue:
        _write_noted()


def note_run(slugs: Iterable[str], at: datetime) -> None:
    """Write at once that a run has evaluated these badges, with what was noted before."""
    with _lock:
        _noted[frozenset(slugs)] = at
    _write_noted(within=True)


def noted() -> Mapping[str, datetime]:
    """Return what this process has noted and not written yet, by badge."""
    with _lock:
        return _by_badge()


def _by_badge() -> dict[str, datetime]:
    """Return the latest moment of each badge that was noted."""
    return {slug: at for slugs, at in sorted(_noted.copy().items(), key=itemgetter(1)) for slug in slugs}


def forget() -> None:
    """Forget what was noted. For tests."""
    with _lock:
        _noted.clear()
        _due[0] = -inf


def _write_noted(*, within: bool = False) -> None:
    """Write the notes, in a transaction that is going on only where ``within`` says so; else they wait for the next."""
    connection = connections[award_alias()]
    if not within and (connection.in_atomic_block or not connection.get_autocommit()):
        return
    with _lock:
        notes = _by_badge()
        _noted.clear()
        _due[0] = -inf
    slugs = sorted(notes)
    try:
        for start in range(0, len(slugs), AT_ONCE):
            _write({slug: notes[slug] for slug in slugs[start : start + AT_ONCE]})
    except Exception as error:  # noqa: BLE001  a note that is lost hurts nobody
        logger.warning("When badges were last evaluated could not be noted: %s", error)


def _write(notes: Mapping[str, datetime]) -> None:
    """Set the moments in one statement; a later one, which another process has written, stays."""
    whens: list[Any] = [When(slug=slug, then=Value(at)) for slug, at in notes.items()]
    moment = Case(*whens, output_field=DateTimeField())
    earlier = Q(evaluated_at=None) | Q(evaluated_at__lt=moment)
    rows = Badge.objects.using(award_alias()).filter(earlier, slug__in=list(notes))
    together(lambda: rows.update(evaluated_at=moment))
