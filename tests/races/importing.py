"""A process of its own that imports, so that it can be killed: ``python -m tests.races.importing FILE``.

It works on the database that the test told it, and prints the run's number, how many awards the run has made and the
most memory it ever had, in MiB.
"""

from __future__ import annotations

import subprocess
import sys

import django

from tests.races.backfilling import process
from tests.races.memory import peak


def started(path: object) -> subprocess.Popen[str]:
    """Start such a process on the database of the test that is going on."""
    return process("tests.races.importing", str(path))


def declare() -> None:
    """Declare the badges that all of them know: two that are imported, and one for whoever has both."""
    from django_badger import badge, rules

    badge("thanks", title="Thanks")
    badge("kind", title="Kind")
    badge("both", title="Both", when=rules.has_all("thanks", "kind"))


def main(path: str) -> None:
    from django_badger import runs
    from django_badger.testing import isolated_registry

    with isolated_registry():
        declare()
        with open(path, "rb") as source:  # noqa: PTH123  a path as it was given
            run = runs.import_awards(source).run
    assert run is not None
    print(run.pk, run.added, peak())  # noqa: T201  what the test reads


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1])
