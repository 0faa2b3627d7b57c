"""Rows that several may make at the same moment: one makes it, the others find it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections
from django.db.models import Model


def make_or_touch(row: Model, *, unique: Sequence[str], using: str) -> None:
    """Insert ``row``, or set ``updated_at`` of the one that has the same ``unique`` fields already.

    The touch is what makes a row visible that was made after the transaction going on began. Where that cannot be, in
    an older snapshot of PostgreSQL's, it is a serialization failure, which asks for the transaction to be repeated.
    """
    aimed = connections[using].features.supports_update_conflicts_with_target
    type(row)._base_manager.using(using).bulk_create(
        [row],
        update_conflicts=True,
        update_fields=["updated_at"],
        unique_fields=unique if aimed else None,
    )
