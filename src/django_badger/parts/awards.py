"""Awards in lists and on their page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, F, Max, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from django_badger import wording
from django_badger.contexts import AwardRow, Evidence, Link
from django_badger.models import Award, AwardQuerySet
from django_badger.parts.badges import badge_url, picture_of
from django_badger.parts.people import moment_of, person_of

#: The longest address that is shown as evidence.
LONGEST = 2000


def award_url(award: Award) -> str:
    """Return the address of an award's page."""
    return reverse("badger:award_detail", kwargs={"uuid": award.uuid})


def row_of(award: Award, *, times: int = 1, pinned: bool | None = None, own: bool = False) -> AwardRow:
    """Return an award as lists show it.

    ``times`` is how many awards of its badge the row stands for, ``pinned`` whether one of them is; ``own`` lets its
    holder choose how it is shown.
    """
    return AwardRow(
        award=award, title=wording.award_title(award), url=award_url(award), badge_url=badge_url(award.badge),
        picture=picture_of(award.badge), recipient=person_of(award.recipient), earned=moment_of(award.earned_at),
        awarded=moment_of(award.awarded_at), times=times,
        pinned=award.pinned is not None if pinned is None else pinned,
        choose_url=reverse("badger:choose", kwargs={"uuid": award.uuid}) if own else "",
    )  # fmt: skip


def rows_of(awards: Iterable[Award], *, own: bool = False) -> Sequence[AwardRow]:
    """Return awards as lists show them; ``own`` lets their holder choose how they are shown."""
    return [row_of(award, own=own) for award in awards]


def one_a_person(awards: Iterable[Award], *, limit: int) -> Iterator[Award]:
    """Return the first award of each person, up to ``limit`` of them."""
    seen: set[Any] = set()
    for award in awards:
        if award.recipient_id not in seen and len(seen) < limit:
            seen.add(award.recipient_id)
            yield award


def by_badge(awards: AwardQuerySet) -> QuerySet[Award, tuple[Any, int, int | None]]:
    """Return (key of the newest award, number of awards, place) for each badge: pinned ones first, then the newest."""
    groups = awards.order_by().values("badge").annotate(
        badger_pinned=Min("pinned"), badger_at=Max("earned_at"), badger_newest=Max("pk"), badger_times=Count("pk")
    )  # fmt: skip
    ordered = groups.order_by(F("badger_pinned").asc(nulls_last=True), "-badger_at", "-badger_newest")
    return ordered.values_list("badger_newest", "badger_times", "badger_pinned")


def badges_in(awards: AwardQuerySet) -> int:
    """Return how many different badges these awards are of. One query."""
    return awards.order_by().values("badge").distinct().count()


def collapsed(groups: Iterable[tuple[Any, int, int | None]]) -> Sequence[AwardRow]:
    """Return a row for each of the groups of :func:`by_badge`: at most one query."""
    found = list(groups)
    awards = Award.objects.with_badges().in_bulk([newest for newest, _times, _place in found])
    return [
        row_of(awards[newest], times=times, pinned=place is not None)
        for newest, times, place in found
        if newest in awards
    ]


def route_of(award: Award) -> Link:
    """Return by which road an award came, in words, with the page of the person who awarded it, if one did."""
    if award.awarded_by is not None:
        by = person_of(award.awarded_by)
        return Link(text=_("Awarded by %(person)s") % {"person": by.name}, url=by.url)
    roads = {
        Award.Route.RULE: _("Earned by what was done here"),
        Award.Route.CLAIM: _("Claimed with a code"),
        Award.Route.NOMINATION: _("Awarded after a nomination"),
        Award.Route.REVIEW: _("Awarded after a review"),
        Award.Route.IMPORT: _("Taken over from a list"),
    }
    return Link(text=roads.get(Award.Route(award.route), _("Awarded by the site")), url="")


def evidence_of(award: Award) -> Sequence[Evidence]:
    """Return what speaks for an award, as far as it can be said in words: what was counted, and links."""
    return list(_evidence(award.evidence))


def _evidence(found: Any) -> Iterator[Evidence]:
    if not isinstance(found, dict):
        return
    if isinstance(found.get("value"), str) and isinstance(found.get("goal"), str):
        words = {"value": found["value"], "goal": found["goal"]}
        yield Evidence(text=_("Counted: %(value)s, needed: %(goal)s") % words)
    for value in found.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from _evidence(one)
            elif _is_address(one):
                yield Evidence(text=one, url=one)


def _is_address(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
