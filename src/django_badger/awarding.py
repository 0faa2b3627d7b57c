"""The doors: award, revoke, record, report progress, ask why.

What is normal is answered by values that read well, never by exceptions. Each door has an ``a…`` twin for async code.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from asgiref.sync import sync_to_async
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import events, policies, signals
from django_badger._engine import noting, renewing
from django_badger._engine import progress as counting
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import after_commit, announce, progress_after_commit
from django_badger._engine.award import Planned, end, free_ended, insert, insert_or_already, mark_seen, stand_again
from django_badger._engine.counters import STEP, Change
from django_badger._engine.dispatch import collect
from django_badger._engine.evaluate import evaluate
from django_badger._engine.explaining import Next
from django_badger._engine.failing import retried, together
from django_badger._engine.lapsing import doubt, ending
from django_badger.asking import AnyBadge, explain, explain_many, next_badges, row_named
from django_badger.events import Event
from django_badger.exceptions import BadAmount, BadgerError, UnknownBadge
from django_badger.models import Award, Badge
from django_badger.registry import registry
from django_badger.results import Already, Awarded, AwardedMany, Refused, Reinstated, Renewed, Reported, Revoked
from django_badger.rules.reaching import is_number
from django_badger.verdicts import Explanation, in_digits

logger = logging.getLogger("django_badger")

__all__ = [
    "Already", "Awarded", "AwardedMany", "Explanation", "Next", "Refused", "Reinstated", "Renewed", "Reported",
    "Revoked", "aaward", "aaward_many", "aexplain", "anext_badges", "arecord", "areinstate", "arenew", "arevoke",
    "award", "award_many", "explain", "explain_many", "just_earned", "next_badges", "progress", "record", "reinstate",
    "renew", "revoke",
]  # fmt: skip


def award(
    badge: AnyBadge,
    *,
    to: Any,
    by: Any = None,
    reason: str = "",
    evidence: Mapping[str, Any] | None = None,
    occasion: str = "",
    at: datetime | None = None,
    route: str = Award.Route.HAND,
) -> Awarded | Already | Refused:
    """Award a badge to one person.

    ``by`` is who awards; None is the site itself, which may always. ``reason`` is shown with the award, ``evidence``
    is kept with it, ``occasion`` says for which time it is, ``at`` when it was earned. Takes part in a transaction
    that is going on. Raises ``UnknownBadge`` where nobody knows the slug.
    """
    row, now = row_named(badge), timezone.now()
    refusal = policies.why_not_award(row, to=to, by=by, reason=reason)
    if refusal:
        return Refused(refusal)
    if by is not None and by.pk == to.pk:
        logger.warning("%r awarded badge %r to themself: %s", by.pk, row.slug, reason)
    new = _planned(row, to, by=by, reason=reason, evidence=evidence, occasion=occasion, at=at or now, route=route)

    def work() -> bool:
        made = insert_or_already(new.ready())
        if not made and by is not None and free_ended(row.pk, to.pk, new.award.occasion):
            made = insert_or_already(new.ready())
        return made

    give = retried if by is None else together  # a person who awards again what has ended takes two steps
    try:
        made = give(work)
    except IntegrityError:
        return Refused(_("This account or this badge does not exist any more."))
    if not made:
        return Already(row, to, new.award.occasion)
    _made([new.award], row)
    return Awarded(new.award)


def award_many(
    badge: AnyBadge, *, to: Iterable[Any], by: Any = None, reason: str = "", route: str = Award.Route.HAND
) -> AwardedMany:
    """Award a badge to many people (users, or a queryset of them). Who had it before is counted, not an error."""
    row, now = row_named(badge), timezone.now()
    refused, planned, people = [], [], list(to)
    for person in people:
        refusal = policies.why_not_award(row, to=person, by=by, reason=reason)
        if refusal:
            refused.append((person, refusal))
        else:
            planned.append(_planned(row, person, by=by, reason=reason, evidence=None, occasion="", at=now, route=route))
    if not row.repeatable:
        keys = [plan.award.recipient_id for plan in planned]
        rows = Award.objects.using(award_alias()).of(row).filter(recipient__in=keys, slot="")
        taken = set(rows.values_list("recipient", flat=True))
        planned = [plan for plan in planned if plan.award.recipient_id not in taken]
    made = insert(planned)
    _made(made, row)
    return AwardedMany(made, len(people) - len(refused) - len(made), refused)


def _planned(
    row: Badge,
    to: Any,
    *,
    by: Any,
    reason: str,
    evidence: Mapping[str, Any] | None,
    occasion: str,
    at: datetime,
    route: str,
) -> Planned:
    longest = 100
    if len(occasion) > longest:
        msg = f"the occasion {occasion[:40]!r}… is too long: keep it within {longest} characters"
        raise BadgerError(msg)
    now = timezone.now()
    made = Award(
        badge=row, recipient=to, occasion=occasion.replace("\x00", ""), route=route, awarded_by=by,
        reason=reason.replace("\x00", ""), evidence=dict(evidence or {}), earned_at=at, awarded_at=now,
        expires_at=now + row.valid_for if row.valid_for else None,
    )  # fmt: skip
    return Planned(made, row.slug, repeatable=row.repeatable)


def _made(awards: Iterable[Award], row: Badge) -> None:
    """Tell of new awards after the commit, and wake what waits for the badge."""
    awards = list(awards)
    announce(awards)
    for new in awards:
        _wake(new, row.slug)


def _wake(award: Award, slug: str, **data: Any) -> None:
    key = events.awarded(slug)
    happened = Event(key=key, subject=slug, user_id=award.recipient_id, at=award.earned_at, data=data)
    collect(happened, evaluate, using=award_alias())


def revoke(award: Award, *, by: Any = None, reason: str) -> Revoked | Already | Refused:
    """Take an award back, with a reason. The row stays, and no rule gives it again; a person can."""
    refusal = policies.why_not_revoke(award, by=by, reason=reason)
    if refusal or not reason.strip():
        return Refused(refusal or _("Say why the award is revoked."))
    now = timezone.now()
    changes = {
        "ended": Award.Ended.REVOKED, "ended_at": now, "revoked_at": now, "revoked_by": by,
        "revoked_reason": reason.replace("\x00", ""),
    }  # fmt: skip
    badge = award.badge  # asked for before anything is done, like all that may fail
    if not end(award, **changes):
        return Already(badge, award.recipient, award.occasion, ended=True)
    _set(award, changes)
    after_commit(signals.badge_revoked, award)
    collect(ending(badge.slug, award.recipient_id), evaluate, using=award_alias())
    return Revoked(award)


def reinstate(award: Award, *, by: Any = None, reason: str = "") -> Reinstated | Refused:
    """Let a revoked award stand again, with its public id. Refused where the person was awarded anew since."""
    refusal = policies.why_not_revoke(award, by=by, reason=reason)
    if refusal:
        return Refused(refusal)
    badge = award.badge
    kept = award.slot == award.occasion or badge.repeatable
    if not kept or not stand_again(award):
        return Refused(_("This award is not revoked, or another one has taken its place."))
    _set(award, {"ended": "", "ended_at": None, "revoked_at": None, "revoked_by": None, "revoked_reason": ""})
    after_commit(signals.badge_reinstated, award)
    _wake(award, badge.slug)
    return Reinstated(award)


def renew(award: Award, *, by: Any = None, until: datetime | None = None, reason: str = "") -> Renewed | Refused:
    """Let an award that expires last until ``until``; left out, as long again as its badge says.

    That is counted from when it would have expired, so who renews early loses nothing. An award that has expired is
    awarded anew, counted from now: a new row with a new public id. ``by`` is who renews; None is the site itself,
    which may always. ``reason`` is handed to those who listen, and shown with an award that is made anew. Raises
    ``BadgerError`` where ``until`` has no time zone.
    """
    now = timezone.now()
    if until is not None and timezone.is_naive(until) != timezone.is_naive(now):
        msg = f"until={until!r} has no time zone: pass an aware datetime, as timezone.now() gives"
        raise BadgerError(msg)
    refusal = policies.why_not_award(award.badge, to=award.recipient, by=by, reason=reason)
    refusal = refusal or policies.why_not_renew(award, until=until)
    if refusal:
        return Refused(refusal)
    expires_at: Any = award.expires_at  # it has one: else it was refused
    end_of_it = until or max(now, expires_at) + award.badge.valid_for
    renewed = _extended(award, end_of_it) if expires_at > now else _anew(award, end_of_it, by=by, reason=reason, at=now)
    if renewed is None:
        return Refused(_("This award was changed, ended or renewed meanwhile: look at it again."))
    after_commit(signals.badge_renewed, renewed.award, by=by, reason=reason, anew=renewed.anew)
    return renewed


def _extended(award: Award, until: datetime) -> Renewed | None:
    if not renewing.extend(award, until):
        return None
    _set(award, {"expires_at": until, "warned_at": None})
    return Renewed(award)


def _anew(award: Award, until: datetime, *, by: Any, reason: str, at: datetime) -> Renewed | None:
    new = _planned(
        award.badge, award.recipient, by=by, reason=reason, evidence=award.evidence, occasion=award.occasion, at=at,
        route=Award.Route.HAND,
    )  # fmt: skip
    new.award.expires_at = until
    if not together(lambda: renewing.replace(award, new.ready(), at)):
        return None
    _made([new.award], award.badge)
    return Renewed(new.award, anew=True)


def _set(award: Award, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(award, name, value)


def record(
    name: str,
    *,
    user: Any = None,
    subject: Any = None,
    at: datetime | None = None,
    using: str | None = None,
    **data: Any,
) -> None:
    """Say that something happened, by name: ``record("quiz.passed", user=user, subject=attempt)``.

    ``user`` is whom it is about. Evaluated after the commit of the transaction that is going on in ``using``
    (default: where awards live). Costs one look-up where no badge listens.
    """
    key = events.named(name)
    if not registry.woken_by(key):
        return
    user_id = getattr(user, "pk", None)
    collect(Event(key=key, subject=subject, user_id=user_id, at=at, data=data), evaluate, using=using or award_alias())


@dataclass(frozen=True)
class ReportedProgress:
    """One person's progress with a badge that was declared with ``progress=``."""

    slug: str
    user: Any
    goal: Decimal

    @cached_property
    def badge(self) -> Badge:
        """The row of the badge: a query, the first time."""
        return row_named(self.slug)

    def increment(self, amount: int | Decimal = 1, *, key: str = "") -> Reported:
        """Add ``amount`` (above zero). The same ``key`` counts once, however often it comes. Awards at the goal."""
        return self._report(_amount(amount, least=STEP), key=_storable(key))

    def set(self, value: int | Decimal) -> Reported:
        """Set the progress to ``value`` (zero or above). Awards at the goal."""
        return self._report(_amount(value, least=Decimal(0)), anew=True)

    def percent(self, value: int | Decimal) -> Reported:
        """Set the progress to ``value`` percent of the goal. Awards at 100."""
        return self.set(_amount(value, least=Decimal(0)) * self.goal / 100)

    @property
    def current(self) -> Decimal:
        """How far it is: a query."""
        return counting.current(self.slug, self.user.pk)

    def _report(self, number: Decimal, *, key: str = "", anew: bool = False) -> Reported:
        if not policies.is_saved(self.user):
            return Reported(Decimal(0), self.goal)  # a visitor
        before = counting.reported_before(self.slug, self.user.pk, key) if key else None
        if before is not None:
            self._doubt()
            return Reported(before, self.goal, replayed=True)
        now = timezone.now()
        try:
            done = counting.report(Change(self.slug, self.user.pk, number, self.goal, now, key, anew))
        except IntegrityError:
            return Reported(Decimal(0), self.goal)  # the account does not exist any more
        noting.note([self.slug], now)
        self._doubt()
        if done.award is not None:
            done.award.recipient = self.user
            announce([done.award])
            if done.waited_for or registry.woken_by(events.awarded(self.slug)):
                _wake(done.award, self.slug, waited_for=done.waited_for)
        elif done.current < self.goal and not done.replayed:
            progress_after_commit(self.slug, self.user.pk, done.current, self.goal)
        return Reported(done.current, self.goal, done.award, done.replayed)

    def _doubt(self) -> None:
        """Ask whether the badge is still earned, if it lapses or is renewed: the counter may say another thing now."""
        declared = registry.get(self.slug)
        if declared is not None and (declared.lapses or declared.renews):
            collect(doubt(self.slug, self.user.pk), evaluate, using=award_alias())


