"""What stops a reconcile before it takes anything: a source that is empty, and a loss that is too large."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from django_badger._engine.aliases import award_alias, source_alias
from django_badger._engine.due import Asked, Due, due_badges
from django_badger._engine.losses import lost, may_lapse
from django_badger.conf import settings
from django_badger.exceptions import RunRefused
from django_badger.models import Run
from django_badger.rules.whom import Span

#: So many awards may always lapse: of three, one is a third.
FEW = 10


def refuse_losses(run: Run) -> None:
    """Raise ``RunRefused`` where a badge would lose too much, or all of a source is gone. Writes nothing."""
    asked = Asked(Span(), award_alias(), timezone.now())
    options = run.options
    limit = options.get("max_loss", settings.max_loss)
    for level in due_badges(options["badges"]):
        for due in level:
            if not (due.while_true or options.get("all_holders")):
                continue
            held = may_lapse(due, asked).count()
            if held and not options.get("allow_empty"):
                _refuse_empty(due, held)
            losses = sum(1 for _key in lost(due, asked)) if held else 0
            if losses > FEW and losses * 100 > held * limit:
                msg = (
                    f"badge {due.slug!r} would lose {losses} of {held} awards, which is more than {limit} %: look at "
                    f"`badger simulate reconcile {due.slug}`, and if that is meant, allow it with --max-loss 100"
                )
                raise RunRefused(msg)


def _refuse_empty(due: Due, held: int) -> None:
    for measure in due.rule.reads().measures:
        rows: Any = measure.model._base_manager.using(source_alias(measure.model))
        if not rows.exists():
            msg = (
                f"{measure.model._meta.label} is empty, and {held} awards of badge {due.slug!r} rest on it: if it is meant "
                "to be empty, say --allow-empty"
            )
            raise RunRefused(msg)
