"""Who and what some events concern: from events to candidates, before anything is asked of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from django_badger import events
from django_badger._engine.failing import failed, together
from django_badger._engine.reported import rule_of
from django_badger.definitions import Declaration
from django_badger.events import Event
from django_badger.registry import registry
from django_badger.rules.protocol import Reads, Rule
from django_badger.verdicts import Earned


@dataclass(slots=True)
class Candidate:
    """A badge that may be earned, its rule, and by whom."""

    slug: str
    rule: Rule
    people: set[Any] = field(default_factory=set)
    valid_for: timedelta | None = None


@dataclass(slots=True)
class Woken:
    """What some events concern: candidates with a rule, and what functions have decided already."""

    candidates: dict[str, Candidate] = field(default_factory=dict)
    verdicts: list[Earned] = field(default_factory=list)
    subjects: dict[tuple[Any, Any], list[Model]] = field(default_factory=lambda: defaultdict(list))
    happened: dict[Any, dict[str, list[Event]]] = field(default_factory=dict)

    @property
    def people(self) -> set[Any]:
        """Everybody whom it may concern."""
        named = {verdict.user_id for verdict in self.verdicts}
        return named.union(*(candidate.people for candidate in self.candidates.values()))

    @property
    def slugs(self) -> set[str]:
        """The badges it may bring."""
        return {*self.candidates, *(verdict.slug for verdict in self.verdicts)}

    def reads(self) -> Reads:
        """Return all that the rules need to know."""
        reads = [candidate.rule.reads() for candidate in self.candidates.values()]
        return Reads(
            measures=frozenset().union(*(one.measures for one in reads)),
            badges=frozenset().union(*(one.badges for one in reads)),
            sets=frozenset().union(*(one.sets for one in reads)),
        )

    def only(self, slug: str) -> Woken:
        """Return the part that is about one badge."""
        candidates = {slug: self.candidates[slug]} if slug in self.candidates else {}
        verdicts = [verdict for verdict in self.verdicts if verdict.slug == slug]
        return Woken(candidates, verdicts, self.subjects, self.happened)


def wake(happened: Sequence[Event], waiting: Iterable[Candidate] = (), *, at: datetime) -> Woken:
    """Return what these events concern. ``waiting`` are candidates whose rule is kept in the database."""
    woken = Woken(candidates={candidate.slug: candidate for candidate in waiting})
    for event in happened:
        if event.user_id is not None:
            woken.happened.setdefault(event.user_id, {}).setdefault(event.key, []).append(event)
        for declaration in registry.woken_by(event.key):
            if declaration.decide is not None:
                _ask_function(declaration, event, woken, at)
            else:
                _ask_rule(declaration, event, woken)
    return woken


def _ask_rule(declaration: Declaration, event: Event, woken: Woken) -> None:
    rule: Any = rule_of(declaration)  # there is one: it is what woke
    try:
        people, measures = set(rule.people(event)), rule.reads().measures
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        failed(_about(event, "finding the people"), error, slug=declaration.slug, user_id=event.user_id)
        return
    candidate = woken.candidates.setdefault(
        declaration.slug, Candidate(declaration.slug, rule, valid_for=declaration.valid_for)
    )
    candidate.people |= people
    if isinstance(event.subject, Model):
        for measure in measures:
            for person in people:
                subjects = woken.subjects[measure, person]
                if not subjects or subjects[-1] is not event.subject:  # several badges may share the measure
                    subjects.append(event.subject)


def _ask_function(declaration: Declaration, event: Event, woken: Woken, at: datetime) -> None:
    trigger: Any = declaration.on  # there is one: a function is declared with it
    decide: Any = declaration.decide
    try:
        if not trigger.fits(event):
            return
        # In a transaction of its own: what a broken function leaves behind is rolled back with it.
        people = together(partial(_keys, decide, trigger.subject_of(event)))
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        failed(_about(event, "its function"), error, slug=declaration.slug, user_id=event.user_id)
        return
    for person in people:
        evidence = {"event": event.key, "subject": str(getattr(event.subject, "pk", None) or "")}
        woken.verdicts.append(Earned(declaration.slug, person, "", event.at or at, evidence=evidence))


def _about(event: Event, what: str) -> str:
    """Return what failed with what it was about, because a saved row does not say yet whose it is."""
    return f"{what} ({event.subject._meta.label} {event.subject.pk})" if isinstance(event.subject, Model) else what


def _keys(decide: Callable[[Any], Any], subject: Any) -> list[Any]:
    """Return the keys of the people a function answered with: one, several, none."""
    answer = decide(subject)
    if answer is None:
        return []
    user_model = get_user_model()
    people = [answer] if isinstance(answer, Model) else list(answer)
    wrong = [person for person in people if not isinstance(person, user_model)]
    if wrong:
        msg = f"it answered {wrong[0]!r}: answer a user, several users, or None"
        raise TypeError(msg)
    return list(dict.fromkeys(person.pk for person in people if person.pk is not None))


def reads_of(declaration: Declaration) -> Reads | None:
    """Return what a declared badge's rule reads; None where there is no rule, or where it fails to say so."""
    rule = rule_of(declaration)
    try:
        return rule.reads() if rule is not None else None
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        failed("saying what it reads", error, slug=declaration.slug)
        return None


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
