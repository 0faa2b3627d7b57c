"""Committed rows for tests, and none of them left behind: what Django's flush does, at a hundredth of its price."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from django_badger._engine.sync import sync
from django_badger.models import Badge
from django_badger.registry import Registry
from django_badger.testing import isolated_registry

#: What ``migrate`` has made stays.
KEPT = (ContentType, Permission)


def empty_all_tables() -> None:
    with connection.constraint_checks_disabled(), transaction.atomic():
        for model in apps.get_models(include_auto_created=True):
            if model not in KEPT and not model._meta.proxy:
                model._base_manager.all()._raw_delete(connection.alias)


# The name is that of pytest-django's own, which it stands in for: pytest-django makes the database for it, and lets the
# tests that need it come last.
@pytest.fixture(name="transactional_db")
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a transaction around the test: what it saves is committed, and gone at its end."""
    with django_db_blocker.unblock():
        yield
        empty_all_tables()
        sync()


@pytest.fixture
def declared(transactional_db: None) -> Iterator[Registry]:
    """No badges but those that the test declares, and no rows of others."""
    Badge.objects.all().delete()
    with isolated_registry() as registry:
        yield registry
