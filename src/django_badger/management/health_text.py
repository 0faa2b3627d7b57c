"""What ``manage.py badger health`` prints: a table for people, or JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from django_badger.health import Finding, Health

HEADINGS = ("badge", "evaluated", "earned", "awards", "errors", "findings")


def table(found: Sequence[Health]) -> Iterator[str]:
    """Return a line a badge, with its findings below it: ``!`` a problem, ``·`` what is good to know."""
    rows = [HEADINGS, *(_row(one) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row, one in zip(rows, [None, *found], strict=True):
        # Numbers stand to the right.
        cells = [
            cell.rjust(width) if place in {3, 4} else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
        for finding in one.findings if one else ():
            yield f"  {'!' if finding.problem else '·'} {finding.code}: {finding.what} {finding.todo}"


def _row(one: Health) -> tuple[str, ...]:
    badge, number = one.badge, len(one.findings)
    moments = (_moment(one.evaluated_at), _moment(one.earned_at))
    told = str(number) if number else "none"
    if not badge.is_published:
        told = badge.status
    return (badge.slug, *moments, str(one.standing), str(badge.errors), told)


def _moment(at: datetime | None) -> str:
    if at is None:
        return "never"
    return f"{timezone.localtime(at) if timezone.is_aware(at) else at:%Y-%m-%d %H:%M}"


def as_json(found: Sequence[Health]) -> str:
    """Return a list with an object a badge."""
    return json.dumps([_told(one) for one in found], indent=2, ensure_ascii=False)


def _told(one: Health) -> dict[str, Any]:
    badge = one.badge
    return {
        "slug": badge.slug, "status": badge.status, "evaluated_at": _iso(one.evaluated_at),
        "earned_at": _iso(one.earned_at), "awards": one.standing, "awards_of_earlier_rules": one.earlier,
        "rule_version": badge.rule_version, "rule_changed_at": _iso(badge.rule_changed_at), "errors": badge.errors,
        "last_error": badge.last_error, "last_error_at": _iso(badge.last_error_at),
        "findings": [_finding(finding) for finding in one.findings],
    }  # fmt: skip


def _finding(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "problem": finding.problem, "what": finding.what, "todo": finding.todo}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
