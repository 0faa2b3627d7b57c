"""What happens, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction

#: How much happens in one transaction.
BATCH = 250


class Happening(NamedTuple):
    """Something that happens at a moment."""

    at: datetime
    do: Callable[[], object]


def let_happen(happenings: Iterable[Happening]) -> Iterator[datetime]:
    """Let everything happen, the oldest first; yield how far time has come after each transaction."""
    ordered = iter(sorted(happenings, key=lambda one: one.at))
    while batch := list(islice(ordered, BATCH)):
        with transaction.atomic():
            for one in batch:
                one.do()
        yield batch[-1].at
