"""``python -m benchmarks``: all workloads, in every database that is asked for, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import SERVERS, VARIABLE, address_of_its_own
from benchmarks.measuring import WORKLOADS
from benchmarks.peers.environments import PEERS, measured_in_its_own
from benchmarks.report import missed, table, wrong
from benchmarks.sizes import QUICK, Sizes

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Return 0 where everything was made that should be, whatever the times are."""
    options = asked()
    sizes = sizes_of(options)
    failed = False
    for kind in options.database:
        print(f"\n{kind}\n{'=' * len(kind)}", flush=True)
        measured = measure(kind, options, sizes)
        print(f"\n{table(measured)}")
        print("Targets that are not met:", *missed(measured), sep="\n  ")
        if wrong(measured):
            print("WRONG:", *wrong(measured), sep="\n  ")
            failed = True
        if options.write:
            options.write.mkdir(parents=True, exist_ok=True)
            (options.write / f"{kind}.txt").write_text(table(measured), encoding="utf-8")
            text = json.dumps(measured, indent=1, ensure_ascii=False)
            (options.write / f"{kind}.json").write_text(f"{text}\n", encoding="utf-8")
    return int(failed)


def asked() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--database", nargs="+", choices=list(SERVERS), default=["sqlite", "postgresql"])
    parser.add_argument("--server", default="", help="address of the server, for example postgres://me@db:5432/")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(WORKLOADS), help="W2,W5")
    parser.add_argument("--people", type=int, help="how many people events are about")
    parser.add_argument("--rounds", type=int, help="how often each event is timed")
    parser.add_argument("--everybody", type=int, nargs="+", help="how many people bulk acts are about: 1000 1000000")
    parser.add_argument("--awards", type=int, help="how many awards pages are asked for")
    parser.add_argument("--trap", type=int, help="how many people the trap of bulk acts is about")
    parser.add_argument("--quick", action="store_true", help="very small sizes: does it work?")
    parser.add_argument("--peers", action="store_true", help="measure other packages, too; needs a package index")
    parser.add_argument("--write", type=Path, help="write tables and data into this folder: docs/explanation/measured")
    options = parser.parse_args()
    unknown = set(options.only) - set(WORKLOADS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose from {', '.join(WORKLOADS)}")
    if options.write and options.only != list(WORKLOADS):
        parser.error("a table with some workloads only would pass for the whole one: leave out --only, or --write")
    return options


def sizes_of(options: Namespace) -> Sizes:
    """Return how much is measured."""
    given = {name: getattr(options, name) for name in ("people", "rounds", "awards", "trap")}
    given["everybody"] = tuple(options.everybody) if options.everybody else None
    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(QUICK if options.quick else Sizes(), **chosen)


def measure(kind: str, options: Namespace, sizes: Sizes) -> dict[str, Any]:
    """Return what was measured in a database that is made for it."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "measured.json"
        environment = os.environ | {VARIABLE: address_of_its_own(kind, options.server), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "benchmarks.measuring", json.dumps(options.only)]
        subprocess.run(  # noqa: S603  ourselves
            [*command, json.dumps(asdict(sizes)), str(place)], check=True, env=environment, cwd=ROOT
        )
        measured: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    peers = [measured_in_its_own(peer, kind, options.server, sizes) for peer in PEERS] if options.peers else []
    day = datetime.now(UTC).date().isoformat()
    return {"day": day, "sizes": asdict(sizes), **measured, "peers": peers}


if __name__ == "__main__":
    sys.exit(main())
