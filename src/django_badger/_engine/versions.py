"""Which version of its rule a declared badge has, and whether that is the one noted on its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from django_badger._engine.failing import failed, logger, retried
from django_badger._engine.reported import rule_of
from django_badger.definitions import AnyTrigger, Declaration
from django_badger.models import Badge
from django_badger.rules.digest import digest

#: How much of a version the column keeps; ours are shorter.
LONGEST = 64


@dataclass(frozen=True)
class Decided:
    """A function that decides, with what wakes it: as much of a rule as such a badge has."""

    on: AnyTrigger | None
    decide: Callable[[Any], Any]


def version_of(declaration: Declaration) -> str | None:
    """Return the version of a declared badge's rule, goal or function; ``""`` without one, None where it fails to say so.

    Of a function it is what a rule with such a condition has: other names and other values in it are another version.
    """
    try:
        if declaration.decide is not None:
            return digest(Decided(declaration.on, declaration.decide))
        rule = rule_of(declaration)
        return str(rule.version())[:LONGEST] if rule is not None else ""
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        failed("saying its version", error, slug=declaration.slug)
        return None


def note_version(badge: Badge, declaration: Declaration, using: str) -> bool:
    """Note the version on the row; return whether it is another one than before, and nobody else has noted that.

    The first one is no change. Awards that an earlier version brought stand: nothing else happens here.
    """
    version, before, now = version_of(declaration), badge.rule_version, timezone.now()
    if version is None or version == before:
        return False
    changes: dict[str, Any] = {"rule_changed_at": now, "updated_at": now} if before else {}
    rows = Badge.objects.using(using).filter(pk=badge.pk, rule_version=before)
    noted = retried(lambda: rows.update(rule_version=version, **changes)) == 1
    if noted and before:
        logger.info("Badge %r: its rule changed from version %s to %s.", declaration.slug, before, version or "none")
    return noted and bool(before)
