"""Lengths of time: what a rule takes for one, and what people call it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import npgettext_lazy

from django_badger.exceptions import BadDeclaration, declared_at

if TYPE_CHECKING:
    from django.utils.functional import Promise

SECOND = timedelta(seconds=1)
#: A thousand years: what is longer, no calendar can go back.
LONGEST = timedelta(days=365_250)

#: A number in the reader's language.
spelled = lazy(number_format, str)


def length_of(value: Any, name: str) -> timedelta:
    """Return ``value`` where it is a length of whole seconds; else say what to write as ``name``."""
    if isinstance(value, timedelta) and SECOND <= value <= LONGEST and not value % SECOND:
        return value
    raise BadDeclaration(
        f"{declared_at()}: {name}{value!r} is no length of time: write a timedelta of whole seconds, for example "
        f"{name}timedelta(days=7)"
    )


def in_words(length: timedelta) -> str | Promise:
    """Return a length in the largest unit in which it is a whole number: "7 days", "36 hours"."""
    units = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), SECOND)
    unit = next(one for one in units if not length % one)
    many = length // unit
    # They stand behind "within" and "for".
    sentences: dict[timedelta, Any] = {
        units[0]: npgettext_lazy("a length of time", "{number} day", "{number} days", many),
        units[1]: npgettext_lazy("a length of time", "{number} hour", "{number} hours", many),
        units[2]: npgettext_lazy("a length of time", "{number} minute", "{number} minutes", many),
        units[3]: npgettext_lazy("a length of time", "{number} second", "{number} seconds", many),
    }
    return format_lazy(sentences[unit], number=spelled(many))
