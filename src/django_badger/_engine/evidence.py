"""The rows behind the numbers of an explanation: asked for only where somebody wants to see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model, Value

from django_badger._engine.aliases import source_alias
from django_badger.verdicts import About, Counted, Explanation

#: How many rows are shown of each number.
SHOWN = 3
#: How many numbers one statement asks about: SQLite takes 500 arms.
AT_ONCE = 100

Found = Mapping[About, list[Counted]]


def with_evidence(explanation: Explanation, user_id: Any) -> Explanation:
    """Return an explanation with the newest rows behind each number that is reached: one query a source (model)."""
    asked: dict[type[Model], list[About]] = defaultdict(list)
    for about in dict.fromkeys(_reached(explanation)):
        asked[about.measure.model].append(about)
    found: dict[About, list[Counted]] = defaultdict(list)
    for model, abouts in asked.items():
        for start in range(0, len(abouts), AT_ONCE):
            _fetch(model, abouts[start : start + AT_ONCE], user_id, found)
    return _shown(explanation, found)


def _reached(explanation: Explanation) -> Iterator[About]:
    if explanation.about is not None and explanation.holds:
        yield explanation.about
    for part in explanation.parts:
        yield from _reached(part)


def _fetch(model: type[Model], abouts: list[About], user_id: Any, found: dict[About, list[Counted]]) -> None:
    using = source_alias(model)
    first, *others = [
        about.measure.newest([user_id], about, SHOWN, using)
        .annotate(badger_arm=Value(number))
        .values_list("badger_arm", "badger_key", "badger_at", "badger_nth")
        for number, about in enumerate(abouts)
    ]
    rows = first.union(*others, all=True).order_by() if others else first
    for number, key, moment, _nth in sorted(rows, key=lambda row: row[-1]):
        found[abouts[number]].append(Counted(model._meta.label, key, moment))


def _shown(explanation: Explanation, found: Found) -> Explanation:
    parts = tuple(_shown(part, found) for part in explanation.parts)
    about = explanation.about
    evidence = tuple(found.get(about, ())) if about is not None and explanation.holds else ()
    return replace(explanation, parts=parts, evidence=evidence)
