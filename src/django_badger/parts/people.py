"""People, moments and numbers, as pages show them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone

from django_badger.contexts import Moment, Person
from django_badger.people import display_of, path_of


def viewer_of(request: Any) -> Any:
    """Return who looks at a page: the request's user; None where nobody can tell."""
    return getattr(request, "user", None)


def person_of(user: Any) -> Person:
    """Return a person as pages show them; "somebody" for accounts that are gone."""
    return Person(user=user, name=display_of(user), url=person_url(user))


def person_url(user: Any) -> str:
    """Return the address of a person's page; nothing where they have none: their account is gone or blocked."""
    if user is None or not user.is_active:
        return ""
    try:
        return reverse("badger:person", kwargs={"person": path_of(user)})
    except NoReverseMatch:
        return ""


def moment_of(at: datetime) -> Moment:
    """Return a moment, in the reader's time zone and language."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return Moment(iso=local.isoformat(timespec="seconds"), text=date_text(at))


def date_text(at: datetime) -> str:
    """Return the day of a moment, in the reader's time zone and language."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return formats.date_format(local, "DATE_FORMAT")


def number_text(number: Decimal | int) -> str:
    """Return a number without useless zeros, in the reader's language."""
    return formats.number_format(int(number) if number == int(number) else Decimal(number).normalize())
