"""The doors that ask and change nothing: why, why not, what comes next. Hosts take them from :mod:`awarding`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django_badger import policies
from django_badger._engine import explaining
from django_badger._engine.evidence import with_evidence
from django_badger._engine.explaining import Next
from django_badger._engine.sync import row_of
from django_badger.definitions import Declaration
from django_badger.exceptions import NotAllowed, UnknownBadge
from django_badger.models import Badge
from django_badger.verdicts import Explanation

AnyBadge = Declaration | Badge | str


def row_named(badge: AnyBadge) -> Badge:
    """Return the row of a badge. Raises ``UnknownBadge`` where nobody knows it."""
    row = row_of(badge)
    if row is None:
        msg = f"there is no badge {badge!r}: declare it in a badges.py, or make it in the admin"
        raise UnknownBadge(msg)
    return row


def explain(badge: AnyBadge, user: Any, *, by: Any = None, evidence: bool = False) -> Explanation:
    """Return why ``user`` has earned a badge, or what is missing: a tree with the numbers.

    ``by`` is who asks; None is the site itself, which may always. ``evidence`` brings the newest rows that were
    counted, for one more query a source. Raises ``NotAllowed`` where ``by`` is somebody else and may not see the awards
    of others, and ``UnknownBadge`` where nobody knows the slug.
    """
    user_id = getattr(user, "pk", None)
    if by is not None and not policies.may_explain(by, user):
        msg = f"person {by.pk!r} may not ask about person {user_id!r}: give them the permission badger.view_award"
        raise NotAllowed(msg)
    slug = badge if isinstance(badge, str) else badge.slug
    rule = explaining.declared_rule(slug)
    asked = {slug: rule} if rule else explaining.asked_of([row_named(badge)])
    explanation = explaining.explain_asked(asked, user_id)[slug]
    return with_evidence(explanation, user_id) if evidence else explanation


def explain_many(badges: Iterable[Badge], user: Any) -> dict[Any, Explanation]:
    """Return what :func:`explain` does for several badges (rows), by the badge's key, in a constant number of queries.

    A badge whose rule fails is left out, and the error is logged and counted.
    """
    badges = list(badges)
    found = explaining.explain_working(explaining.asked_of(badges), getattr(user, "pk", None))
    return {badge.pk: found[badge.slug] for badge in badges if badge.slug in found}


def next_badges(user: Any, *, limit: int = 3) -> list[Next]:
    """Return the badges that ``user`` is closest to, with how far each one is; nothing for visitors."""
    return explaining.next_for(user, limit=limit) if user is not None and user.is_authenticated else []
