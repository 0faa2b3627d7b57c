"""What tests of runners need: people with entries, and a queue that the test empties itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guestbook.models import Entry
from tests.core.conftest import make_person, registry, user
from tests.races.alone import alone
from tests.runners import queue

__all__ = ["alone", "make_person", "registry", "user"]


@pytest.fixture
def writers(make_person: Callable[..., Any]) -> list[Any]:
    """Five people, with an entry each."""
    people = [make_person() for _ in range(5)]
    Entry.objects.bulk_create(Entry(author=person, message="…") for person in people)
    return people


@pytest.fixture
def queued(settings: Any) -> list[tuple[int, float]]:
    """The queue of the host's own, as it stands: the run and the delay of each job."""
    settings.BADGER_RUNNER = "tests.runners.queue.enqueue"
    queue.JOBS.clear()
    return queue.JOBS
