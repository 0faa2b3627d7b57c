"""Statements that fail: the first of an act, then the second, and so on until each of them has failed once."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, OperationalError, connection

Person = Any

#: What fails, and whether the database did what it was told before it failed to say so.
FAULTS = {
    "trouble": (DatabaseError("the server is not well"), False),
    "done, then trouble": (OperationalError("the server is not well"), True),
    "a lock": (OperationalError("database is locked"), False),
}


@dataclass
class Outcome:
    """What became of an act one of whose statements failed."""

    person: Person
    statement: str
    raised: Exception | None
    answer: Any


def asked_by_badges() -> bool:
    """Whether a statement is sent on behalf of the library, transactions' own statements too; or by the host itself."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("django_badger."):
            return True
        frame = frame.f_back
    return False


class _Fault:
    """Lets one statement of the library's fail."""

    def __init__(self, number: int, error: Exception, *, afterwards: bool) -> None:
        self.left = number
        self.error = error
        self.afterwards = afterwards
        self.statement = ""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= asked_by_badges()
        if self.left or self.statement:
            return execute(sql, params, many, context)
        self.statement = sql
        # What is committed by itself cannot be both done and not done.
        if self.afterwards and connection.in_atomic_block:
            execute(sql, params, many, context)
        raise self.error


def each_failing(people: Callable[[int], list[Person]], kind: str, act: Callable[[Person], Any]) -> Iterator[Outcome]:
    """Do an act for somebody new each time, with the next of its statements failing, until none is left to fail."""
    error, afterwards = FAULTS[kind]
    for number in itertools.count(1):
        person = people(1)[0]
        fault = _Fault(number, error, afterwards=afterwards)
        raised, answer = None, None
        with connection.execute_wrapper(fault):
            try:
                answer = act(person)
            except DatabaseError as caught:
                raised = caught
        if not fault.statement:
            return
        assert not connection.in_atomic_block
        yield Outcome(person, fault.statement, raised, answer)
