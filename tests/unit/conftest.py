"""No test of this folder asks the database."""

import pytest

from django_badger.testing import isolated_registry


@pytest.fixture
def registry():
    """The registry, empty for the test."""
    with isolated_registry() as empty:
        yield empty
