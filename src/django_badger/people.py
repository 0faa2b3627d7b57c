"""What people are called on pages, and what their addresses end in. All three are hooks of the host's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from django_badger.conf import settings


def display(user: Any) -> str:
    """Return the full name, else the user name; never an e-mail address."""
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    name = name.strip() or str(user.get_username())
    return _("Member %(key)s") % {"key": user.pk} if "@" in name else name


def path(user: Any) -> str:
    """Return the key of the account."""
    return str(user.pk)


def key_of(text: Any) -> Any:
    """Return the key of a person that this text is, or None where no key of a user looks like this."""
    try:
        return get_user_model()._meta.pk.clean(str(text).replace("\x00", ""), None)
    except ValidationError:
        return None


def find(text: str) -> Any:
    """Return the active user whose key this is, or None."""
    users: Any = get_user_model()._default_manager
    try:
        user = users.filter(pk=text.replace("\x00", "")).first()
    except (ValueError, ValidationError, OverflowError):
        return None
    return user if user is not None and user.is_active else None


def may_be_awarded() -> Q:
    """Return who is eligible: everybody whose account is not blocked."""
    try:
        get_user_model()._meta.get_field("is_active")
    except FieldDoesNotExist:
        return Q()
    return Q(is_active=True)


def number_of_people() -> int:
    """Return how many accounts there are that are not blocked."""
    users: Any = get_user_model()._default_manager
    return int(users.filter(may_be_awarded()).count())


def display_of(user: Any) -> str:
    """Return what ``BADGER_USER_DISPLAY`` calls this person; "somebody" where there is none any more."""
    return str(import_string(settings.user_display)(user)) if user is not None else _("somebody")


def path_of(user: Any) -> str:
    """Return what ``BADGER_USER_PATH`` makes this person's address end in."""
    return str(import_string(settings.user_path)(user))


def found_at(text: str) -> Any:
    """Return the user that ``BADGER_USER_FIND`` finds at this address, or None."""
    return import_string(settings.user_find)(text)
