"""Who works in the admin, and how a page is read and filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from model_bakery import baker

from django_badger._engine.sync import sync
from django_badger.models import Badge

Staff = Callable[..., Client]


@pytest.fixture
def boss(db) -> Any:
    return baker.make(get_user_model(), is_staff=True, is_superuser=True)


@pytest.fixture
def site(boss: Any) -> Client:
    """A superuser's browser."""
    return browser(boss)


@pytest.fixture
def staff(db) -> Staff:
    """Give the browser of somebody who has these permissions only: ``staff("view_badge")``."""

    def make(*permissions: str) -> Client:
        person = baker.make(get_user_model(), is_staff=True)
        person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        return browser(person)

    return make


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.user = person  # type: ignore[attr-defined]  # who sits there
    return client


@pytest.fixture
def person(db) -> Any:
    return baker.make(get_user_model())


@pytest.fixture
def first_post(db) -> Badge:
    """A badge of code, with a rule, a title and a description."""
    sync()
    return Badge.objects.get(slug="first-post")


@pytest.fixture
def helper(db) -> Badge:
    """A badge that staff made."""
    return badge("helper", title="Helper")


def badge(slug: str, **columns: Any) -> Badge:
    made: Badge = baker.make(Badge, slug=slug, **({"title": slug.title(), "origin": Badge.Origin.SITE} | columns))
    return made


def messages_of(response: Any) -> list[str]:
    """Give what the admin told, after following the redirect."""
    return [str(message) for message in response.context["messages"]]


def errors_of(response: Any) -> dict[str, list[str]]:
    """Give what the form complained about, by field."""
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


def typed(page: Any, **changes: Any) -> dict[str, Any]:
    """Give what a browser would send for the form on this page, with these changes."""
    sent: dict[str, Any] = {}
    for field in page.context["adminform"].form:
        value = field.value()
        if isinstance(value, list):
            sent[field.html_name] = [getattr(one, "pk", one) for one in value]
        elif value not in (None, "", False):
            sent[field.html_name] = value
    return sent | changes
