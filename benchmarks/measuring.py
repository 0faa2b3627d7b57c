"""One database, in a process of its own: make it, run the workloads, write down what was measured.

``python -m benchmarks.measuring WORKLOADS SIZES FILE``, both as JSON; the address is in the environment.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import django

from benchmarks.results import Row
from benchmarks.sizes import Sizes

#: Where each workload is: module and function.
WORKLOADS = {
    "W1": ("silent", "silent"),
    "W2": ("events", "one_badge"),
    "W3": ("events", "many_badges"),
    "W4": ("progress", "increments"),
    "W5": ("everybody", "backfills"),
    "W6": ("metas", "metas"),
    "W7": ("host", "saves"),
    "W8": ("pages", "pages"),
    "W9": ("explaining", "explaining"),
    "W10": ("workers", "workers"),
}


def main(workloads: list[str], sizes: Sizes, place: Path) -> None:
    """Measure, and write the results."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.project.settings"
    django.setup()
    from benchmarks.databases import made, told  # noqa: PLC0415  Django has to be set up first

    with made():
        gc.freeze()  # what Django is made of is not looked through again between turns
        rows = [row for name in workloads for row in _shown(name, sizes)]
        place.write_text(json.dumps({"machine": machine(told()), "rows": [row.told() for row in rows]}, indent=1))


def machine(database: str) -> dict[str, Any]:
    """Return in what it was measured."""
    return {
        "database": database,
        "python": platform.python_version(),
        "django": django.get_version(),
        "cores": os.cpu_count(),
    }


def _shown(name: str, sizes: Sizes) -> Iterator[Row]:
    module, function = WORKLOADS[name]
    found: Callable[[Sizes], Iterator[Row]] = getattr(import_module(f"benchmarks.{module}"), function)
    start = perf_counter()
    for row in found(sizes):
        print(line(row), flush=True)
        yield row
    print(f"     {name} took {perf_counter() - start:.1f} s", flush=True)


def line(row: Row) -> str:
    """Return a row in a line, for whoever waits."""
    parts = [f"{row.workload:<4}{row.case:<60}"]
    if row.ours is not None:
        counted = "" if row.ours.queries is None else f"{row.ours.queries} q"
        parts.append(f"{counted:>7} {row.ours.median * 1e6:>12,.1f} µs")
    parts += [f"{one.value:,.2f} {one.what} ({'' if one.met else 'NOT '}≤ {one.limit:g})" for one in row.targets]
    if not row.right and row.gate is not None:
        parts.append(f"WRONG: {row.gate.made} made, {row.gate.should} should be")
    return "  ".join([*parts, row.note])


if __name__ == "__main__":
    given = {name: tuple(one) if isinstance(one, list) else one for name, one in json.loads(sys.argv[2]).items()}
    main(json.loads(sys.argv[1]), Sizes(**given), Path(sys.argv[3]))
