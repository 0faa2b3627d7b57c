"""People and badges for the tests of the core."""

import datetime
from itertools import count

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from model_bakery import baker

from django_badger.testing import isolated_registry

_numbers = count(1)


@pytest.fixture
def make_person(db):
    """Make people of whatever user model the project has: ``make_person("ann", may=["add_award"])``."""

    def make(name="", *, may=(), **fields):
        model = get_user_model()
        name = name or f"person{next(_numbers)}"
        login = f"{name}@example.com" if model.USERNAME_FIELD == "email" else name
        person = baker.make(model, **{model.USERNAME_FIELD: login}, **fields)
        for codename in may:
            person.user_permissions.add(Permission.objects.get(codename=codename, content_type__app_label="badger"))
        return person

    return make


@pytest.fixture
def user(make_person):
    return make_person()


@pytest.fixture
def registry():
    """The registry, empty for the test; badges that the test declares get their rows when they are needed."""
    with isolated_registry() as empty:
        yield empty


@pytest.fixture
def day():
    """Give noon (UTC) of a day of January 2026."""

    def noon(number, hour=12):
        return datetime.datetime(2026, 1, number, hour, tzinfo=datetime.UTC)

    return noon
