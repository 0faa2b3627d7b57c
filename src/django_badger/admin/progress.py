"""Progress that the site reported: looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_badger import wording
from django_badger.admin.base import ReadOnly, user_search
from django_badger.models import Progress
from django_badger.people import display_of
from django_badger.verdicts import in_digits

SHOWN: list[Any] = ["badge", "person", "number", "updated_at"]


class ProgressAdmin(ReadOnly):
    """How far people are with badges whose progress the site reports."""

    list_display = ["badge_title", "person", "number", "updated_at"]
    list_select_related = ["badge", "user"]
    fields = SHOWN
    readonly_fields = SHOWN
    ordering = ["-id"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search badges and people."""
        return ["badge__title", "badge__slug", f"user__{user_search()}"]

    @admin.display(description=_("badge"))
    def badge_title(self, progress: Progress) -> str:
        """Return the badge's title in the reader's language."""
        return wording.title(progress.badge)

    @admin.display(description=_("user"))
    def person(self, progress: Progress) -> str:
        """Return what the person is called."""
        return display_of(progress.user)

    @admin.display(description=_("current"), ordering="current")
    def number(self, progress: Progress) -> str:
        """Return the number without needless zeros."""
        return in_digits(progress.current)
