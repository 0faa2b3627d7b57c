"""What is tried again, and what a database means by its errors."""

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError

from django_badger._engine.failing import is_already, is_transient, retried


def caused(error, **attributes):
    """Give the error as Django raises it: with the driver's own behind it."""
    error.__cause__ = type("DriverError", (Exception,), attributes)()
    return error


LOCKED = OperationalError("database is locked")
DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (LOCKED, True),
        (OperationalError("database table is locked: badger_award"), True),
        (DEADLOCK, True),
        (OperationalError(1205, "Lock wait timeout exceeded; try restarting transaction"), True),
        (caused(OperationalError("could not serialize access"), sqlstate="40001"), True),
        (caused(OperationalError("deadlock detected"), sqlstate="40P01"), True),
        (caused(OperationalError("lock not available"), sqlstate="55P03"), True),
        (caused(OperationalError("server closed the connection"), sqlstate="57P01"), False),
        (OperationalError(2006, "Server has gone away"), False),
        (OperationalError(), False),
        (OperationalError("no such table: x"), False),
        (ProgrammingError("database is locked"), False),
        (ValueError("is locked"), False),
    ],
)
def test_which_errors_only_met_a_bad_moment(error, transient):
    assert is_transient(error) is transient


class Diagnosis:
    def __init__(self, constraint_name):
        self.constraint_name = constraint_name


@pytest.mark.parametrize(
    ("error", "already"),
    [
        (IntegrityError("UNIQUE constraint failed: t.a, t.b"), True),
        (IntegrityError(1062, "Duplicate entry '1-2' for key 'once'"), True),
        (caused(IntegrityError("duplicate key value"), diag=Diagnosis("once")), True),
        (caused(IntegrityError("duplicate key value of once"), diag=Diagnosis("other")), False),
        (IntegrityError("UNIQUE constraint failed: t.c"), False),
        (IntegrityError("FOREIGN KEY constraint failed"), False),
    ],
)
def test_which_constraint_said_no(error, already):
    assert is_already(error, "once", "t.a, t.b") is already


class Work:
    """Fails as often as it is told, then works."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.tries = 0

    def __call__(self):
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.mark.parametrize("errors", [[], [LOCKED], [LOCKED, DEADLOCK]])
def test_a_bad_moment_is_tried_again(errors):
    work = Work(*errors)
    assert retried(work) == "done"
    assert work.tries == len(errors) + 1


def test_after_three_tries_it_is_an_error():
    work = Work(LOCKED, DEADLOCK, LOCKED)
    with pytest.raises(OperationalError):
        retried(work)
    assert work.tries == 3


@pytest.mark.parametrize("error", [OperationalError("no such table"), ValueError("no")])
def test_what_will_fail_again_is_tried_once(error):
    work = Work(error)
    with pytest.raises(type(error)):
        retried(work)
    assert work.tries == 1
