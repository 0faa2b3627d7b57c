"""Events in, awards out, and on with what the new awards wake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from django_badger import events
from django_badger._engine import noting
from django_badger._engine.failing import failed, is_transient, logger, retried
from django_badger._engine.glance import glance
from django_badger._engine.lapsing import follow_ups, unsettled
from django_badger._engine.listening import Candidate
from django_badger._engine.prerequisites import waiting_for
from django_badger._engine.probe import Answer
from django_badger._engine.settling import Settled, ask_and_write
from django_badger._engine.woken import Woken, wake
from django_badger.conf import settings
from django_badger.events import Event
from django_badger.registry import registry


def evaluate(happened: Sequence[Event]) -> None:
    """Award what these events bring, and what that brings in turn. Never raises, unless settings ask for it."""
    work = list(happened)
    while work:
        try:
            work = _one_pass(work, timezone.now())
        except Exception:
            if settings.raise_errors:
                raise
            logger.exception("%s could not be evaluated: `badger backfill` catches up.", work[0].key)
            return


def _one_pass(work: list[Event], at: datetime) -> list[Event]:
    woken = (None if work[1:] else glance(work[0], at)) or wake(work, _waiting(work), at=at)
    if not woken.concerns_anybody:
        return []
    for listening in woken.listening.values():
        noting.note(listening.ruled, at)
    return [event for settled in settle(woken, at) for event in _follow_ups(settled)]


def _waiting(work: Sequence[Event]) -> Sequence[Candidate]:
    """Return the badges that what happened to awards concerns by prerequisites in the database, unless it is known that none do."""
    # A row's own str() is the host's code, and may ask the database: only an award's event has a slug for its subject.
    about = [one for one in work if isinstance(one.subject, str) and one.data.get("waited_for", True)]
    if not about:
        return ()
    slugs = [
        {one.subject for one in about if one.key == kind(one.subject)}
        for kind in (events.awarded, events.ended, events.doubted)
    ]
    return retried(lambda: waiting_for(*slugs, people={one.user_id for one in about})) if any(slugs) else ()


def settle(woken: Woken, at: datetime) -> list[Settled]:
    """Ask and write for all that was woken; where that fails, each badge by itself, so that the others go on."""
    try:
        return ask_and_write(woken, at)
    except Exception as error:
        if settings.raise_errors:
            raise
        if is_transient(error) or len(woken.slugs) == 1:
            _blame(woken, error)
            return []
        slugs = ", ".join(sorted(woken.slugs))
        logger.warning("%s: evaluated one by one, because together it failed: %s", slugs, error)
    done: list[Settled] = []
    for alone in woken.apart():
        try:
            done += ask_and_write(alone, at)
        except Exception as error:  # noqa: BLE001  badge code never breaks the host
            _blame(alone, error)
    return done


def _blame(woken: Woken, error: Exception) -> None:
    for slug in woken.slugs:
        failed("evaluating it", error, slug=slug, user_id=next(iter(woken.people)))


def _follow_ups(settled: Settled) -> list[Event]:
    """Return the events that the new awards are, where something still waits for them.

    A prerequisite that another transaction landed at the same moment could not be seen before this commit, so
    whatever is still open is asked again, after it.
    """
    answer, found = settled.answer, []
    for new in settled.made:
        metas = registry.woken_by(events.awarded(new.slug))
        if new.waited_for or any(_is_open(meta.slug, new.user_id, answer) for meta in metas):
            found.append(
                Event(
                    key=events.awarded(new.slug), subject=new.slug, user_id=new.user_id, at=new.earned_at,
                    data={"waited_for": new.waited_for},
                )
            )  # fmt: skip
    return [*found, *follow_ups(answer)]


def _is_open(slug: str, user_id: Any, answer: Answer) -> bool:
    """Whether somebody may still come to a badge that waits for others."""
    return not answer.facts.filled.get((user_id, slug)) or unsettled(answer, user_id, slug)
