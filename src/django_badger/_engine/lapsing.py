"""Awards whose rule is no longer true lapse, at once or after a grace; their slots are free then.

Note [Asked again after it lapsed]
    Between the question and the UPDATE another transaction may have made the rule true again. It found the award
    standing, and did nothing. So whoever lets an award lapse asks once more after the commit: the rule is true by then,
    and the badge is earned anew; or it is not, and whoever makes it true later finds the slot free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import Q

from django_badger import events, signals
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import after_commit
from django_badger._engine.arms import Hold
from django_badger._engine.award import freed_slots, lots
from django_badger._engine.deciding import Fate, Places, fates
from django_badger._engine.failing import failed, together
from django_badger._engine.inserting import waited_for
from django_badger._engine.listening import Candidate
from django_badger._engine.probe import Answer
from django_badger._engine.reported import rule_of
from django_badger.events import Event
from django_badger.models import Award, Badge
from django_badger.registry import registry


def lapse(badges: Iterable[Candidate], answer: Answer, at: datetime) -> list[Award]:
    """Do what the facts ask for with awards that were given by rules and stand; return those that lapsed.

    Awards of badges that nobody can earn now stay as they are.
    """
    found = [one for one in badges if one.lapses]
    fate_of = fates(found, answer.facts, answer.holds) if found and answer.holds else {}
    if not fate_of:
        return []
    candidates, ended = {one.slug: one for one in found}, []
    for some in lots(fate_of.items()):
        try:
            ended += together(partial(_write, dict(some), candidates, answer, at))
        except Exception as error:  # noqa: BLE001  what was awarded by the same events is told of all the same
            (slug, user_id, _slot), _fate = some[0]
            failed("letting it lapse", error, slug=slug, user_id=user_id)
    for award in ended:
        after_commit(signals.badge_lapsed, award)
    return ended


def _write(fate_of: Places, candidates: dict[str, Candidate], answer: Answer, at: datetime) -> list[Award]:
    """Lock the awards, so that of two who come at once one does it; then one statement a fate."""
    rows: dict[Fate, list[Award]] = defaultdict(list)
    slugs = {answer.keys[slug]: slug for slug in candidates if slug in answer.keys}
    for row in _locked(fate_of, answer):
        fate = fate_of.get((slugs[row.badge_id], row.recipient_id, row.slot))
        if fate is not None:
            rows[fate].append(row)
    if rows[Fate.STAYS]:
        _standing(rows[Fate.STAYS]).update(lapses_at=None)
    doubted: dict[Any, list[Award]] = defaultdict(list)
    for row in rows[Fate.DOUBTED]:
        doubted[candidates[slugs[row.badge_id]].grace].append(row)
    for grace, awards in doubted.items():
        _standing(awards).filter(lapses_at=None).update(lapses_at=at + grace)
    return end_as_lapsed(rows[Fate.LAPSES], at)


def _locked(places: Collection[tuple[str, Any, str]], answer: Answer) -> Any:
    """Return the standing awards of rules in these places, and perhaps others of the same people, in a fixed order.

    Each says whether a badge waits for its badge in the database.
    """
    named: dict[str, tuple[set[Any], set[str]]] = defaultdict(lambda: (set(), set()))
    for slug, user_id, slot in places:
        named[slug][0].add(user_id)
        named[slug][1].add(slot)
    some = (Q(badge=answer.keys[slug], recipient__in=people, slot__in=slots) for slug, (people, slots) in named.items())
    rows = Award.objects.using(award_alias()).filter(reduce(or_, some), ended="", route=Award.Route.RULE)
    rows = rows.filter(badge__in=Badge.objects.using(award_alias()).open_at(answer.facts.at))
    known = rows.annotate(badger_waited_for=waited_for(award_alias()))
    return known.select_for_update().order_by("badge_id", "recipient_id", "slot")


def _standing(awards: list[Award]) -> Any:
    return Award.objects.using(award_alias()).filter(pk__in=[award.pk for award in awards], ended="")


def end_as_lapsed(awards: list[Award], at: datetime) -> list[Award]:
    """End these awards, which are locked, and free their slots, in one statement; return them."""
    if awards:
        _standing(awards).update(slot=freed_slots(awards), ended=Award.Ended.LAPSED, ended_at=at)
    for award in awards:
        award.slot, award.ended, award.ended_at = award.freed_slot, Award.Ended.LAPSED, at
    return awards


def unsettled(answer: Answer, user_id: Any, slug: str) -> bool:
    """Whether somebody has a badge in a way that may change when its rule is true again: in doubt, or expired."""
    settled = {Hold.GIVEN, Hold.EARNED}
    return any(hold not in settled for hold in answer.holds.get((user_id, slug), {}).values())


def follow_ups(answer: Answer) -> Iterator[Event]:
    """Return the events that lapsed awards are: to what waits for the badge, and to the badge itself (see the note)."""
    slugs = {key: slug for slug, key in answer.keys.items()}
    for award in answer.ended:
        slug = slugs[award.badge_id]
        known: Any = award  # as it was locked
        if known.badger_waited_for or registry.woken_by(events.ended(slug)):
            yield ending(slug, award.recipient_id, waited_for=known.badger_waited_for)
        yield doubt(slug, award.recipient_id)


def ending(slug: str, user_id: Any, *, waited_for: bool = True) -> Event:
    """Return the event that an award of a badge does not stand any more: what waits for the badge may lapse."""
    return _about(events.ended(slug), slug, user_id, waited_for=waited_for)


def doubt(slug: str, user_id: Any) -> Event:
    """Return the event that asks whether a badge is still earned."""
    declared = registry.get(slug)
    return _about(events.doubted(slug), slug, user_id, waited_for=declared is None or rule_of(declared) is None)


def _about(key: str, slug: str, user_id: Any, *, waited_for: bool) -> Event:
    return Event(key=key, subject=slug, user_id=user_id, data={"waited_for": waited_for})
