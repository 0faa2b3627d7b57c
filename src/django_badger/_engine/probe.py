"""One question to the database that answers everything some rules need to know about some people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from django_badger._engine import arms
from django_badger._engine.aliases import award_alias, source_alias
from django_badger._engine.statement import Blank, Statement, compiled
from django_badger.rules.facts import Facts, Value
from django_badger.rules.protocol import Reads
from django_badger.verdicts import ONE

#: How many arms one statement carries: SQLite takes 500.
ARMS = 400
#: How many people one statement asks about, and how often it names one of them: SQLite takes 32,766 parameters.
PEOPLE_AT_ONCE = 500
NAMES = 30_000
#: How many compiled statements are kept; each combination of events that a site has needs one.
KEPT = 512


@dataclass(frozen=True, slots=True)
class _Asked:
    """Statements, with the measures and sets that the numbers in their rows stand for."""

    statements: tuple[Statement, ...]
    measures: tuple[Any, ...]
    sets: tuple[Any, ...]


_kept: dict[Any, _Asked] = {}


@dataclass(frozen=True, slots=True)
class Known:
    """A badge's row, as far as awarding needs it."""

    pk: Any
    slug: str
    published: bool


@dataclass(slots=True)
class Answer:
    """What a probe found: the facts, the rows of the badges, and which badges wait for which in the database."""

    facts: Facts = field(default_factory=Facts)
    badges: dict[str, Known] = field(default_factory=dict)
    needed_for: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: what is held of ``badges`` (slugs), what ``reads`` names, and what waits for ``waited_for``."""

    badges: frozenset[str]
    reads: Reads
    waited_for: frozenset[str] = frozenset()


def probe(question: Question, *, people: Collection[Any], at: datetime) -> Answer:
    """Ask about ``people`` (keys): one statement a database, for up to 500 people and 400 measures."""
    answer = Answer()
    for some in parts_of(people, arms=len(question.reads.measures) + len(question.reads.sets)):
        values = {"at": at, "person": some[0]}
        held: list[Sequence[Any]] = []
        asked = _asked(question, some)
        for statement in asked.statements:
            for row in statement.rows(values):
                _take(answer, row, asked, held)
        _hold(answer, held)
    return answer


def parts_of(people: Collection[Any], *, arms: int) -> Iterator[list[Any]]:
    """Cut people into so many as one statement can name, in each of its arms and twice in our own."""
    everybody = sorted(people, key=str)
    number = max(1, min(PEOPLE_AT_ONCE, NAMES // (arms + 2)))
    for start in range(0, len(everybody), number):
        yield everybody[start : start + number]


def _asked(question: Question, people: list[Any]) -> _Asked:
    """Return the statements for these people. For one person, and no set that asks anew, they are kept."""
    if len(people) > 1 or question.reads.sets:
        return _compile(question, people)
    key = (question, award_alias(), get_user_model())
    asked = _kept.get(key)
    if asked is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        asked = _kept[key] = _compile(question, Blank("person", get_user_model()._meta.pk))
    return asked


def _compile(question: Question, people: arms.People) -> _Asked:
    measures, sets = tuple(question.reads.measures), tuple(question.reads.sets)
    by_alias: dict[str, list[Any]] = defaultdict(list)
    by_alias[award_alias()] += arms.own_arms(people, question.badges, question.waited_for)
    for number, measure in enumerate(measures):
        alias = source_alias(measure.model)
        by_alias[alias].append(arms.measure_arm(number, measure, people, alias))
    for number, one_set in enumerate(sets):
        by_alias[award_alias()].append(arms.set_arm(number, one_set, people))
    statements = [
        compiled(found[start : start + ARMS], alias)
        for alias, found in by_alias.items()
        for start in range(0, len(found), ARMS)
    ]
    return _Asked(tuple(statements), measures, sets)


def _take(answer: Answer, row: Sequence[Any], asked: _Asked, held: list[Sequence[Any]]) -> None:
    arm, user, number, text, at, ref = row
    if arm == arms.MEASURES:
        measure = asked.measures[ref]
        step = None if measure.aggregate == "total" else ONE
        answer.facts.values[measure, user][text] = Value(number, at, step)
    elif arm == arms.SETS:
        answer.facts.members.add((asked.sets[ref], user))
    elif arm == arms.PEOPLE:
        answer.facts.eligible.add(user)
    elif arm == arms.BADGES:
        answer.badges[text] = Known(ref, text, bool(number))
    elif arm == arms.PREREQUISITES:
        answer.needed_for[int(number)].add(ref)
    else:
        held.append(row)


def _hold(answer: Answer, held: Sequence[Sequence[Any]]) -> None:
    """Note what is held by slug, now that the badges' keys are known."""
    slugs = {known.pk: known.slug for known in answer.badges.values()}
    for _arm, user, stands, slot, since, badge in held:
        slug = slugs[badge]
        answer.facts.filled[user, slug].add(slot)
        if stands:
            mine = answer.facts.held[user]
            mine[slug] = min(since, mine.get(slug, since))
