"""An import may be killed at any moment, and several may be at it: in the end each line is awarded once, and what follows."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from django_badger import runs
from django_badger._engine import accounts, judging
from django_badger.models import Award, Run, RunRange
from django_badger.registry import Registry
from tests.races.importing import declare, started

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE = 2_000
KILLS = 5


def people(number: int) -> list[str]:
    """Make so many people, and return their names."""
    model: Any = get_user_model()
    names = [f"one-{one}@example.com" for one in range(number)]
    for start in range(0, number, 5000):
        model.objects.bulk_create([model(**{model.USERNAME_FIELD: name}) for name in names[start : start + 5000]])
    return names


def sheet(place: Path, names: list[str]) -> Path:
    """Write two awards for everybody, and some lines that are refused."""
    lines = [f"{name},{slug},{slug}" for name in names for slug in ("thanks", "kind")]
    for nth in range(0, len(lines), 100):
        lines.insert(nth, "nobody,thanks,")
    path = place / "awards.csv"
    path.write_text("\n".join(["user,badge,reason", *lines]), encoding="utf-8")
    return path


def exactly(number: int) -> None:
    """Assert that everybody holds each badge once, and the two that were imported by their lines."""
    for slug in ("thanks", "kind", "both"):
        awards = Award.objects.filter(badge__slug=slug, ended="", slot="")
        assert (awards.count(), awards.values("recipient").distinct().count()) == (number, number)
    made = Award.objects.exclude(badge__slug="both")
    assert made.exclude(run=None).count() == made.count() == 2 * number
    assert len(set(made.values_list("evidence__line", flat=True))) == 2 * number


def wait_for_ranges(number: int, process: Any) -> None:
    """Wait until so many more ranges are done, or the process has ended."""
    wanted = RunRange.objects.exclude(finished_at=None).count() + number
    while RunRange.objects.exclude(finished_at=None).count() < wanted and process.poll() is None:
        time.sleep(0.005)


def test_killed_in_the_middle(declared: Registry, tmp_path: Path) -> None:
    path = sheet(tmp_path, people(PEOPLE))
    for _kill in range(KILLS):
        process = started(path)
        wait_for_ranges(1, process)
        time.sleep(random.uniform(0, 0.05))  # noqa: S311  any moment will do
        assert process.poll() is None, process.communicate()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    run = Run.objects.get()
    assert run.status == "running"
    before = run.added

    declare()
    told: list[Any] = []
    with path.open("rb") as source:
        done = runs.import_awards(source, told=told.extend)

    assert done.run == run
    assert 0 < before < done.awarded == 2 * PEOPLE
    assert done.refused == path.read_text().count("nobody")
    assert done.run.status == "finished"
    exactly(PEOPLE)
    # Lines that killed processes did are told of, too, and as what they became.
    assert sorted(line.line for line in told) == list(range(2, done.lines + 2))
    assert sum(line.outcome == "awarded" for line in told) == 2 * PEOPLE
    with path.open("rb") as source:
        assert not runs.import_awards(source)
    runs.undo(run)
    assert set(Award.objects.values_list("badge__slug", flat=True)) == {"both"}


def test_two_at_once(declared: Registry, tmp_path: Path) -> None:
    path = sheet(tmp_path, people(PEOPLE))
    both = [started(path), started(path)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    # They meet in one run, unless both began it in the same moment; then one finds what the other has made.
    assert sum(Run.objects.values_list("added", flat=True)) == 2 * PEOPLE
    exactly(PEOPLE)


def test_a_hundred_thousand_lines_in_little_memory(declared: Registry, tmp_path: Path) -> None:
    path = sheet(tmp_path, people(5_000) * 10)
    process = started(path)
    out, err = process.communicate()
    assert process.returncode == 0, err
    _run, added, memory = map(int, out.split())
    assert Run.objects.get().looked_at > 100_000
    assert added == 10_000
    assert memory < 300  # MiB
    exactly(5_000)


def test_somebody_leaves_in_the_middle_of_it(declared: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    declare()
    names = people(3)
    gone = get_user_model()._default_manager.get(**{get_user_model().USERNAME_FIELD: names[1]})
    key = gone.pk
    gone.delete()
    gone.pk = key
    asked: list[Any] = []

    def still_there(texts: Any, match: Any) -> Any:
        """Find, the first time, whoever is about to leave."""
        asked.append(texts)
        return accounts.accounts(texts, match) | ({names[1]: [gone]} if len(asked) == 1 else {})

    monkeypatch.setattr(judging, "accounts", still_there)
    told: list[Any] = []
    done = runs.import_awards(["user", *names], badge="thanks", told=told.extend)
    assert [line.outcome for line in told] == ["awarded", "refused", "awarded"]
    assert (done.awarded, len(asked), Award.objects.count()) == (2, 2, 2)
