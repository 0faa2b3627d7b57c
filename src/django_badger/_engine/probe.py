"""One question to the database that answers everything some rules need to know about some people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import repeat
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections

from django_badger._engine import arms
from django_badger._engine.aliases import award_alias, source_alias
from django_badger._engine.arms import ARM, AT, EXPIRES, LAPSES, REF, SLUG, TEXT, USER, VALUE
from django_badger._engine.statement import Blank, Read, Statement, compiled
from django_badger.models import Award, Badge
from django_badger.registry import registry
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
class Asked:
    """Statements, with the measures and sets that the numbers in their rows stand for, and the badges that keys stand for.

    Note [Keys of badges]
        A row's key never becomes another badge's, so a statement that is kept names badges by their keys, which saves every
        event a join. Keys are learned only of what is committed, because tests roll rows back and give their keys away
        again. A badge whose row is not known, or was made anew, is found by whoever writes (Note [The database sees to
        it]), and then everything is learned anew.

    ``names`` are the badges by what a gathered row calls them.
    """

    statements: tuple[Statement, ...]
    measures: tuple[Any, ...]
    sets: tuple[Any, ...]
    slugs: Mapping[Any, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def gathered(self, row: Sequence[Any]) -> set[str]:
        """Return the badges that a row names; of those that nobody asked for there may be one without a name."""
        return set(map(self.names.get, row[SLUG].split(","), repeat("")))

    def slug(self, row: Sequence[Any]) -> str:
        """Return which badge a row about an award is of; nothing, if nobody asked for it."""
        return row[SLUG] or self.slugs.get(row[REF], "")


_kept: dict[Any, Asked] = {}


def forget_keys() -> None:
    """Forget the keys of badges, because rows were made or are gone."""
    _kept.clear()


registry.watch(forget_keys)


@dataclass(slots=True)
class Answer:
    """What a probe found: the facts, and what is known of the badges.

    ``closed`` are the badges (slugs) that cannot be earned now, as far as that was asked, or have no row. ``keys`` are the
    badges' keys, as far as they were seen.
    ``holds``: (person, slug) → slot → which ``arms.Hold`` it is, without what ended. ``ended`` are the awards that lapsed since.
    """

    facts: Facts = field(default_factory=Facts)
    asked: frozenset[str] = frozenset()
    closed: set[str] = field(default_factory=set)
    keys: dict[str, Any] = field(default_factory=dict)
    holds: dict[tuple[Any, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    ended: list[Award] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """What to ask: what is held of ``badges`` (slugs), and what ``reads`` names.

    ``doubted`` badges may be closed; ``careful``: Note [What is asked about badges]. ``needed`` badges are
    meta-badges and those that something rests on; ``gathered`` may be: Note [What is gathered].
    """

    badges: frozenset[str]
    reads: Reads
    doubted: frozenset[str] = frozenset()
    careful: bool = False
    needed: frozenset[str] = frozenset()
    gathered: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        """Return a hash that is worked out once: what was compiled for a question is looked up at each event."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.badges, self.reads, self.doubted, self.careful, self.needed, self.gathered))


@dataclass(slots=True)
class Found:
    """What the database gave for a question about some people: raw rows, behind the statement that they are of."""

    question: Question
    people: Collection[Any]
    at: datetime
    parts: Sequence[tuple[Asked, Statement, Sequence[Sequence[Any]]]]

    def answer(self) -> Answer:
        """Return it as facts."""
        answer = Answer(Facts(at=self.at), self.question.badges)
        for asked, statement, rows in self.parts:
            read = statement.reader()
            for row in rows:
                TAKE[row[ARM]](answer, row, asked, read)
        if self.question.careful:
            answer.closed |= self.question.badges - set(answer.keys)
        else:
            answer.facts.eligible.update(self.people)
        return answer


def probe(question: Question, *, people: Collection[Any], at: datetime) -> Answer:
    """Ask about ``people`` (keys), and return what is known then."""
    return ask(question, people=people, at=at).answer()


def ask(question: Question, *, people: Collection[Any], at: datetime) -> Found:
    """Ask about ``people`` (keys): one statement a database, for up to 500 people and 400 measures."""
    reads = question.reads
    lots = [list(people)] if len(people) == 1 else lots_of(people, arms=len(reads.measures | reads.sets))
    using, parts = award_alias(), []
    connection: Any = connections[using]
    for some in lots:
        asked = _asked(question, some, connection)
        values = {"at": at, "person": some[0]}
        parts += [(asked, one, one.run(values, connection if one.alias == using else None)) for one in asked.statements]
    return Found(question, people, at, parts)


