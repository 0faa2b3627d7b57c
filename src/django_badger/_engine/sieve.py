"""Which badges an answer may bring, seen from raw numbers: nearly every event brings nothing, and ends here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django_badger._engine import arms
from django_badger._engine.listening import Candidate
from django_badger._engine.probe import Found
from django_badger._engine.woken import Woken

#: Where the columns of a probe are.
ARM, USER, NUMBER, TEXT, _AT, REF, SLUG, _EXPIRES, _LAPSES = range(9)


def near(woken: Woken, found: Found) -> list[Candidate]:
    """Return the badges that must be looked at closely, each with the people whom it may be about.

    Left out is who has not reached a goal, or has the badge already. What this lets through need not be earned.
    """
    close = {one.slug: one.among(one.people) for one in woken.singles.values()}
    places = _Places(found)
    for group, people in woken.groups.items():
        if not people:
            continue
        for badge in group.others:
            close.setdefault(badge.slug, badge.among(())).people.update(people)
        for asked, statement, rows in found.parts if group.lines else ():
            for row in rows:
                line = group.lines.get(asked.measures[row[REF]]) if row[ARM] == arms.MEASURES else None
                reached = line.reached(row[NUMBER]) if line else ()
                for badge in places.left(row, reached):
                    person = statement.value(USER, row[USER])
                    if person in people:
                        close.setdefault(badge.slug, badge.among(())).people.add(person)
    return list(close.values())


class _Places:
    """What is taken and what is closed, as the database names people. Read when it is first asked for."""

    __slots__ = ("__dict__", "found")

    def __init__(self, found: Found) -> None:
        self.found = found

    def left(self, row: Sequence[Any], reached: Sequence[Candidate]) -> Sequence[Candidate]:
        """Return those of these badges that the person of a row does not have for its occasion, and can come to have."""
        if not reached:
            return ()
        gone = self.taken.get((row[USER], row[TEXT]), self.closed)
        return [one for one in reached if one.slug not in gone]

    @cached_property
    def taken(self) -> dict[tuple[Any, str], set[str]]:
        """The badges that somebody has for an occasion, and those that are closed."""
        taken: dict[tuple[Any, str], set[str]] = defaultdict(self.closed.copy)
        for asked, _statement, rows in self.found.parts:
            for row in rows:
                if row[ARM] == arms.HELD:
                    taken[row[USER], row[TEXT]].add(asked.slug(row))
                elif row[ARM] == arms.GATHERED:
                    taken[row[USER], row[TEXT]] |= asked.gathered(row)
        return taken

    @cached_property
    def closed(self) -> set[str]:
        rows = (row for _asked, _statement, rows in self.found.parts for row in rows)
        return {row[SLUG] for row in rows if row[ARM] == arms.BADGES and not row[NUMBER]}