def _storable(key: str) -> str:
    """Return a key as the column takes it: a long one, or one with a NUL byte, as its digest."""
    longest = 150
    return key if len(key) <= longest and "\x00" not in key else hashlib.sha256(key.encode()).hexdigest()


def _amount(value: Any, *, least: Decimal) -> Decimal:
    most = 10**14  # what the column holds
    if not is_number(value) or not least <= value < most:
        msg = (
            f"{value!r} is no amount of progress: pass an int or a Decimal of {in_digits(least)} or more and below "
            f"{most}, never a float"
        )
        raise BadAmount(msg)
    return Decimal(value).quantize(STEP)


def progress(badge: AnyBadge, user: Any) -> ReportedProgress:
    """Return one person's progress with a badge that was declared with ``progress=``, to add to it.

    Raises ``UnknownBadge`` for a badge that nobody declared so.
    """
    slug = badge if isinstance(badge, str) else badge.slug
    declared = registry.get(slug)
    if declared is None or declared.goal is None:
        msg = (
            f"badge {row_named(badge).slug!r} has no progress to report: declare it with progress=10, "
            "or let its rule count"
        )
        raise UnknownBadge(msg)
    return ReportedProgress(slug, user, declared.goal)


def just_earned(user: Any) -> list[Award]:
    """Return the awards that ``user`` has not seen yet, and note that they are seen now."""
    if user is None or not user.is_authenticated:
        return []
    fresh = list(Award.objects.visible_to(user).to(user).filter(seen_at=None).with_badges().newest_first()[:10])
    mark_seen(fresh)
    return fresh


aaward = sync_to_async(award)
aaward_many = sync_to_async(award_many)
arevoke = sync_to_async(revoke)
areinstate = sync_to_async(reinstate)
arenew = sync_to_async(renew)
arecord = sync_to_async(record)
aexplain = sync_to_async(explain)
anext_badges = sync_to_async(next_badges)
