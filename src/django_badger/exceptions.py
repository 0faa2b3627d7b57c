"""What may go wrong, each with a sentence that says what to do.

The docstring of an error is its default message.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError


class BadgerError(Exception):
    """Something about badges went wrong."""

    def __init__(self, message: str = "", *args: Any, **kwargs: Any) -> None:
        """Take ``message``, or say the class's docstring."""
        super().__init__(message or " ".join((type(self).__doc__ or "").split()), *args, **kwargs)


class BadDeclaration(BadgerError, ImproperlyConfigured):
    """A badge is declared in a way that cannot work: read the message, it names the file and the line."""


class UnknownBadge(BadgerError, LookupError):
    """No badge has this slug: declare it in a ``badges.py``, or make it in the admin."""


class NotAllowed(BadgerError, PermissionDenied):
    """This person may not do this: give them the permission named in the message."""


class BadAmount(BadgerError, ValueError):
    """Progress is counted in whole numbers or decimals above zero: pass an ``int`` or a ``Decimal``, never a float."""


class PrerequisiteCycle(BadgerError, ValidationError):
    """A badge cannot need itself, not even by way of others: take one of the prerequisites out."""


class NotEnqueued(BadgerError):
    """A run could not be handed to the queue: see that it can be reached, then ask for the same again."""


class RunRefused(BadgerError):
    """This run was not begun, or not gone on with, because it would do harm: the message says what to check."""


class BadFile(BadgerError, ValueError):
    """This file cannot be imported, and nothing was written: the message says where it is wrong, and what to change."""


def declared_at() -> str:
    """Return ``file:line`` of the host's code that is declaring a badge right now."""
    frame = sys._getframe(1)  # noqa: SLF001  the documented way to find one's caller
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("django_badger"):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
