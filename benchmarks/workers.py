"""W10: a run that Celery workers share, with RabbitMQ between them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from django.db import connection
from django.test import override_settings

from benchmarks import data
from benchmarks.badges import counting, declared
from benchmarks.bulk import in_turns, nobody_holds_anything
from benchmarks.results import Gate, Row, Target, ratio
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns
from django_badger.models import Award, Run
from django_badger.runs import enqueue

ROOT = Path(__file__).parents[1]
GOAL, BADGE = 10, "posts-0"
#: How many seconds a worker may take to answer for the first time, and a run to be done.
PATIENCE, LONGEST = 60, 3600
QUEUE = f"badger_benchmark_{token_hex(4)}"


def workers(sizes: Sizes) -> Iterator[Row]:
    """Everybody, by one, two and four workers at once, and with one of two killed."""
    people = max(sizes.everybody)
    if connection.vendor == "sqlite":
        yield Row("W10", "several workers", note="not measured: SQLite lets one process write at a time")
        return
    data.fill(people)
    should = data.number_with(GOAL, people)
    os.environ |= {"BENCHMARK_QUEUE": QUEUE, "BENCHMARK_GOAL": str(GOAL)}
    try:
        with declared(counting([GOAL])), override_settings(BADGER_RUNNER="celery"):
            yield from _shared(people, should, Turns(sizes.bulk_rounds, warm=1))
            yield _killed(people, should)
    except TimeoutError as error:
        yield Row("W10", f"{people:,} people, several workers", note=f"not measured: {error}")


def _shared(people: int, should: int, turns: Turns) -> Iterator[Row]:
    """Four workers wait; how many jobs there are says how many of them work at once."""
    with Workers(4):
        for jobs, least in ((2, 1.6), (4, None)):
            base, ours, gate = in_turns(
                _run(1), _run(jobs), turns, before=nobody_holds_anything, added=should, stand=should
            )
            targets = (Target("× as fast", least, 1 / ratio(ours, base), rising=True),) if least else ()
            yield Row("W10", f"{people:,} people, first run, {jobs} workers", "1 worker", base, ours, targets, gate)


def _killed(people: int, should: int) -> Row:
    """One of two workers is killed in the middle: nothing is lost, nothing is there twice."""
    nobody_holds_anything()
    with Workers(2) as both:
        run = _begun(2)
        _await(run, lambda: run.looked_at > 0)
        both.kill_one()
        _await(run, lambda: run.status != Run.Status.RUNNING)
    gate = Gate(Award.objects.count() + (run.status == Run.Status.FINISHED), should + 1)
    return Row("W10", f"{people:,} people, first run, one of 2 workers killed", gate=gate)


def _run(jobs: int) -> Callable[[], int]:
    """Return what hands a run to so many workers, waits until it is done, and says how many awards it made."""

    def act() -> int:
        run = _begun(jobs)
        _await(run, lambda: run.status != Run.Status.RUNNING)
        return run.added

    return act


def _begun(jobs: int) -> Run:
    with override_settings(BADGER_RUN_WORKERS=jobs):
        return enqueue(Run.Kind.BACKFILL, [BADGE])


def _await(run: Run, reached: Callable[[], bool]) -> None:
    until = monotonic() + LONGEST
    while not reached():
        if monotonic() > until:
            msg = f"a run was not done after {LONGEST} seconds"
            raise TimeoutError(msg)
        sleep(0.01)
        run.refresh_from_db()


class Workers:
    """So many workers of one process each, ready when the block begins and gone when it ends."""

    numbers = count()

    def __init__(self, number: int) -> None:
        """Name them."""
        self.names = [f"{QUEUE}.{next(self.numbers)}@localhost" for _ in range(number)]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start them and wait until every one has answered."""
        for name in self.names:
            command = [
                sys.executable, "-m", "celery", "-A", "benchmarks.project", "worker", "--pool", "solo",
                "--hostname", name, "--loglevel", "ERROR", "--without-gossip", "--without-mingle",
            ]  # fmt: skip
            self.processes[name] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603  ourselves
        try:
            self._await()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _await(self) -> None:
        from kombu.exceptions import OperationalError  # noqa: PLC0415  there where Celery is

        from benchmarks.project.celery import app  # noqa: PLC0415  the queue's name comes first

        until = monotonic() + PATIENCE
        try:
            while monotonic() < until:
                answers = app.control.ping(destination=self.names, timeout=1) or []
                if {name for answer in answers for name in answer} == set(self.names):
                    return
        except OperationalError as error:
            msg = "RabbitMQ does not answer"
            raise TimeoutError(msg) from error
        msg = f"not every worker has answered after {PATIENCE} seconds"
        raise TimeoutError(msg)

    def kill_one(self) -> None:
        """End a worker as a power cut would."""
        process = self.processes.pop(self.names[-1])
        process.send_signal(signal.SIGKILL)
        process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them all, and their queue."""
        from kombu.exceptions import OperationalError  # noqa: PLC0415  the same

        from benchmarks.project.celery import app  # noqa: PLC0415  the same

        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=PATIENCE)
        try:
            with app.connection_for_write() as broker:
                broker.default_channel.queue_delete(QUEUE)
        except (OperationalError, OSError):
            return  # it was not there to begin with