def lots_of(people: Collection[Any], *, arms: int) -> list[list[Any]]:
    """Cut people into so many as one statement can name, in each of its arms and twice in our own."""
    everybody = sorted(people, key=str)
    number = max(1, min(PEOPLE_AT_ONCE, NAMES // (arms + 2)))
    return [everybody[start : start + number] for start in range(0, len(everybody), number)]


def _asked(question: Question, people: list[Any], connection: Any) -> Asked:
    """Return the statements for these people. For one person, and no set that asks anew, they are kept."""
    if len(people) > 1 or question.reads.sets:
        return _compile(question, people)
    using = connection.alias
    known = not question.careful and not connection.in_atomic_block
    key = (question, using, known)
    asked = _kept.get(key)
    if asked is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        rows = Badge.objects.using(using).filter(slug__in=question.badges).values_list("pk", "slug")
        asked = _compile(question, Blank("person", get_user_model()._meta.pk), dict(rows) if known else None)
        _kept[key] = asked
    return asked


def _compile(question: Question, people: arms.People, slugs: Mapping[Any, str] | None = None) -> Asked:
    measures, sets = tuple(question.reads.measures), tuple(question.reads.sets)
    by_alias: dict[str, list[Any]] = defaultdict(list)
    alone = question.badges - question.gathered
    gathers = len(question.gathered) > arms.NAMED >= len(alone) and slugs is not None and arms.can_gather(award_alias())
    badges = alone if gathers else question.badges
    keys = None if slugs is None else [key for key, slug in slugs.items() if slug in badges]
    taken = slugs is not None and not alone
    # Without occasions there is one place a badge, and what is taken fits in one row, too.
    together = taken and len(badges) > 1 and arms.can_gather(award_alias()) and not any(one.each for one in measures)
    by_alias[award_alias()] += arms.own_arms(
        people,
        badges,
        keys=keys,
        doubted=question.doubted,
        careful=question.careful,
        taken=taken,
        together=together,
        gathered=gathers,
    )
    for number, measure in enumerate(measures):
        alias = source_alias(measure.model)
        by_alias[alias].append(arms.measure_arm(number, measure, people, alias))
    for number, one_set in enumerate(sets):
        by_alias[award_alias()].append(arms.set_arm(number, one_set, people))
    columns = arms.PLACES if taken else arms.COLUMNS
    statements = [
        compiled([arm.values_list(*columns) for arm in found[start : start + ARMS]], alias)
        for alias, found in by_alias.items()
        for start in range(0, len(found), ARMS)
    ]
    names = {str(key): slug for key, slug in (slugs or {}).items()} if gathers or together else {}
    return Asked(tuple(statements), measures, sets, slugs or {}, names)


def _take_measure(answer: Answer, row: Sequence[Any], asked: Asked, read: Read) -> None:
    measure = asked.measures[row[REF]]
    value = Value(Decimal(read(VALUE, row[VALUE])), read(AT, row[AT]), None if measure.aggregate == "total" else ONE)
    answer.facts.values[measure, read(USER, row[USER])][row[TEXT]] = value


def _take_held(answer: Answer, row: Sequence[Any], asked: Asked, read: Read) -> None:
    """Note what somebody has or had of a badge; nothing of one that nobody asked for."""
    slug = asked.slug(row)
    if not slug:
        return
    place, slot, facts = (read(USER, row[USER]), slug), row[TEXT], answer.facts
    answer.keys[slug] = row[REF]
    facts.filled[place].add(slot)
    hold = arms.hold_at(int(row[VALUE]), read(EXPIRES, row[EXPIRES]), read(LAPSES, row[LAPSES]), facts.at)
    if hold != arms.Hold.ENDED:
        answer.holds[place][slot] = hold
        if hold > arms.Hold.ENDED:
            facts.hold(slug, place[0], read(AT, row[AT]))


def _take_taken(answer: Answer, row: Sequence[Any], asked: Asked, read: Read) -> None:
    answer.facts.filled[read(USER, row[USER]), asked.slug(row)].add(row[TEXT])


def _take_gathered(answer: Answer, row: Sequence[Any], asked: Asked, read: Read) -> None:
    for slug in asked.gathered(row):
        answer.facts.filled[read(USER, row[USER]), slug].add(row[TEXT])


def _take_badge(answer: Answer, row: Sequence[Any], _asked: Asked, _read: Read) -> None:
    answer.keys[row[SLUG]] = row[REF]
    if not row[VALUE]:
        answer.closed.add(row[SLUG])


def _take_person(answer: Answer, row: Sequence[Any], _asked: Asked, read: Read) -> None:
    answer.facts.eligible.add(read(USER, row[USER]))


def _take_member(answer: Answer, row: Sequence[Any], asked: Asked, read: Read) -> None:
    answer.facts.members.add((asked.sets[row[REF]], read(USER, row[USER])))


#: What to do with a row of each arm.
TAKE: Mapping[int, Callable[[Answer, Sequence[Any], Asked, Read], None]] = {
    arms.HELD: _take_held, arms.TAKEN: _take_taken, arms.GATHERED: _take_gathered, arms.BADGES: _take_badge,
    arms.PEOPLE: _take_person, arms.MEASURES: _take_measure, arms.SETS: _take_member,
}  # fmt: skip
