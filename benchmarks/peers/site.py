"""What all peers share: a site with the same people and posts, and how their acts are measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import django
from django.conf import settings

from benchmarks.databases import made, settings_of_this_run
from benchmarks.sizes import Sizes
from benchmarks.timing import statements

Case = dict[str, Any]


def set_up(app: str) -> None:
    """Set Django up with a peer."""
    settings.configure(
        DATABASES={"default": settings_of_this_run()},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", app, "benchmarks.posts"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        STORAGES={"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}},
        USE_TZ=True,
    )
    django.setup()


def run(measure: Callable[[Sizes], Iterator[Case]]) -> None:
    """Measure in a database of its own, and write the results where the command line says."""
    given = {name: tuple(one) if isinstance(one, list) else one for name, one in json.loads(sys.argv[1]).items()}
    with made():
        cases = list(measure(Sizes(**given)))
    Path(sys.argv[2]).write_text(json.dumps({"django": django.get_version(), "cases": cases}), encoding="utf-8")


def case(key: str, acts: Iterable[Callable[[], object]], made_now: Callable[[], int], should: int) -> Case:
    """Do these acts one after the other; return what the middle one takes, and whether all is there."""
    seconds, sent_each = [], []
    for act in acts:
        with statements() as sent:
            start = perf_counter()
            act()
            seconds.append(perf_counter() - start)
        sent_each.append(len(sent))
    found = {"key": key, "median": median(seconds), "least": min(seconds), "queries": int(median(sent_each))}
    print(f"  {key:<28} {found['queries']:>9,} q {found['median'] * 1e6:>16,.1f} µs", flush=True)
    return found | {"made": made_now(), "should": should}
