"""Only what is new: people with rows that no complete run has seen yet.

A run notes the highest key of every table that its rules count. A later run that is asked for what is recent looks only
at the people of rows with higher keys. What was changed without a new row, or was committed late with a lower key, waits
for the next complete run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, IntegerField, Max, Model, QuerySet
from django.db.models.functions import Coalesce

from django_badger._engine.aliases import award_alias, source_alias
from django_badger._engine.due import Due
from django_badger._engine.gains import by_measure
from django_badger.models import Run
from django_badger.rules.measures import Measure
from django_badger.rules.whom import Span, belonging

Marks = Mapping[str, Any]
#: How many people a statement names, four times: SQLite takes 32,766 parameters. Where more have new rows, everybody of
#: the range is looked at.
NAMED = 4_000


def marks(levels: Iterable[Collection[Due]]) -> dict[str, int]:
    """Return the highest key of every table that these badges count, by the model's label; 0 where it is empty."""
    models = {measure.model for level in levels for due in level for measure in due.rule.reads().measures}
    return {model._meta.label_lower: _highest(model) for model in models if _rises(model)}


def _rises(model: type[Model]) -> bool:
    """Whether new rows have higher keys."""
    return isinstance(model._meta.pk, IntegerField)


def _highest(model: type[Model]) -> int:
    rows: Any = model._base_manager.using(source_alias(model))
    return rows.aggregate(highest=Max("pk"))["highest"] or 0


def last_marks(slugs: Collection[str]) -> tuple[Marks, Any]:
    """Return what the last finished run that looked at these badges noted, and when it began; nothing where there is none."""
    runs = Run.objects.using(award_alias()).filter(
        status=Run.Status.FINISHED, kind__in=[Run.Kind.BACKFILL, Run.Kind.RECONCILE]
    )
    for run in runs.order_by("-pk")[:50]:
        seen = run.options.get("badges", [])
        if "marks" in run.options and (not seen or (slugs and set(slugs) <= set(seen))):
            return run.options["marks"], run.started_at
    return {}, None


def people_with_new_rows(measure: Measure, span: Span, marks: Marks) -> list[Any] | None:
    """Return the people of a span who have new rows; None where they are too many, or nothing is known of the table."""
    mark = marks.get(measure.model._meta.label_lower)
    if mark is None:
        return None
    found = list(_people_behind(mark, measure.model, measure.by, span)[: NAMED + 1])
    return found if len(found) <= NAMED else None


def _people_behind(mark: int, model: type[Model], by: str, span: Span) -> QuerySet[Any, Any]:
    """Return the people of a span with rows behind a mark, in order.

    These rows are few, and found by their own keys: whose they are is an expression, because with the column itself SQLite
    goes through all rows of the span.
    """
    whose = Coalesce(F(by), F(by), output_field=get_user_model()._meta.pk)
    rows: QuerySet[Any, Any] = model._base_manager.using(source_alias(model)).filter(pk__gt=mark)
    rows = rows.annotate(badger_whose=whose).filter(**belonging("badger_whose", span))
    return rows.order_by("badger_whose").values_list("badger_whose", flat=True).distinct()


def is_seen(due: Due, before: datetime | None) -> bool:
    """Whether a badge was what it is now when the last run began: then who has no new row need not be looked at."""
    return before is not None and due.since is not None and due.since <= before


@dataclass(frozen=True)
class Changed:
    """Where only people with new rows are looked at: in which sources, behind which marks, and for how many badges."""

    sources: frozenset[tuple[type[Model], str]]
    marks: Marks
    badges: int

    def last(self, span: Span, number: int) -> Any:
        """Return the key of the last of so many people in a span, of whichever source has them first; None: there are fewer."""
        found = None
        for model, by in self.sources:
            mark = self.marks[model._meta.label_lower]
            newer = model._base_manager.using(source_alias(model)).filter(pk__gt=mark)
            if newer[:number].count() < number:  # no more people than rows; it is the usual case, and quick
                continue
            keys = _people_behind(mark, model, by, span)
            last = next(iter(keys[number - 1 : number]), None)
            if last is not None:
                found, span = last, replace(span, last=last)
        return found


def changed(levels: Iterable[Collection[Due]], marks: Marks, before: datetime | None) -> Changed | None:
    """Return where people with new rows are found; None where these badges make it necessary to look at others, too."""
    dues = [due for level in levels for due in level]
    measures, others = by_measure(dues)
    known = all(measure.model._meta.label_lower in marks for measure in measures)
    if not measures or others or not known or not all(is_seen(due, before) for due in dues):
        return None
    return Changed(frozenset((measure.model, measure.by) for measure in measures), marks, len(dues))
