"""A process of its own that backfills, so that it can be killed: ``python -m tests.races.backfilling SLUG [LARGEST RANGE]``.

It works on the database that the test told it, and prints the run's number, how many awards the run has made and the
most memory it ever had, in MiB.
"""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import quote

import django
from django.conf import settings
from django.db import connection

from tests.races.memory import peak


def started(slug: str, *, largest: int | None = None) -> subprocess.Popen[str]:
    """Start such a process on the database of the test that is going on."""
    return process("tests.races.backfilling", slug, *([str(largest)] if largest else []))


def process(module: str, *words: str) -> subprocess.Popen[str]:
    """Start a module as a process of its own, on the database of the test that is going on."""
    found = connection.settings_dict
    scheme = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite"}[connection.vendor]
    login = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    port = f":{found['PORT']}" if found["PORT"] else ""
    url = f"{scheme}://{login}@{found['HOST']}{port}/{found['NAME']}"
    if connection.vendor == "sqlite":
        url = f"sqlite:///{found['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "PYTHONPATH": ".:tests",
        "DJANGO_SETTINGS_MODULE": str(settings.SETTINGS_MODULE),
    }
    command = [sys.executable, "-m", module, *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def declare(slug: str) -> None:
    """Declare the badge that all of them backfill."""
    from django_badger import badge, rules
    from guestbook.models import Entry
    from tests.races.crowd import ENOUGH

    badge(slug, title="Enough", when=rules.count(Entry, by="author", reaches=ENOUGH))


def main(slug: str, largest: int) -> None:
    from django_badger._engine import ranges, runs
    from django_badger.testing import isolated_registry

    ranges.MOST = largest
    with isolated_registry():
        declare(slug)
        run = runs.backfill([slug])
    print(run.pk, run.added, peak())  # noqa: T201  what the test reads


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 50_000)
