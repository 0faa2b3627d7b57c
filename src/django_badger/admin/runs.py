"""Runs: how far they are, what they did, what failed, and what to do next."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_badger._engine.aliases import award_alias
from django_badger._engine.runs import typed_again
from django_badger.admin.base import ReadOnly, address_of_awards
from django_badger.admin.ending import CANCEL, UNDO, Ending, address_of, end, ending_of
from django_badger.models import Run
from django_badger.people import display_of

#: The most ranges whose errors are shown.
MOST_FAILED = 20
WHAT: list[Any] = ["kind", "badges", "status", "progress", "next_step"]
OUTCOME: list[Any] = ["made", "lapsed", "retracted", "failed", "errors"]
WHEN: list[Any] = ["asker", "notify", "started_at", "finished_at", "cancelled_at", "undone_at"]


class RunAdmin(ReadOnly):
    """Bulk acts, the newest first."""

    list_display = ["id", "kind", "badge", "status", "done", "added", "lapsed", "failed", "started_at"]
    list_filter = ["kind", "status"]
    list_select_related = ["badge"]
    search_fields = ["badge__title", "badge__slug"]
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": WHAT}),
        (gettext_lazy("What came of it"), {"fields": OUTCOME}),
        (gettext_lazy("Who and when"), {"fields": WHEN}),
    ]
    readonly_fields = [*WHAT, *OUTCOME, "added", *WHEN]

    def get_fieldsets(self, request: HttpRequest, obj: Run | None = None) -> Any:
        """Show the awards as a number, without the way to them, to who may not look at awards."""
        if address_of_awards(self, request):
            return self.fieldsets
        return [
            (title, {"fields": ["added" if name == "made" else name for name in options["fields"]]})
            for title, options in self.fieldsets
        ]

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that ask before a run is stopped or undone."""
        pages = [
            path(f"<int:pk>/{one.name}/", self._page(one), name=f"badger_run_{one.name}") for one in (CANCEL, UNDO)
        ]
        return [*pages, *super().get_urls()]

    def _page(self, ending: Ending) -> Any:
        """Return its page, never in a transaction around the request: undoing makes many of its own."""

        def page(request: HttpRequest, pk: int) -> HttpResponse:
            return end(self, request, ending, pk)

        return transaction.non_atomic_requests(award_alias())(self.admin_site.admin_view(page))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the way to stopping or undoing it."""
        run: Run = kwargs["obj"]
        ending = ending_of(run, request)
        if ending is not None:
            context["tools"] = [(ending.ellipsis, address_of(self, ending.name, run))]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("done"))
    def done(self, run: Run) -> str:
        """Return how far it is."""
        return f"{run.percent}\u202f%"

    @admin.display(description=gettext_lazy("done"))
    def progress(self, run: Run) -> str:
        """Return how far it is, as a bar and in figures."""
        looked_at = (
            _("lines: %(number)s of %(all)s") if run.kind == Run.Kind.IMPORT else _("people: %(number)s of %(all)s")
        )
        return format_html(
            '<progress value="{}" max="100" aria-label="{}"></progress> {} ({})',
            run.percent, _("done"), self.done(run), looked_at % {"number": run.looked_at, "all": run.people},
        )  # fmt: skip

    @admin.display(description=gettext_lazy("badges"))
    def badges(self, run: Run) -> str:
        """Return which badges it is about."""
        slugs = ", ".join(run.options.get("badges", ()))
        return slugs or (_("those that the file names") if run.kind == Run.Kind.IMPORT else _("all badges"))

    @admin.display(description=gettext_lazy("awards made"))
    def made(self, run: Run) -> str:
        """Return how many awards it made, with the way to those that are there."""
        if not run.added:
            return "0"
        awards = reverse("admin:badger_award_changelist", current_app=self.admin_site.name)
        return format_html('<a href="{}?run__id__exact={}">{}</a>', awards, run.pk, run.added)

    @admin.display(description=gettext_lazy("errors"))
    def errors(self, run: Run) -> str:
        """Return what failed: the run as a whole, and rules or lines within ranges."""
        failed = run.ranges.exclude(error="").order_by("number").values_list("error", flat=True)
        return format_html_join("\n", "<div>{}</div>", ((text,) for text in [run.error, *failed[:MOST_FAILED]] if text))

    @admin.display(description=gettext_lazy("what to type"))
    def next_step(self, run: Run) -> str:
        """Return the command that stops it, goes on with it or takes it back."""
        act = {
            Run.Status.RUNNING: "cancel",
            Run.Status.FAILED: "resume",
            Run.Status.CANCELLED: "resume",
            Run.Status.UNDOING: "undo",
            Run.Status.FINISHED: "undo" if run.added or run.lapsed else "",
        }.get(Run.Status(run.status), "")
        if not act:
            return ""
        command = f"manage.py badger {act} {run.pk}"
        if act == "resume" and run.kind == Run.Kind.IMPORT:
            command = typed_again(run)
        why = {"cancel": _("stops it"), "resume": _("goes on with it"), "undo": _("takes back what it wrote")}[act]
        return format_html("<code>{}</code> {}", command, why)

    @admin.display(description=gettext_lazy("asked by"))
    def asker(self, run: Run) -> str:
        """Return who asked for it; nobody where it was the site itself."""
        return display_of(run.asked_by) if run.asked_by else ""
