"""Faults are injected into committed work, with badges of the test's own and errors kept inside, as on a real site."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from django_badger.registry import Registry
from tests.races.committed import committed, declared
from tests.races.conftest import admin, heard, people

__all__ = ["admin", "committed", "declared", "heard", "people"]


@pytest.fixture(autouse=True)
def _careful(declared: Registry, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BADGER_RAISE_ERRORS = False
    for name in (
        "django_badger",
        "django.db.backends.base",
    ):  # to write thousands of tracebacks takes longer than all else
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
