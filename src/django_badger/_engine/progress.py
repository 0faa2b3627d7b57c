"""Progress that the host reports: atomic, exact, each key once, awarded at the goal.

Note [A transaction only at the goal]
    Who reaches the goal is awarded in the transaction that says so: no crash leaves one without the other. Most reports
    reach nothing, and a transaction costs more than what they do. So outside of one the statement itself looks: it changes
    the counter unless that reaches the goal. Where it did nothing, all of it is done in a transaction.

Note [A key is looked for first]
    Keys are there because hosts report the same thing again: a page that is read twice, a message that is sent anew. So a
    key is looked for before anything else, which waits for nobody and writes nothing. Two who report a new key at the same
    moment both find none: then the promise of the database decides, in the transaction.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from django_badger import signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.counters import Change, changed, counted_before, fits_alone, kept
from django_badger._engine.failing import retried, together
from django_badger._engine.inserting import New, Written, insert
from django_badger._engine.reported import Reported, counter
from django_badger._engine.sync import sync_missing
from django_badger.models import Award, Progress
from django_badger.registry import registry
from django_badger.verdicts import Earned, in_digits


class Done(NamedTuple):
    """What became of a change: the number then, and the award it brought (``waited_for``: as :class:`New` says)."""

    current: Decimal
    replayed: bool = False
    award: Award | None = None
    waited_for: bool = False


class _CountedBefore(Exception):
    """The key was counted before; the counter was ``current`` all the time."""

    def __init__(self, current: Decimal) -> None:
        self.current = current


def reported_before(slug: str, user_id: Any, key: str) -> Decimal | None:
    """Return a counter, if this key was reported before, and then there is nothing to report; None where it was not."""
    return retried(lambda: counted_before(slug, user_id, key))


def report(change: Change) -> Done:
    """Change a counter, and award its badge where that reaches the goal; see the notes."""
    if fits_alone(change):
        counter = retried(lambda: changed(change, below=True))
        if counter is not None:
            return Done(counter.current)
    try:
        return together(lambda: _with_award(change))
    except _CountedBefore as again:
        return Done(again.current, replayed=True)


def _with_award(change: Change) -> Done:
    counter = changed(change)
    if counter is None and sync_missing([change.slug]):
        counter = changed(change)
    if counter is None:
        return Done(Decimal(0))  # neither code nor the database knows the badge any more
    before = Decimal(0) if change.anew else counter.current - change.number
    if change.key and not kept(counter, change):
        raise _CountedBefore(before)
    if not before < change.goal <= counter.current:
        return Done(counter.current)
    return _awarded(change, counter.current)


def _awarded(change: Change, reached: Decimal) -> Done:
    """Award the badge, where it is open, and the person may be awarded and has it not."""
    declared, at = registry.get(change.slug), change.at
    version = Reported(counter(change.slug), change.goal).version()
    evidence = {"value": in_digits(reached), "goal": in_digits(change.goal), "rule": version}
    lasts = declared.valid_for if declared else None
    repeatable = bool(declared and declared.repeatable)
    earned = Earned(change.slug, change.user_id, earned_at=at, evidence=evidence)
    new = New(earned, at, at + lasts if lasts else None, repeatable)
    written = Written(at, told=not signals.badge_awarded.has_listeners(Award))
    if not insert([new], written):
        return Done(reached)
    return Done(reached, award=new.award(written), waited_for=new.waited_for)


def current(slug: str, user_id: Any) -> Decimal:
    """Return a counter, 0 where nothing was reported yet."""
    rows = Progress.objects.using(award_alias()).filter(badge__slug=slug, user=user_id)
    return rows.values_list("current", flat=True).first() or Decimal(0)
