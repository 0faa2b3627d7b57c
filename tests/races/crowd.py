"""A crowd: very many people and what they wrote, made fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model

from guestbook.models import Entry

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
#: Every so many people, one wrote enough.
EVERY = 5
ENOUGH = 3
AT_ONCE = 5000


def crowd(number: int) -> list[Any]:
    """Make so many people; every fifth wrote three entries, the others one. Return the keys of those who wrote enough."""
    model: Any = get_user_model()
    for lot in _lots(range(number)):
        model.objects.bulk_create([model(**{model.USERNAME_FIELD: f"one-{one}@example.com"}) for one in lot])
    keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
    for lot in _lots(_entries(keys)):
        Entry.objects.bulk_create(lot)
    return keys[::EVERY]


def _entries(keys: list[Any]) -> Iterator[Entry]:
    for number, key in enumerate(keys):
        for nth in range(1 if number % EVERY else ENOUGH):
            yield Entry(author_id=key, message="…", created_at=BEGAN + timedelta(seconds=number + 1000 * nth))


def _lots(things: Iterable[Any]) -> Iterator[list[Any]]:
    them = iter(things)
    while lot := list(islice(them, AT_ONCE)):
        yield lot
