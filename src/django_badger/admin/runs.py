"""Runs: looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from django_badger.admin.base import ReadOnly
from django_badger.models import Run
from django_badger.people import display_of

SHOWN: list[Any] = [
    "kind", "badge", "status", "added", "lapsed", "failed", "notify", "asker", "started_at", "finished_at",
    "cancelled_at", "undone_at", "done", "people", "looked_at", "retracted", "options", "error",
]  # fmt: skip


class RunAdmin(ReadOnly):
    """Bulk acts, the newest first."""

    list_display = ["id", "kind", "badge", "status", "done", "added", "lapsed", "failed", "started_at", "finished_at"]
    list_filter = ["kind", "status"]
    list_select_related = ["badge"]
    search_fields = ["badge__title", "badge__slug"]
    ordering = ["-id"]
    fields = SHOWN
    readonly_fields = SHOWN

    @admin.display(description=_("done"))
    def done(self, run: Run) -> str:
        """Return how far it is."""
        return f"{run.percent}\u202f%"

    @admin.display(description=_("asked by"))
    def asker(self, run: Run) -> str:
        """Return who asked for it; nobody where it was the site itself."""
        return display_of(run.asked_by) if run.asked_by else ""
