"""What ``manage.py badger explain`` prints: the award with its evidence, and the tree with its numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from django_badger._engine.versions import LONGEST
from django_badger.models import Award
from django_badger.verdicts import Counted, Explanation, in_digits


def award_lines(award: Award, version: str) -> Iterator[str]:
    """Return what an award says about itself; ``version`` is that of the badge's rule today."""
    ended = f", {award.ended or 'expired'}" if not award.stands else ""
    about = f" for {award.occasion}" if award.occasion else ""
    yield f"Awarded{about} on {_moment(award.awarded_at)}, earned on {_moment(award.earned_at)}{ended}."
    by = f" of {award.awarded_by}" if award.awarded_by else ""
    run = f", in run {award.run_id} ({award.run.kind})" if award.run else ""
    yield f"  route: {award.route}{by}{run}"
    evidence = dict(award.evidence) if isinstance(award.evidence, Mapping) else {"evidence": award.evidence}
    brought = str(evidence.pop("rule", "") or "")
    if evidence:
        yield f"  evidence: {_evidence(evidence)}"
    if brought:
        today = "that of today" if brought[:LONGEST] == version else f"today it is {version}" if version else "gone"
        yield f"  rule: version {brought}, {today}"


def _evidence(evidence: Mapping[str, Any]) -> str:
    if evidence.keys() == {"value", "goal"}:
        return f"{evidence['value']} of {evidence['goal']}"
    return json.dumps(evidence, ensure_ascii=False, sort_keys=True)


def tree_lines(explanation: Explanation, indent: str = "") -> Iterator[str]:
    """Return the tree: what holds, how far it is, since when, and which rows were counted last."""
    mark = "✓" if explanation.holds else "·"
    numbers = f"{in_digits(explanation.current)} / {in_digits(explanation.goal)}"
    since = f" ({_moment(explanation.at)})" if explanation.at else ""
    yield f"{indent}{mark} {explanation.text}: {numbers}{since}"
    for row in explanation.evidence:
        yield f"{indent}    {_row(row)}"
    for part in explanation.parts:
        yield from tree_lines(part, indent + "  ")


def _row(row: Counted) -> str:
    return f"{row.model} {row.key}" + (f", {_moment(row.at)}" if row.at else "")


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at) if timezone.is_aware(at) else at:%Y-%m-%d %H:%M}"
