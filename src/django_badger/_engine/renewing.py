"""Awards whose time ran out: another one takes their place, by a rule that says so or by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial

from django.db.models import F

from django_badger._engine.aliases import award_alias
from django_badger._engine.award import freed_slots, insert_or_already, lots
from django_badger._engine.deciding import holds_now, renewable
from django_badger._engine.failing import failed, retried
from django_badger._engine.listening import Candidate
from django_badger._engine.probe import Answer, Question, probe
from django_badger.models import Award, AwardQuerySet, Badge
from django_badger.rules.protocol import Rule
from django_badger.rules.whom import Whom, belonging


def free_in_time(badges: Iterable[Candidate], answer: Answer, at: datetime) -> None:
    """Free the slots of expired awards of badges that renew themselves, where the rule is true; they can be earned then."""
    found = [one for one in badges if one.renews]
    places = renewable(found, answer.facts, answer.holds) if found and answer.holds else set()
    if not places:
        return
    slugs = {answer.keys[slug]: slug for slug, _user_id, _slot in places}
    rows = _expired(at).filter(badge__in=slugs, recipient__in={user_id for _slug, user_id, _slot in places})
    _free([row for row in rows if (slugs[row.badge_id], row.recipient_id, row.slot) in places], at)
    for slug, user_id, slot in places:
        answer.facts.filled[user_id, slug].discard(slot)


def free_expired(badge: Badge, rule: Rule, people: Whom, at: datetime) -> int:
    """Free the slots of expired awards of a badge among ``people``, where its rule is true at ``at``; return how many.

    For bulk acts: one query where nothing has expired. A rule that raises frees nothing.
    """
    rows = list(_expired(at).filter(badge=badge, slot=F("occasion"), **belonging("recipient", people)))
    if not rows:
        return 0
    try:
        reads = rule.reads()
        question = Question(reads.badges, reads)
        facts = retried(lambda: probe(question, people={row.recipient_id for row in rows}, at=at)).facts
        held = [row for row in rows if row.slot in holds_now(rule, facts, row.recipient_id)]
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        failed("asking whether it is still earned", error, slug=badge.slug)
        return 0
    return _free(held, at)


def _expired(at: datetime) -> AwardQuerySet:
    """Return the awards that have expired and that nobody has renewed."""
    return Award.objects.using(award_alias()).filter(ended="", ended_at=None, expires_at__lte=at)


def _free(awards: Collection[Award], at: datetime) -> int:
    """Free the slots of these awards, as far as they are expired still; return of how many."""
    return sum(retried(partial(_free_some, some, at)) for some in lots(awards))


def _free_some(awards: Collection[Award], at: datetime) -> int:
    rows = _expired(at).filter(pk__in=[award.pk for award in awards])
    return rows.update(slot=freed_slots(awards), ended_at=F("expires_at"))


def extend(award: Award, until: datetime) -> bool:
    """Let a standing award expire later; return False where it was changed or ended meanwhile."""
    rows = Award.objects.using(award_alias()).filter(pk=award.pk, ended="", expires_at=award.expires_at)
    return retried(lambda: rows.update(expires_at=until, warned_at=None)) == 1


def replace(award: Award, new: Award, at: datetime) -> bool:
    """Put a new award in the place of an expired one; return False where that was done before.

    Called inside :func:`together`.
    """
    return _free([award], at) == 1 and insert_or_already(new)
