"""Which badges an answer may bring, seen from raw numbers: nearly every event brings nothing, and ends here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django_badger._engine import arms
from django_badger._engine.arms import ARM, REF, TEXT, USER, VALUE
from django_badger._engine.listening import Candidate, Group
from django_badger._engine.probe import Found
from django_badger._engine.statement import Statement
from django_badger._engine.woken import Woken

#: The arms whose rows are about one award each.
HAD = frozenset({arms.TAKEN, arms.HELD})


def near(woken: Woken, found: Found) -> list[Candidate]:
    """Return the badges that must be looked at closely, each with the people whom it may be about.

    Left out is who has not reached a goal, or has the badge already. What this lets through need not be earned, or open.
    """
    close = {one.slug: one.among(one.people) for one in woken.singles.values()}
    for group, people in woken.groups.items():
        for badge in group.others if people else ():
            close.setdefault(badge.slug, badge.among(())).people.update(people)
        for badge in near_on_lines(group, people, found):
            close.setdefault(badge.slug, badge.among(())).people.update(badge.people)
    return list(close.values())


def near_on_lines(group: Group, people: Collection[Any], found: Found) -> list[Candidate]:
    """Return the badges on lines that must be looked at closely, each with those of these people whom it may be about."""
    reached = _reached(group, found)
    if not reached:
        return []
    close: dict[str, Candidate] = {}
    places = _Places(found)
    for statement, row, badges in reached:
        left = places.left(row, badges)
        person = statement.reader()(USER, row[USER]) if left else None
        for badge in left if person in people else ():
            if badge.slug in close:
                close[badge.slug].people.add(person)
            else:
                close[badge.slug] = badge.among((person,))
    return list(close.values())


def _reached(group: Group, found: Found) -> Sequence[tuple[Statement, Sequence[Any], Sequence[Candidate]]]:
    """Return the rows with a number that reaches a goal, with the badges whose goal it is."""
    reached = []
    for asked, statement, rows in found.parts if group.lines else ():
        for row in rows:
            if row[ARM] == arms.MEASURES:
                line = group.lines.get(asked.measures[row[REF]])
                badges = line.reached(row[VALUE]) if line else ()
                if badges:
                    reached.append((statement, row, badges))
    return reached


class _Places:
    """What is taken, as the database names people. Read when it is first asked for."""

    __slots__ = ("__dict__", "found")

    def __init__(self, found: Found) -> None:
        self.found = found

    def left(self, row: Sequence[Any], reached: Sequence[Candidate]) -> Sequence[Candidate]:
        """Return those of these badges that the person of a row does not have for its occasion."""
        gone = self.taken.get((row[USER], row[TEXT]), ())
        return [one for one in reached if one.slug not in gone]

    @cached_property
    def taken(self) -> dict[tuple[Any, str], set[str]]:
        """The badges that somebody has for an occasion."""
        taken: dict[tuple[Any, str], set[str]] = {}
        for asked, _statement, rows in self.found.parts:
            for row in rows:
                if row[ARM] in HAD:
                    taken.setdefault((row[USER], row[TEXT]), set()).add(asked.slug(row))
                elif row[ARM] == arms.GATHERED:
                    taken.setdefault((row[USER], row[TEXT]), set()).update(asked.gathered(row))
        return taken
