"""A backfill may be killed at any moment, and several may be at it: in the end exactly the right people hold the badge."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import Any

import pytest

from django_badger._engine import runs
from django_badger.models import Award, Badge, Run, RunRange
from django_badger.registry import Registry
from tests.races.backfilling import declare, started
from tests.races.crowd import BEGAN, ENOUGH, crowd

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE = 100_000
KILLS = 20
#: Small enough that no run is over before the last kill.
SMALL = 1500


def exactly(holders: list[Any]) -> None:
    """Assert that these people hold the badge, each once, since their third entry."""
    awards = Award.objects.filter(badge__slug="enough")
    assert list(awards.order_by("recipient").values_list("recipient", flat=True)) == holders
    assert not awards.exclude(occasion="", ended="", evidence__value=str(ENOUGH)).exists()
    first = awards.get(recipient=holders[0])
    assert (first.earned_at - BEGAN).total_seconds() == 1000 * (ENOUGH - 1)


def wait_for_ranges(number: int, process: Any) -> None:
    """Wait until so many more ranges are done, or the process has ended."""
    wanted = RunRange.objects.exclude(finished_at=None).count() + number
    while RunRange.objects.exclude(finished_at=None).count() < wanted and process.poll() is None:
        time.sleep(0.005)


def test_killed_twenty_times(declared: Registry) -> None:
    holders = crowd(PEOPLE)
    declare("enough")
    killed = 0
    for _kill in range(KILLS):
        process = started("enough", largest=SMALL)
        wait_for_ranges(random.choice([0, 1, 2]), process)  # noqa: S311  any moment will do
        time.sleep(random.uniform(0, 0.03))  # noqa: S311  the same
        assert process.poll() is None, process.communicate()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        killed += 1
        assert set(Award.objects.values_list("recipient", flat=True)) <= set(holders)
    run = Run.objects.get()
    assert (killed, run.status) == (KILLS, "running")
    before = run.added

    assert runs.backfill(["enough"]) == run  # the same act goes on with it

    run.refresh_from_db()
    assert run.status == "finished"
    assert 0 < before < run.added == len(holders)
    exactly(holders)
    assert runs.backfill(["enough"]).added == 0


def test_two_at_once_and_little_memory(declared: Registry) -> None:
    holders = crowd(PEOPLE)
    both = [started("enough"), started("enough")]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    found = [[int(word) for word in out.split()] for out, _err in said]
    # Whoever comes when the other one is through already looks at everybody again, and finds nothing left to do.
    assert sum(run.added for run in Run.objects.all()) == len(holders)
    assert set(Run.objects.values_list("status", flat=True)) == {"finished"}
    exactly(holders)
    assert max(memory for _pk, _added, memory in found) < 300  # MiB
    assert Badge.objects.get(slug="enough").errors == 0
