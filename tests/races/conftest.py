"""What races need: committed data, badges of their own, and the machine to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from django_badger import signals
from django_badger.models import Award
from django_badger.registry import Registry
from tests.races.alone import alone
from tests.races.committed import committed, declared

__all__ = ["alone", "committed", "declared"]


@pytest.fixture(autouse=True)
def _declared(declared: Registry) -> None:
    """All races are about committed rows and badges of their own."""


@pytest.fixture
def people() -> Callable[[int], list[Any]]:
    """Make so many people."""
    return lambda number: baker.make(get_user_model(), _quantity=number, _bulk_create=True)


@pytest.fixture
def admin() -> Any:
    """Somebody who may do everything."""
    return baker.make(get_user_model(), is_superuser=True)


@pytest.fixture
def heard() -> Iterator[list[Award]]:
    """The awards that a site is told of, one for each time it is told."""
    told: list[Award] = []

    def hear(award: Award, **_rest: Any) -> None:
        told.append(award)

    signals.badge_awarded.connect(hear)
    yield told
    signals.badge_awarded.disconnect(hear)
