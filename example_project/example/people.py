"""People and their addresses: user names, for the site's own pages and, by two settings, for those of the badges."""

from __future__ import annotations

from django.contrib.auth.models import User


def path(user: User) -> str:
    """Return what a person's address ends in."""
    return user.get_username()


def find(text: str) -> User | None:
    """Return the active person at this address, or None."""
    return User.objects.filter(username=text.replace("\x00", ""), is_active=True).first()


def name(user: User) -> str:
    """Return what a person is called."""
    return user.get_full_name() or user.get_username()
