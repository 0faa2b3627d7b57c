"""Events in, awards out: ask once, decide, write once, and go on with what the new awards wake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from django_badger import events
from django_badger._engine import deciding
from django_badger._engine.announce import announce, tell_progress
from django_badger._engine.award import Planned, insert
from django_badger._engine.crossings import moments
from django_badger._engine.failing import failed, is_transient, logger, retried
from django_badger._engine.prerequisites import waiting_for
from django_badger._engine.probe import Answer, Question, probe
from django_badger._engine.sync import sync_missing
from django_badger._engine.woken import Candidate, Woken, metas_of, reads_of, wake
from django_badger.conf import settings
from django_badger.events import Event
from django_badger.models import Award, Run
from django_badger.registry import registry
from django_badger.rules.protocol import Reads
from django_badger.verdicts import Crossing, Earned


def evaluate(happened: Sequence[Event]) -> None:
    """Award what these events bring, and what that brings in turn. Never raises, unless settings ask for it."""
    work = list(happened)
    while work:
        try:
            work = _one_pass(work, timezone.now())
        except Exception:
            if settings.raise_errors:
                raise
            logger.exception("%s could not be evaluated: `badger backfill` catches up.", work[0].key)
            return


def _one_pass(work: list[Event], at: datetime) -> list[Event]:
    woken = wake(work, _waiting(work), at=at)
    if not woken.people:
        return []
    return [event for awards, answer in settle(woken, at) for event in _follow_ups(awards, answer)]


def _waiting(work: Sequence[Event]) -> Sequence[Candidate]:
    """Return the badges that wait for what was just awarded by prerequisites in the database, unless it is known that none do."""
    # A row's own str() is the host's code, and may ask the database: only an award's event has a slug for its subject.
    given = [one for one in work if isinstance(one.subject, str) and one.key == events.awarded(one.subject)]
    slugs = {one.subject for one in given if one.data.get("waited_for", True)}
    return retried(lambda: waiting_for(slugs, {one.user_id for one in given})) if slugs else ()


def settle(woken: Woken, at: datetime, *, run: Run | None = None) -> list[tuple[list[Award], Answer]]:
    """Ask and write for all that was woken; where that fails, each badge by itself, so that the others go on."""
    try:
        return [ask_and_write(woken, at, run=run)]
    except Exception as error:
        if settings.raise_errors:
            raise
        if is_transient(error) or len(woken.slugs) == 1:
            _blame(woken, error)
            return []
        slugs = ", ".join(sorted(woken.slugs))
        logger.warning("%s: evaluated one by one, because together it failed: %s", slugs, error)
    done = []
    for slug in sorted(woken.slugs):
        try:
            done.append(ask_and_write(woken.only(slug), at, run=run))
        except Exception as error:  # noqa: BLE001  badge code never breaks the host
            _blame(woken.only(slug), error)
    return done


def _blame(woken: Woken, error: Exception) -> None:
    for slug in woken.slugs:
        failed("evaluating it", error, slug=slug, user_id=next(iter(woken.people)))


def ask_and_write(woken: Woken, at: datetime, *, run: Run | None = None) -> tuple[list[Award], Answer]:
    """Ask the database once, decide, write once; return the new awards, with what was known when they were made.

    ``run`` is the bulk act this belongs to: it is noted on the awards, and says whether they are announced.
    """
    answer = retried(lambda: _ask(woken, at))
    facts = answer.facts
    facts.happened.update(woken.happened)
    deciding.know_steps(woken, facts)
    earned, progressed = deciding.decide(woken.candidates.values(), facts)
    earned = [verdict for verdict in [*earned, *_allowed(woken, answer)] if _open(verdict, answer)]
    earned = _dated(earned, at)
    metas = deciding.follow(earned, facts, [slug for slug, known in answer.badges.items() if known.published], woken)
    awards = write([*earned, *_dated(metas, at)], answer, woken, at, run)
    announce(awards)
    tell_progress(progressed)
    return awards, answer


def _ask(woken: Woken, at: datetime) -> Answer:
    reads, metas = woken.reads(), metas_of(woken.slugs)
    asked = woken.slugs | metas | set(reads.badges)
    for slug in metas:
        asked |= (reads_of(registry[slug]) or Reads()).badges
    question = Question(frozenset(asked), reads, frozenset(woken.slugs | metas))
    answer = probe(question, people=woken.people, at=at)
    if sync_missing(asked - set(answer.badges)):
        answer = probe(question, people=woken.people, at=at)
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


def _dated(earned: Sequence[Earned], at: datetime) -> list[Earned]:
    """Return the verdicts with the moment the line was crossed: asked of the data in one query, where they cannot tell."""
    asked: dict[Crossing, set[Any]] = defaultdict(set)
    for verdict in earned:
        if verdict.earned_at is None and verdict.crossing is not None:
            for line in verdict.crossing.lines():
                asked[line].add(verdict.user_id)
    found = retried(lambda: moments(asked)) if asked else {}
    return [one if one.earned_at else replace(one, earned_at=_moment(one, found) or at) for one in earned]


def _moment(verdict: Earned, found: Mapping[Any, datetime]) -> datetime | None:
    """Return when a line was crossed: for the verdict's occasion, or for none where the measure knows no occasions."""
    if verdict.crossing is None:
        return None
    user_id, occasion = verdict.user_id, verdict.occasion
    return verdict.crossing.moment(lambda line: found.get((line, user_id, occasion if line.measure.each else "")))


def write(earned: Sequence[Earned], answer: Answer, woken: Woken, at: datetime, run: Run | None = None) -> list[Award]:
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
        if run is not None:
            award.run = run
            award.announced_at = at if run.notify == Run.Notify.NONE else None
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
            known = {"waited_for": bool(answer.needed_for.get(award.badge_id))}
            found.append(
                Event(
                    key=events.awarded(slug), subject=slug, user_id=award.recipient_id, at=award.earned_at, data=known
                )
            )
    return found
