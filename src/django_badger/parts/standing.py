"""How somebody stands with the badge that a page is about, and with the others of its series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from django_badger.awarding import explain_many
from django_badger.contexts import State
from django_badger.models import Award, Badge
from django_badger.parts.badges import earned_state, open_state
from django_badger.verdicts import Explanation

#: How many awards of each badge are shown to whoever has them.
SHOWN = 12
#: Awards by their badge's key, the newest first; each one's ``badger_times`` is how many there are.
Held = Mapping[Any, Sequence[Award]]


def how_with(badges: Sequence[Badge], viewer: Any, *, tell_of: Badge) -> tuple[Held, Mapping[Any, Explanation]]:
    """Return the viewer's awards of these badges, and why they lack the others; of ``tell_of`` the latter in any case.

    A constant number of queries, and none for visitors.
    """
    if viewer is None or not viewer.is_authenticated:
        return {}, {}
    held = _held(badges, viewer)
    asked = [badge for badge in badges if badge.is_published and (badge == tell_of or badge.pk not in held)]
    return held, explain_many(asked, viewer) if asked else {}


def _held(badges: Sequence[Badge], viewer: Any) -> Held:
    newest = [F("awarded_at").desc(), F("id").desc()]
    mine = Award.objects.visible_to(viewer).to(viewer).filter(badge__in=[badge.pk for badge in badges])
    rows = mine.annotate(
        badger_nth=Window(RowNumber(), partition_by="badge", order_by=newest),
        badger_times=Window(Count("pk"), partition_by="badge"),
    )
    found: dict[Any, list[Award]] = {}
    for award in rows.filter(badger_nth__lte=SHOWN).with_badges().newest_first():
        found.setdefault(award.badge_id, []).append(award)
    return found


def state_with(awards: Sequence[Award], explained: Explanation | None) -> State:
    """Return the state of somebody with these awards of a badge, or on the way to it."""
    if awards:
        times: int = getattr(awards[0], "badger_times")  # noqa: B009  an annotation, which no type knows
        return earned_state(max(award.earned_at for award in awards), times)
    return open_state(explained.percent) if explained else State()
