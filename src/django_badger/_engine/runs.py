"""Bulk acts, each a logged run: everybody is looked at, in ranges, each its own commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from django_badger._engine.aliases import award_alias
from django_badger._engine.evaluate import settle
from django_badger._engine.explaining import rules_of
from django_badger._engine.sync import sync
from django_badger._engine.woken import Candidate, Woken
from django_badger.models import Badge, Run

#: How many people one range holds.
RANGE = 500

Shown = Callable[[int, int], None]


def backfill(
    slugs: Collection[str] = (), *, notify: str = Run.Notify.NONE, asked_by: Any = None, shown: Shown | None = None
) -> Run:
    """Award everybody who has earned these badges (none: all) already. Adds only; told to nobody by default.

    ``shown`` is called after each range with how many people were looked at, and how many awards were made.
    Rows that this makes need no other: running it again writes nothing.
    """
    sync()
    badges = Badge.objects.using(award_alias()).published()
    named = list(badges.filter(slug__in=slugs) if slugs else badges)
    rules = rules_of(named)
    run = Run(kind=Run.Kind.BACKFILL, notify=notify, asked_by=asked_by, badge=named[0] if len(slugs) == 1 else None)
    run.save(using=award_alias())
    ruled = [(badge, rules[badge.pk]) for badge in named if badge.pk in rules]
    try:
        looked_at = 0
        for people in _ranges():
            run.added += _range(ruled, people, run)
            run.cursor = str(people[-1])
            run.save(using=award_alias(), update_fields=["added", "cursor"])
            looked_at += len(people)
            if shown is not None:
                shown(looked_at, run.added)
    except Exception as error:
        _finish(run, Run.Status.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    _finish(run, Run.Status.FINISHED)
    return run


def _range(ruled: Collection[tuple[Badge, Any]], people: Collection[Any], run: Run) -> int:
    """Look at some people until nothing new comes: a new award may complete a badge that waits for it.

    A rule that fails is counted on its badge, and the other badges go on.
    """
    added = 0
    while True:
        candidates = {badge.slug: Candidate(badge.slug, rule, set(people), badge.valid_for) for badge, rule in ruled}
        made = sum(len(awards) for awards, _answer in settle(Woken(candidates=candidates), timezone.now(), run=run))
        if not made:
            return added
        added += made


def _ranges() -> Iterator[list[Any]]:
    """Return the keys of all users, in order, a range at a time."""
    keys = get_user_model()._base_manager.using(award_alias()).order_by("pk").values_list("pk", flat=True)
    people = list(keys[:RANGE])
    while people:
        yield people
        people = list(keys.filter(pk__gt=people[-1])[:RANGE])


def _finish(run: Run, status: str, *, error: str = "") -> None:
    run.status, run.error, run.finished_at = status, error[:2000].replace("\x00", ""), timezone.now()
    run.save(using=award_alias(), update_fields=["status", "error", "finished_at"])
