"""Events in, awards out: ask once, decide, write once, and go on with what the new awards wake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from django_badger import events, signals
from django_badger._engine import deciding
from django_badger._engine.aliases import source_alias
from django_badger._engine.announce import announce
from django_badger._engine.award import Planned, insert
from django_badger._engine.failing import failed, is_transient, logger, retried
from django_badger._engine.prerequisites import waiting_for
from django_badger._engine.probe import Answer, probe
from django_badger._engine.sync import sync_missing
from django_badger._engine.woken import Woken, metas_of, wake
from django_badger.conf import settings
from django_badger.events import Event
from django_badger.models import Award, Badge
from django_badger.registry import registry
from django_badger.verdicts import Earned, Progressed


def evaluate(happened: Sequence[Event]) -> None:
    """Award what these events bring, and what that brings in turn. Never raises, unless settings ask for it."""
    work = list(happened)
    while work:
        try:
            work = _one_pass(work, timezone.now())
        except Exception:
            if settings.raise_errors:
                raise
            logger.exception("%s could not be evaluated: `badger reconcile` will see to it.", work[0].key)
            return


def _one_pass(work: list[Event], at: datetime) -> list[Event]:
    awarded = {event.subject for event in work if event.key == events.awarded(str(event.subject))}
    waiting = waiting_for(awarded, {event.user_id for event in work}) if awarded else ()
    woken = wake(work, waiting, at=at)
    if not woken.people:
        return []
    try:
        return _ask_and_write(woken, at)
    except DatabaseError as error:
        if is_transient(error) or len(woken.slugs) == 1:
            _blame(woken, error)
            return []
    more: list[Event] = []
    for slug in sorted(woken.slugs):  # one of them is broken: each by itself, so that the others go on
        try:
            more += _ask_and_write(woken.only(slug), at)
        except DatabaseError as error:
            _blame(woken.only(slug), error)
    return more


def _blame(woken: Woken, error: Exception) -> None:
    for slug in woken.slugs:
        failed("asking the database", error, slug=slug, user_id=next(iter(woken.people)))


def _ask_and_write(woken: Woken, at: datetime) -> list[Event]:
    answer = retried(lambda: _ask(woken, at))
    facts = answer.facts
    facts.happened.update(woken.happened)
    deciding.know_steps(woken, facts)
    earned, progressed = deciding.decide(woken.candidates.values(), facts)
    earned = [verdict for verdict in [*earned, *_allowed(woken, answer)] if _open(verdict, answer)]
    earned = [_dated(verdict, at) for verdict in earned]
    metas = deciding.follow(earned, facts, [slug for slug, known in answer.badges.items() if known.published], woken)
    earned += [_dated(verdict, at) for verdict in metas]
    _tell_progress(progressed)
    awards = write(earned, answer, woken, at)
    announce(awards)
    return _follow_ups(awards, answer)


def _ask(woken: Woken, at: datetime) -> Answer:
    reads, metas = woken.reads(), metas_of(woken.slugs)
    asked = woken.slugs | metas | set(reads.badges)
    for slug in metas:
        declaration = registry.get(slug)
        asked |= declaration.when.reads().badges if declaration and declaration.when else frozenset()
    people = woken.people
    answer = probe(people=people, badges=asked, reads=reads, at=at, prerequisites=woken.slugs | metas)
    if sync_missing(asked - set(answer.badges)):
        answer = probe(people=people, badges=asked, reads=reads, at=at, prerequisites=woken.slugs | metas)
    return answer


def _allowed(woken: Woken, answer: Answer) -> Iterable[Earned]:
    """Return what functions decided, without those who have it or are blocked."""
    for verdict in woken.verdicts:
        declaration = registry[verdict.slug]
        filled = answer.facts.filled.get((verdict.user_id, verdict.slug), ())
        if verdict.user_id in answer.facts.eligible and (declaration.repeatable or verdict.occasion not in filled):
            answer.facts.filled[verdict.user_id, verdict.slug].add(verdict.occasion)
            yield verdict


def _open(verdict: Earned, answer: Answer) -> bool:
    known = answer.badges.get(verdict.slug)
    return known is not None and known.published


def _dated(verdict: Earned, at: datetime) -> Earned:
    """Return the verdict with the moment the line was crossed: asked of the data, where the verdict cannot tell."""
    if verdict.earned_at is not None:
        return verdict
    moments: dict[str, Any] = {}
    if verdict.crossing is not None:
        measure, goal = verdict.crossing
        rows = measure.crossings([verdict.user_id], goal, source_alias(measure.model))
        for _user, occasion, moment in rows:
            moments[occasion] = min(moment, moments.get(occasion, moment))
    return replace(verdict, earned_at=moments.get(verdict.occasion, at))


def write(earned: Sequence[Earned], answer: Answer, woken: Woken, at: datetime) -> list[Award]:
    """Make the awards of these verdicts; those that somebody else made in the meantime are no error."""
    planned = []
    for verdict in earned:
        declaration = registry.get(verdict.slug)
        candidate = woken.candidates.get(verdict.slug)
        lasts = declaration.valid_for if declaration else candidate.valid_for if candidate else None
        repeatable = bool(declaration and declaration.repeatable and declaration.decide)
        award = Award(
            badge_id=answer.badges[verdict.slug].pk, recipient_id=verdict.user_id, occasion=verdict.occasion,
            route=Award.Route.RULE, evidence=dict(verdict.evidence), earned_at=verdict.earned_at or at, awarded_at=at,
            expires_at=at + lasts if lasts else None,
        )  # fmt: skip
        planned.append(Planned(award, verdict.slug, repeatable=repeatable))
    return insert(planned)


def _follow_ups(awards: Sequence[Award], answer: Answer) -> list[Event]:
    """Return the events that the new awards are, where something still waits for them.

    A prerequisite that another transaction landed at the same moment could not be seen before this commit, so
    whatever is still open is asked again, after it.
    """
    slugs = {known.pk: known.slug for known in answer.badges.values()}
    found = []
    for award in awards:
        slug = slugs[award.badge_id]
        filled = answer.facts.filled
        open_metas = [
            declaration
            for declaration in registry.woken_by(events.awarded(slug))
            if not filled.get((award.recipient_id, declaration.slug))
        ]
        if open_metas or answer.needed_for.get(award.badge_id):
            found.append(Event(key=events.awarded(slug), subject=slug, user_id=award.recipient_id, at=award.earned_at))
    return found


def _tell_progress(progressed: Iterable[Progressed]) -> None:
    if not signals.progressed.has_listeners(Badge):
        return
    for verdict in progressed:
        answers = signals.progressed.send_robust(
            sender=Badge, badge=verdict.slug, user_id=verdict.user_id, occasion=verdict.occasion,
            current=verdict.current, goal=verdict.goal,
        )  # fmt: skip
        for _receiver, error in answers:
            if isinstance(error, Exception):
                failed("a receiver of progressed", error, slug=verdict.slug, user_id=verdict.user_id)
