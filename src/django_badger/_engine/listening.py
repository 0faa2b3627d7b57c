"""What listens to events of one kind, worked out once: then an event costs the same, however many badges listen to it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django_badger import events
from django_badger._engine.failing import failed
from django_badger._engine.probe import Question
from django_badger._engine.reported import rule_of
from django_badger.definitions import Declaration
from django_badger.events import Event
from django_badger.registry import registry
from django_badger.rules.protocol import Reads, Rule
from django_badger.rules.reaching import Reaches

#: How far below its goal a number is still looked at closely: databases reckon with floats.
ABOUT = 1e-6


@dataclass(slots=True)
class Candidate:
    """A badge that may be earned, its rule, and by whom; and what becomes of its awards later (see its declaration)."""

    slug: str
    rule: Rule
    people: set[Any] = field(default_factory=set)
    valid_for: timedelta | None = None
    lapses: bool = False
    grace: timedelta | None = None
    renews: bool = False

    def among(self, people: Collection[Any]) -> Candidate:
        """Return the same badge, for these people."""
        return Candidate(
            self.slug, self.rule, set(people), self.valid_for, self.lapses, self.grace, self.renews
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """The badges that are earned by reaching a goal of one measure, the lowest goal first."""

    goals: tuple[float, ...]
    badges: tuple[Candidate, ...]

    def reached(self, number: Any) -> tuple[Candidate, ...]:
        """Return the badges whose goal this number, as a database gives it, reaches or nearly does."""
        return self.badges[: bisect_right(self.goals, float(number) + ABOUT)]


@dataclass(frozen=True, eq=False)
class Group:
    """Badges whose rules concern the same people, whatever happens: those on lines, and ``others`` that have to be read."""

    badges: tuple[Candidate, ...]
    lines: Mapping[Any, Line]
    others: tuple[Candidate, ...]
    measures: frozenset[Any]

    def people(self, event: Event) -> set[Any]:
        """Return whom an event concerns."""
        return set(self.badges[0].rule.people(event))


@dataclass(frozen=True, eq=False)
class Listening:
    """All declared badges that one kind of event concerns. ``broken`` are those whose rule fails to say what it reads.

    ``doubts`` says whether the event asks if a badge is still earned, and ``takes_back`` whether something was undone.
    """

    doubts: bool
    takes_back: bool
    groups: tuple[Group, ...]
    functions: tuple[Declaration, ...]
    broken: tuple[tuple[Declaration, Exception], ...]

    @cached_property
    def ruled(self) -> frozenset[str]:
        """The badges that have a rule here."""
        return frozenset(badge.slug for group in self.groups for badge in group.badges)

    @cached_property
    def slugs(self) -> frozenset[str]:
        """The badges that have a rule or a function here."""
        return self.ruled.union(declaration.slug for declaration in self.functions)

    @cached_property
    def only_lines(self) -> Group | None:
        """The group, where there is one, all of whose badges are earned by reaching a goal, and nothing else listens.

        Doubts, and what takes something back, concern only badges that lapse or are renewed: those are ``others``.
        """
        if len(self.groups) != 1 or self.groups[0].others or self.functions or self.broken:
            return None
        return self.groups[0]

    @cached_property
    def reads(self) -> Reads:
        """What the rules need to know."""
        return reads_of_all(badge.rule for group in self.groups for badge in group.badges)

    @cached_property
    def question(self) -> Question:
        """What an event of this kind asks."""
        question = question_about(self.slugs, self.reads)
        lines = (line for group in self.groups for line in group.lines.values())
        simple = frozenset(badge.slug for line in lines for badge in line.badges)
        return replace(question, gathered=simple - question.needed)


_kept: dict[str, Listening] = {}
registry.watch(_kept.clear)


def listening_to(key: str) -> Listening:
    """Return what listens to events with this key."""
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = _worked_out(key)
    return found


def _worked_out(key: str) -> Listening:
    together: dict[Any, list[Declaration]] = defaultdict(list)
    functions, broken = [], []
    for declaration in registry.woken_by(key):
        if declaration.decide is not None:
            functions.append(declaration)
            continue
        rule: Any = rule_of(declaration)  # there is one: it is what woke
        try:
            reads_of_all([rule])
        except Exception as error:  # noqa: BLE001  badge code never breaks the host
            broken.append((declaration, error))
        else:
            together[_whose(rule)].append(declaration)
    doubts, takes_back = key.startswith(events.doubted("")), events.takes_back(Event(key=key))
    groups = tuple(_group(declarations) for declarations in together.values())
    return Listening(doubts, takes_back, groups, tuple(functions), tuple(broken))


def _whose(rule: Any) -> Any:
    """Return what two rules have in common that are always about the same people."""
    return (rule.measure.model, rule.measure.by) if isinstance(rule, Reaches) else id(rule)


def _group(declarations: Iterable[Declaration]) -> Group:
    badges = tuple(candidate_of(one, rule_of(one)) for one in declarations)
    lines: dict[Any, list[Candidate]] = defaultdict(list)
    others = []
    for badge in badges:
        # What may lapse or be renewed has to be read also by those who have it.
        if isinstance(badge.rule, Reaches) and not badge.lapses and not badge.renews:
            lines[badge.rule.measure].append(badge)
        else:
            others.append(badge)
    measures = reads_of_all(badge.rule for badge in badges).measures
    return Group(badges, {measure: _line(those) for measure, those in lines.items()}, tuple(others), measures)


def _line(badges: Iterable[Any]) -> Line:
    rising = sorted(badges, key=lambda badge: badge.rule.goal)
    return Line(tuple(float(badge.rule.goal) for badge in rising), tuple(rising))


def candidate_of(declaration: Declaration, rule: Any) -> Candidate:
    """Return a declared badge with its rule as a candidate for nobody yet."""
    return Candidate(
        declaration.slug, rule, valid_for=declaration.valid_for, lapses=declaration.lapses, grace=declaration.grace,
        renews=declaration.renews,
    )  # fmt: skip


def reads_of_all(rules: Iterable[Rule]) -> Reads:
    """Return all that these rules need to know."""
    reads = [rule.reads() for rule in rules]
    return Reads(
        measures=frozenset().union(*(one.measures for one in reads)),
        badges=frozenset().union(*(one.badges for one in reads)),
        sets=frozenset().union(*(one.sets for one in reads)),
    )


def question_about(slugs: Iterable[str], reads: Reads) -> Question:
    """Return what to ask about these badges: also what waits for them, and what those need."""
    metas = metas_of(slugs)
    needed = reads.badges.union(metas, *((reads_of(registry[slug]) or Reads()).badges for slug in metas))
    return Question(needed.union(slugs), reads, needed=needed)


def metas_of(slugs: Iterable[str]) -> set[str]:
    """Return the declared badges that wait for these badges, and for those in turn."""
    found: set[str] = set()
    open_ones = list(slugs)
    while open_ones:
        for declaration in registry.woken_by(events.awarded(open_ones.pop())):
            if declaration.slug not in found:
                found.add(declaration.slug)
                open_ones.append(declaration.slug)
    return found


def reads_of(declaration: Declaration) -> Reads | None:
    """Return what a declared badge's rule reads; None where there is no rule, or where it fails to say so."""
    rule = rule_of(declaration)
    try:
        return rule.reads() if rule is not None else None
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        failed("saying what it reads", error, slug=declaration.slug)
        return None
