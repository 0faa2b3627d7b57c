"""From facts to verdicts. Asks and awards nothing; a rule that raises is handed to :mod:`failing`, and the others go on."""

from __future__ import annotations

from collections.abc import Iterable

from django_badger import events
from django_badger._engine.failing import failed
from django_badger._engine.reported import rule_of
from django_badger._engine.woken import Candidate, Woken, reads_of
from django_badger.registry import registry
from django_badger.rules.facts import Facts
from django_badger.verdicts import Earned, Progressed


def know_steps(woken: Woken, facts: Facts) -> None:
    """Where one saved object is the newest row of a total, note what it added: so the moment of crossing is known."""
    for (measure, user_id), subjects in woken.subjects.items():
        if len(subjects) != 1:
            continue
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


def follow(earned: list[Earned], facts: Facts, known: Iterable[str], woken: Woken) -> list[Earned]:
    """Return the declared meta-badges that these verdicts complete, and those that they complete in turn.

    Only metas about which everything was asked are decided here; the rest is asked anew after the commit.
    """
    more: list[Earned] = []
    known, asked = set(known), woken.reads()
    open_ones = list(earned)
    while open_ones:
        verdict = open_ones.pop(0)
        if verdict.earned_at is not None:
            facts.held[verdict.user_id].setdefault(verdict.slug, verdict.earned_at)
        facts.filled[verdict.user_id, verdict.slug].add(verdict.occasion)
        waiting = []
        for declaration in registry.woken_by(events.awarded(verdict.slug)):
            rule, reads = rule_of(declaration), reads_of(declaration)
            if rule is None or reads is None or declaration.slug not in known:
                continue
            if reads.badges <= known and reads.measures <= asked.measures and reads.sets <= asked.sets:
                waiting.append(Candidate(declaration.slug, rule, {verdict.user_id}, declaration.valid_for))
        fresh = decide(waiting, facts)[0]
        more += fresh
        open_ones += fresh
    return more
