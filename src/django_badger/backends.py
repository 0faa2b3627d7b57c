"""An authentication backend that adds what the library itself knows: members award the badges they made."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from django_badger.models import Badge


class BadgerBackend(BaseBackend):
    """Add it to ``AUTHENTICATION_BACKENDS`` behind your own."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether the maker of a badge asks to award it."""
        made = isinstance(obj, Badge) and obj.origin == Badge.Origin.MEMBER and obj.created_by_id == user_obj.pk
        return bool(perm == "badger.add_award" and made and user_obj.is_active and user_obj.pk is not None)
