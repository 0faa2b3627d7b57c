"""What has to wait for the commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from django_badger._engine.aliases import award_alias
from django_badger.conf import settings


def once_committed(act: Callable[..., object], *arguments: Any, using: str | None = None) -> None:
    """Call ``act`` once the outermost transaction of ``using`` (default: where awards live) is committed.

    Outside of one it is called at once. What it raises is logged and goes no further, unless settings ask for it.
    """

    # A function, not a partial: Django before 6.0 wants to name what failed, and fails itself where it has no name.
    def call() -> None:
        act(*arguments)

    transaction.on_commit(call, using=using or award_alias(), robust=not settings.raise_errors)
