"""From what was woken to awards: ask once, decide, write once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction

from django_badger import signals
from django_badger._engine import deciding, doubting
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import announce, tell_progress
from django_badger._engine.crossings import moments
from django_badger._engine.failing import retried
from django_badger._engine.inserting import New, Written, insert
from django_badger._engine.lapsing import lapse
from django_badger._engine.listening import Candidate
from django_badger._engine.probe import Answer, Found, Question, ask, forget_keys, probe
from django_badger._engine.renewing import free_in_time
from django_badger._engine.sieve import near
from django_badger._engine.sync import sync_missing
from django_badger._engine.woken import Woken
from django_badger.models import Award, Badge, Run
from django_badger.registry import registry
from django_badger.verdicts import Crossing, Earned, Progressed


@dataclass(slots=True)
class Settled:
    """What was made, what was known when it was made, and whether the database has let all of it pass."""

    made: Sequence[New]
    answer: Answer
    certain: bool


def ask_and_write(woken: Woken, at: datetime, *, run: Run | None = None) -> list[Settled]:
    """Ask the database, decide, write; where it refuses something that was decided, once more and carefully.

    ``run`` is the bulk act this belongs to: it is noted on the awards, and says whether they are announced. Where nothing
    can have been earned, nothing is returned.
    """
    first = _attempt(woken, at, run)
    if first is None or first.certain:
        return [first] if first else []
    forget_keys()
    again = _attempt(woken, at, run, careful=True)
    return [first, again] if again else [first]


def _attempt(woken: Woken, at: datetime, run: Run | None, *, careful: bool = False) -> Settled | None:
    question, people = _question(woken, careful=careful), woken.people
    known = None if careful else woken.found
    found = known or retried(lambda: ask(question, people=people, at=at))
    told = run is None and bool(signals.progressed.receivers) and signals.progressed.has_listeners(Badge)
    candidates = woken.candidates() if told or careful else woken.close or near(woken, found)
    if not candidates and not woken.verdicts:
        return None
    answer = _answer(found)
    earned, metas, progressed = _decided(woken, candidates, answer, question)
    written = Written(at, told=_counts_as_told(run), run_id=run and run.pk)
    made = _write(earned, metas, candidates, written)
    if made and not written.told and not _is_digest(run):
        announce([one.award(written) for one in made])
    certain = careful or len(made) == len(earned) + len(metas)
    if told and certain:
        tell_progress(progressed)
    answer.ended = lapse(candidates, answer, at)
    return Settled(made, answer, certain)


def _question(woken: Woken, *, careful: bool) -> Question:
    question = woken.question()
    doubted = doubting.doubted(question.badges)
    return replace(question, careful=careful, doubted=doubted) if careful or doubted else question


def _answer(found: Found) -> Answer:
    """Return what was found; where badges turn out to have no row yet, what is found once they have."""
    answer = found.answer()
    if found.question.careful and sync_missing(answer.closed - set(answer.keys)):
        return retried(lambda: probe(found.question, people=found.people, at=found.at))
    return answer


def _decided(
    woken: Woken, candidates: Sequence[Candidate], answer: Answer, question: Question
) -> tuple[list[Earned], list[Earned], list[Progressed]]:
    """Return what was earned, the meta-badges that it completes, and who came closer."""
    facts = answer.facts
    facts.happened.update(woken.happened)
    deciding.know_steps(woken, facts)
    free_in_time(candidates, answer, facts.at)
    ruled, progressed = deciding.decide(candidates, facts)
    decided = [*ruled, *_allowed(woken, answer)]
    if question.careful:
        doubting.found_closed(answer.closed.intersection(verdict.slug for verdict in decided))
    earned = _dated([verdict for verdict in decided if verdict.slug not in answer.closed], facts.at)
    if not question.needed:  # nothing waits for any of these badges
        return earned, [], progressed
    metas = deciding.follow(earned, facts, question.badges - answer.closed, question.reads)
    return earned, _dated(metas, facts.at), progressed


def _is_digest(run: Run | None) -> bool:
    """Whether a digest tells of the awards, for which the run looks when its range is done."""
    return run is not None and run.notify == Run.Notify.DIGEST


def _counts_as_told(run: Run | None) -> bool:
    """Whether awards count as told of at once: where nobody is to be told or is there to be."""
    if _is_digest(run):
        return False
    silent = run is not None and run.notify == Run.Notify.NONE
    return silent or not signals.badge_awarded.receivers or not signals.badge_awarded.has_listeners(Award)


def _allowed(woken: Woken, answer: Answer) -> Iterable[Earned]:
    """Return what functions decided, without those who have it or are blocked."""
    for verdict in woken.verdicts:
        declaration = registry[verdict.slug]
        filled = answer.facts.filled.get((verdict.user_id, verdict.slug), ())
        if verdict.user_id in answer.facts.eligible and (declaration.repeatable or verdict.occasion not in filled):
            answer.facts.filled[verdict.user_id, verdict.slug].add(verdict.occasion)
            yield verdict


def _dated(earned: Sequence[Earned], at: datetime) -> list[Earned]:
    """Return the verdicts with the moment the line was crossed: asked of the data in one query, where they cannot tell."""
    asked: dict[Crossing, set[Any]] = defaultdict(set)
    for verdict in earned:
        if verdict.earned_at is None and verdict.crossing is not None:
            for line in verdict.crossing.lines():
                asked[line].add(verdict.user_id)
    found = retried(lambda: moments(asked)) if asked else {}
    return [one if one.earned_at else one.dated(_moment(one, found) or at) for one in earned]


def _moment(verdict: Earned, found: Mapping[Any, datetime]) -> datetime | None:
    """Return when a line was crossed: for the verdict's occasion, or for none where the measure knows no occasions."""
    if verdict.crossing is None:
        return None
    user_id, occasion = verdict.user_id, verdict.occasion
    return verdict.crossing.moment(lambda line: found.get((line, user_id, occasion if line.measure.each else "")))


def _write(
    earned: Sequence[Earned], metas: Sequence[Earned], candidates: Iterable[Candidate], written: Written
) -> list[New]:
    """Make the awards of these verdicts; return the new ones. Where ``metas`` rest on the others, all are made or none."""
    lasting = {candidate.slug: candidate.valid_for for candidate in candidates}
    rows = [_new(verdict, written.at, lasting.get(verdict.slug)) for verdict in [*earned, *metas]]
    using = award_alias()

    def insert_all() -> list[New]:
        with transaction.atomic(using=using) if connections[using].in_atomic_block else nullcontext():
            return insert(rows, written, whole=bool(metas))

    made = retried(insert_all)
    doubting.found_open(one.slug for one in made)
    return made


def _new(verdict: Earned, at: datetime, lasts: timedelta | None) -> New:
    declaration = registry.get(verdict.slug)
    if declaration is not None:
        lasts = declaration.valid_for
    repeatable = bool(declaration and declaration.repeatable and declaration.decide)
    return New(verdict, verdict.earned_at or at, at + lasts if lasts else None, repeatable)
