"""From facts to verdicts. Asks and awards nothing; a rule that raises is handed to :mod:`failing`, and the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from django_badger import events
from django_badger._engine.arms import Hold
from django_badger._engine.failing import failed
from django_badger._engine.listening import Candidate, candidate_of, reads_of
from django_badger._engine.reported import rule_of
from django_badger._engine.woken import Woken
from django_badger.registry import registry
from django_badger.rules.combining import standing
from django_badger.rules.facts import Facts
from django_badger.rules.protocol import Reads, Rule
from django_badger.verdicts import Earned, Progressed


def know_steps(woken: Woken, facts: Facts) -> None:
    """Where one saved object is the newest row of a total, note what it added: so the moment of crossing is known."""
    for (group, user_id), subjects in woken.subjects.items():
        for measure in group.measures if len(subjects) == 1 else ():
            step = measure.step_of(subjects[0])
            for occasion, value in facts.value(measure, user_id).items():
                if step is not None and step[1] == value.newest:
                    facts.values[measure, user_id][occasion] = value._replace(step=step[0])


def decide(candidates: Iterable[Candidate], facts: Facts) -> tuple[list[Earned], list[Progressed]]:
    """Return what the candidates have earned and do not have yet, and how far they are with the rest."""
    earned: list[Earned] = []
    progressed: list[Progressed] = []
    for candidate in candidates:
        for user_id in candidate.people & facts.eligible:
            try:
                _read(candidate, user_id, facts, earned, progressed)
            except Exception as error:  # noqa: BLE001  badge code never breaks the host
                failed("its rule", error, slug=candidate.slug, user_id=user_id)
    return earned, progressed


def _read(
    candidate: Candidate, user_id: object, facts: Facts, earned: list[Earned], progressed: list[Progressed]
) -> None:
    slug, filled = candidate.slug, facts.filled.get((user_id, candidate.slug), ())
    for occasion, reading in candidate.rule.readings(facts, user_id).items():
        if occasion in filled:
            continue
        if reading.earned:
            evidence = {**reading.evidence, "rule": candidate.rule.version()}
            earned.append(Earned(slug, user_id, occasion, reading.at, reading.crossing, evidence))
        else:
            progressed.append(Progressed(slug, user_id, occasion, reading.current, reading.goal))


def follow(earned: list[Earned], facts: Facts, known: frozenset[str], asked: Reads) -> list[Earned]:
    """Return the declared meta-badges that these verdicts complete, and those that they complete in turn.

    Only metas about which everything was asked are decided here: that are among the ``known`` badges, and read no more
    than these and what was ``asked``. The rest is asked anew after the commit.
    """
    more: list[Earned] = []
    fresh = earned
    while fresh:
        waiting: dict[str, Candidate] = {}
        for verdict in fresh:
            _note(verdict, facts)
            for declaration in registry.woken_by(events.awarded(verdict.slug)):
                rule, reads = rule_of(declaration), reads_of(declaration)
                if rule is None or reads is None or declaration.slug not in known:
                    continue
                if reads.badges <= known and reads.measures <= asked.measures and reads.sets <= asked.sets:
                    candidate = candidate_of(declaration, rule)
                    waiting.setdefault(declaration.slug, candidate).people.add(verdict.user_id)
        fresh = decide(waiting.values(), facts)[0]
        more += fresh
    return more


def _note(verdict: Earned, facts: Facts) -> None:
    if verdict.earned_at is not None:
        facts.hold(verdict.slug, verdict.user_id, verdict.earned_at)
    facts.filled[verdict.user_id, verdict.slug].add(verdict.occasion)


class Fate(Enum):
    """What is to become of an award that a rule gave."""

    LAPSES = "its rule is no longer true, and it has no grace, or none any more"
    DOUBTED = "its rule is no longer true: its grace begins"
    STAYS = "its rule is true again"


#: Awards, by badge, person and slot.
Places = dict[tuple[str, Any, str], Fate]


def holds_now(rule: Rule, facts: Facts, user_id: Any) -> set[str]:
    """Return the occasions for which a rule is true of a person now."""
    return set(standing(rule, facts, user_id))


def fates(candidates: Iterable[Candidate], facts: Facts, holds: Mapping[Any, Mapping[str, int]]) -> Places:
    """Return what becomes of the standing awards of these candidates; of a rule that raises, nothing."""
    found: Places = {}
    for candidate, user_id, mine, true in _asked(candidates, facts, holds):
        for slot, hold in mine.items():
            fate = _fate(hold, candidate, stays=slot in true)
            if fate is not None:
                found[candidate.slug, user_id, slot] = fate
    return found


def _fate(hold: int, candidate: Candidate, *, stays: bool) -> Fate | None:
    if hold <= Hold.GIVEN:
        return None
    if stays:
        return Fate.STAYS if hold > Hold.EARNED else None
    if not candidate.grace or hold == Hold.OVERDUE:
        return Fate.LAPSES
    return Fate.DOUBTED if hold == Hold.EARNED else None


def renewable(
    candidates: Iterable[Candidate], facts: Facts, holds: Mapping[Any, Mapping[str, int]]
) -> set[tuple[str, Any, str]]:
    """Return the expired awards of these candidates, by badge, person and slot, whose rule is true now."""
    return {
        (candidate.slug, user_id, slot)
        for candidate, user_id, mine, true in _asked(candidates, facts, holds)
        for slot, hold in mine.items()
        if hold == Hold.EXPIRED and slot in true
    }


def _asked(
    candidates: Iterable[Candidate], facts: Facts, holds: Mapping[Any, Mapping[str, int]]
) -> Iterator[tuple[Candidate, Any, Mapping[str, int], set[str]]]:
    """Return how people hold these badges, and for which occasions the rule is true; not where it raises."""
    for candidate in candidates:
        for user_id in candidate.people:
            mine = holds.get((user_id, candidate.slug))
            if not mine:
                continue
            try:
                true = holds_now(candidate.rule, facts, user_id)
            except Exception as error:  # noqa: BLE001  badge code never breaks the host
                failed("asking whether it is still earned", error, slug=candidate.slug, user_id=user_id)
            else:
                yield candidate, user_id, mine, true
