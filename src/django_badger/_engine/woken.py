"""Who and what some events concern: from events to people and badges, before anything is asked of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from django_badger import events
from django_badger._engine import noting
from django_badger._engine.failing import failed, together
from django_badger._engine.listening import Candidate, Group, Listening, listening_to, question_about, reads_of_all
from django_badger._engine.probe import Found, Question
from django_badger._engine.versions import version_of
from django_badger.definitions import Declaration
from django_badger.events import Event
from django_badger.verdicts import Earned


@dataclass(slots=True)
class Woken:
    """What some events concern: groups of badges with the people, single badges, and what functions have decided already.

    ``singles`` are badges that come with their people: those whose rule is kept in the database, those of a run, and
    those that are evaluated by themselves. ``found`` is what the database said, where it was asked already, and ``close``
    are the badges that must be looked at closely then.
    """

    singles: dict[str, Candidate] = field(default_factory=dict)
    verdicts: list[Earned] = field(default_factory=list)
    groups: dict[Group, set[Any]] = field(default_factory=dict)
    listening: dict[str, Listening] = field(default_factory=dict)
    subjects: dict[tuple[Group, Any], list[Model]] = field(default_factory=dict)
    happened: dict[Any, dict[str, list[Event]]] = field(default_factory=dict)
    found: Found | None = None
    close: Sequence[Candidate] = ()

    @property
    def people(self) -> set[Any]:
        """Everybody whom it may concern."""
        if len(self.groups) == 1 and not self.singles and not self.verdicts:
            return next(iter(self.groups.values()))
        singles = (one.people for one in self.singles.values())
        return {verdict.user_id for verdict in self.verdicts}.union(*self.groups.values(), *singles)

    @property
    def concerns_anybody(self) -> bool:
        """Whether there is anybody whom it may concern."""
        return any(self.groups.values()) or bool(self.singles) or bool(self.verdicts)

    @property
    def slugs(self) -> frozenset[str]:
        """The badges it may bring."""
        grouped = (badge.slug for group, people in self.groups.items() if people for badge in group.badges)
        return frozenset(self.singles).union(grouped, (verdict.slug for verdict in self.verdicts))

    def question(self) -> Question:
        """Return what to ask: for one kind of event it is always the same."""
        if not self.singles and len(self.listening) == 1:
            return next(iter(self.listening.values())).question
        reads = reads_of_all(one.rule for one in self.singles.values())
        slugs = frozenset(self.singles).union(verdict.slug for verdict in self.verdicts)
        for listening in self.listening.values():
            reads, slugs = reads | listening.reads, slugs | listening.slugs
        return question_about(slugs, reads)

    def candidates(self) -> list[Candidate]:
        """Return all badges with their people."""
        grouped = (badge.among(people) for group, people in self.groups.items() if people for badge in group.badges)
        found = dict(self.singles)
        for one in grouped:
            found.setdefault(one.slug, one.among(())).people.update(one.people)
        return list(found.values())

    def apart(self) -> list[Woken]:
        """Return the same, each badge by itself."""
        found = {one.slug: Woken({one.slug: one}) for one in self.candidates()}
        for verdict in self.verdicts:
            found.setdefault(verdict.slug, Woken()).verdicts.append(verdict)
        for (group, person), subjects in self.subjects.items():
            for badge in group.badges:
                found[badge.slug].subjects[group, person] = subjects
        for one in found.values():
            one.happened = self.happened
        return [found[slug] for slug in sorted(found)]


def wake(happened: Sequence[Event], waiting: Iterable[Candidate] = (), *, at: datetime) -> Woken:
    """Return what these events concern. ``waiting`` are candidates whose rule is kept in the database."""
    woken = Woken({candidate.slug: candidate for candidate in waiting})
    alike = defaultdict[str, list[Event]](list)
    for event in happened:
        alike[event.key].append(event)
        if event.user_id is not None:
            woken.happened.setdefault(event.user_id, {}).setdefault(event.key, []).append(event)
    for key, those in alike.items():
        listening = woken.listening[key] = listening_to(key)
        if listening.broken or listening.functions:
            _ask_each(those, listening, woken, at)
        for group in listening.groups:
            _ask_group(group, those, listening, woken)
    return woken


def _ask_each(happened: Iterable[Event], listening: Listening, woken: Woken, at: datetime) -> None:
    """Ask functions about events of one kind; a rule that fails to say what it reads fails at each of them."""
    for event in happened:
        for declaration, error in listening.broken:
            failed("saying what it reads", error, slug=declaration.slug, user_id=event.user_id)
        for declaration in listening.functions:
            _ask_function(declaration, event, woken, at)


def _ask_group(group: Group, happened: Iterable[Event], listening: Listening, woken: Woken) -> None:
    """Note whom events of one kind concern: what is taken back as if it were done; rules are not asked about doubts."""
    everybody: set[Any] = set()
    subjects = defaultdict[Any, list[Model]](list)
    for event in happened:
        try:
            about = events.as_done(event) if listening.takes_back else event
            people = {event.user_id} if listening.doubts else group.people(about)
        except Exception as error:  # noqa: BLE001  badge code never breaks the host
            for badge in group.badges:
                failed(_about(event, "finding the people"), error, slug=badge.slug, user_id=event.user_id)
            continue
        everybody |= people
        for person in people if isinstance(event.subject, Model) else ():
            mine = subjects[person]
            if not mine or mine[-1] is not event.subject:  # saved twice, it is one row all the same
                mine.append(event.subject)
    woken.groups[group] = everybody
    if not listening.takes_back:
        woken.subjects |= {(group, person): rows for person, rows in subjects.items()}


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
    noting.note([declaration.slug], at)
    version = (version_of(declaration) if people else None) or ""
    for person in people:
        evidence = {"event": event.key, "subject": str(getattr(event.subject, "pk", None) or ""), "rule": version}
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
