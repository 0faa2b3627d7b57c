"""An environment for each peer: made in a temporary folder, gone afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import VARIABLE, address_of_its_own
from benchmarks.sizes import Sizes

ROOT = Path(__file__).parents[2]
DRIVERS = {"sqlite": (), "postgresql": ("psycopg[binary]>=3.2",), "mariadb": ("mysqlclient>=2.2.7",)}


@dataclass(frozen=True)
class Peer:
    """A package, the module that measures it, and what it needs."""

    name: str
    module: str
    needs: tuple[str, ...]


PEERS = (
    # The newest that it runs on with the few names put back that Django dropped (see the module).
    Peer("pinax-badges 3.0.0", "pinax", ("pinax-badges==3.0.0", "Django>=5.2,<5.3", "setuptools<80")),
    Peer("django-badgify 0.6.0", "badgify", ("django-badgify==0.6.0", "Django>=5.2")),
)


def measured_in_its_own(peer: Peer, kind: str, server: str, sizes: Sizes) -> dict[str, Any]:
    """Return what a peer takes; why not, where it cannot be installed or does not run."""
    print(f"{peer.name} …", flush=True)
    with TemporaryDirectory() as folder:
        python = Path(folder) / "environment" / "bin" / "python"
        place = Path(folder) / "measured.json"
        environment = os.environ | {VARIABLE: address_of_its_own(kind, server), "PYTHONPATH": str(ROOT)}
        steps = {
            "no environment could be made for it here": [sys.executable, "-m", "venv", str(python.parents[1])],
            "it could not be installed here": [
                str(python), "-m", "pip", "install", "--quiet", "dj-database-url", *DRIVERS[kind], *peer.needs,
            ],
            "it does not run here": [
                str(python), "-m", f"benchmarks.peers.{peer.module}", json.dumps(asdict(sizes)), str(place),
            ],
        }  # fmt: skip
        for reason, command in steps.items():
            done = subprocess.run(  # noqa: S603  ourselves
                command, check=False, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
            )
            if done.returncode:
                print(done.stderr, file=sys.stderr)
                return {"name": peer.name, "note": f"not measured, {reason}", "cases": []}
        return {"name": peer.name, "note": "", **json.loads(place.read_text(encoding="utf-8"))}
