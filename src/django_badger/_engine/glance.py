"""A single event, seen at a glance: nearly always it brings nothing, and then nothing else is worked out.

It asks what would be asked anyway, and what it finds is used by whoever has to look closely (``Woken.found``, ``close``).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connections

from django_badger import signals
from django_badger._engine import doubting, noting
from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import is_transient, logger, retried
from django_badger._engine.listening import Group, Listening, listening_to
from django_badger._engine.probe import Found, ask
from django_badger._engine.sieve import near_on_lines
from django_badger._engine.woken import Woken
from django_badger.conf import settings
from django_badger.events import Event

#: What an event concerns that brings nothing.
NOTHING = Woken()


def glance(event: Event, at: datetime) -> Woken | None:
    """Return what an event concerns that is about one person, and about badges on lines only; None where it is about more."""
    listening = listening_to(event.key)
    group = listening.only_lines
    if group is None or event.user_id is not None or signals.progressed.receivers or doubting.doubted(listening.ruled):
        return None
    people = _people(group, event)
    if len(people) != 1:
        return None
    try:
        found: Found | None = ask(listening.question, people=people, at=at)
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        found = _asked_again(event, listening, people, at, error)
    if found is None:
        return None
    close = near_on_lines(group, people, found)
    if not close:
        noting.note(listening.ruled, at)
        return NOTHING
    subjects = {(group, person): [event.subject] for person in people}
    return Woken(groups={group: people}, listening={event.key: listening}, subjects=subjects, found=found, close=close)


def _asked_again(
    event: Event, listening: Listening, people: Collection[Any], at: datetime, error: Exception
) -> Found | None:
    """Return what the database gives where only the moment was wrong, outside of a transaction; None: ask with more care."""
    if is_transient(error) and not connections[award_alias()].in_atomic_block:
        return retried(lambda: ask(listening.question, people=people, at=at))
    if settings.raise_errors or is_transient(error):
        raise error
    logger.warning("%s: asked once more, because this failed: %s", event.key, error)
    return None


def _people(group: Group, event: Event) -> set[object]:
    """Return whom an event concerns; nobody where that cannot be said: whoever looks closely will tell."""
    try:
        return group.people(event)
    except Exception:  # noqa: BLE001  badge code never breaks the host
        return set()
