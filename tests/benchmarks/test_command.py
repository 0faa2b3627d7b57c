"""The benchmarks run, and everything they measure did what it should. No test is about how long something takes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.places import ROOT

WORKLOADS = [f"W{number}" for number in range(1, 11)]
Rows = list[dict[str, Any]]


def benchmarks(*options: str, temporary: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment |= {"TMPDIR": str(temporary)} if temporary else {}
    command = [sys.executable, "-m", "benchmarks", *options]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_everything_runs_in_small_and_does_what_it_should(tmp_path):
    folder, temporary = tmp_path / "measured", tmp_path / "temporary"
    temporary.mkdir()

    done = benchmarks("--quick", "--database", "sqlite", "--write", str(folder), temporary=temporary)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    rows = json.loads((folder / "sqlite.json").read_text(encoding="utf-8"))["rows"]
    every_workload_has_cases_and_every_number_a_gate_that_holds(rows)
    what_is_not_measured_says_so(rows)
    floors_make_the_very_rows_that_we_make(rows)
    queries_are_those_that_other_tests_promise(rows)
    the_table_has_a_row_for_every_case_and_a_cell_for_every_column(folder / "sqlite.txt", rows)
    assert not list(temporary.iterdir()), "nothing is left behind"


def every_workload_has_cases_and_every_number_a_gate_that_holds(rows: Rows) -> None:
    assert list(dict.fromkeys(row["workload"] for row in rows)) == WORKLOADS
    assert not [row["case"] for row in rows if row["ours"] and not row["gate"]]
    assert not [row["case"] for row in rows if not row["right"]]


def what_is_not_measured_says_so(rows: Rows) -> None:
    empty = [row for row in rows if not (row["ours"] or row["gate"] or row["targets"])]

    assert {row["workload"] for row in empty} == {"W10"}
    assert all(row["note"].startswith("not measured") for row in empty)


def floors_make_the_very_rows_that_we_make(rows: Rows) -> None:
    gates = [row["gate"] for row in rows if "column by column" in row["case"]]

    assert gates
    assert all(gate["made"] == gate["should"] > 0 for gate in gates)


def queries_are_those_that_other_tests_promise(rows: Rows) -> None:
    """They do not depend on the machine: tests/core/test_query_counts.py counts the same."""
    assert {row["case"]: row["ours"]["queries"] for row in rows if row["workload"] == "W2"} == {
        "one badge listens: not earned": 1,
        "earned by the tenth post": 2,
        "earned long before, seen now": 3,
        "held": 1,
    }


def the_table_has_a_row_for_every_case_and_a_cell_for_every_column(place: Path, rows: Rows) -> None:
    first = place.read_text(encoding="utf-8").splitlines()[0]
    found = tables(place)

    assert re.fullmatch(r"Measured on .+ in SQLite [\d.]+ with Python [\d.]+ and Django \S+ on \d+ cores\.", first)
    assert [row[0] for table in found for row in table[1:]] == [row["case"] + told(row) for row in rows]
    assert all(len({len(row) for row in table}) == 1 for table in found)


def told(row: dict[str, Any]) -> str:
    return f" ({row['note']})" if row["note"] and row["ours"] else ""


def tables(place: Path) -> list[list[list[str]]]:
    """Read the list-tables of a file: their rows with their cells."""
    found = []
    for text in place.read_text(encoding="utf-8").split(".. list-table:: ")[1:]:
        _title, *parts = re.split(r"^   \* - ", text, flags=re.MULTILINE)
        found.append([re.split(r"\n     -", part.rstrip()) for part in parts])
    return found


def test_a_part_does_not_pass_for_the_whole():
    done = benchmarks("--only", "W1", "--write", "anywhere")

    assert done.returncode == 2
    assert "leave out --only, or --write" in done.stderr


def test_a_workload_that_does_not_exist_is_refused():
    done = benchmarks("--only", "W1,W11")

    assert done.returncode == 2
    assert "there is no W11" in done.stderr
