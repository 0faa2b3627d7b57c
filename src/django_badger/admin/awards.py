"""Awards in the admin: made and ended through the doors, otherwise looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_badger import wording
from django_badger.admin.award_people import award_people
from django_badger.admin.base import Record, awards_for, user_search
from django_badger.admin.decisions import REINSTATE, REVOKE, Decision, ask, asked_about, decide
from django_badger.models import Award, AwardQuerySet
from django_badger.people import display_of

EXPIRED = "expired"


SHOWN: list[Any] = [
    "uuid", "badge_title", "person", "state", "occasion", "route", "giver", "reason", "earned_at", "awarded_at",
    "expires_at", "warned_at", "lapses_at", "ended_at", "revoked_at", "revoker", "revoked_reason", "hidden", "pinned", "evidence", "seen_at",
    "announced_at", "run",
]  # fmt: skip


def state_of(award: Award) -> str:
    """Return whether an award stands, or how it ended."""
    if award.ended:
        return str(award.get_ended_display())
    return _("standing") if award.stands else _("expired")


class StateFilter(admin.SimpleListFilter):
    """Awards that stand, and those that ended, by how."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states."""
        return [("standing", _("standing")), (EXPIRED, _("expired")), *Award.Ended.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the awards in the chosen state."""
        state, awards = self.value(), queryset
        if state == "standing":
            return awards.standing()
        if state == EXPIRED:
            return awards.filter(ended="", expires_at__lte=timezone.now())
        return awards.filter(ended=state) if state else awards


class AwardAdmin(Record):
    """Awards, the newest first."""

    list_display = ["badge_title", "person", "state", "route", "awarded_at", "earned_at"]
    list_filter = [StateFilter, "awarded_at", "route", "hidden"]
    list_select_related = ["badge", "recipient"]
    ordering = ["-awarded_at", "-id"]
    actions = ["revoke_awards", "reinstate_awards"]
    fields = SHOWN
    readonly_fields = [name for name in SHOWN if name != "hidden"]

    def get_queryset(self, request: HttpRequest) -> AwardQuerySet:
        """Return what this member of the staff may see."""
        return awards_for(request.user, Award.objects.order_by(*self.ordering))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search badges and people."""
        return ["badge__title", "badge__slug", f"recipient__{user_search()}"]

    # --- columns

    @admin.display(description=gettext_lazy("badge"))
    def badge_title(self, award: Award) -> str:
        """Return the badge's title in the reader's language."""
        return wording.award_title(award)

    @admin.display(description=gettext_lazy("recipient"))
    def person(self, award: Award) -> str:
        """Return what the recipient is called."""
        return display_of(award.recipient)

    @admin.display(description=gettext_lazy("state"))
    def state(self, award: Award) -> str:
        """Return whether it stands, or how it ended."""
        return state_of(award)

    @admin.display(description=gettext_lazy("awarded by"))
    def giver(self, award: Award) -> str:
        """Return who awarded it; nothing where it was a rule or the site."""
        return display_of(award.awarded_by) if award.awarded_by else ""

    @admin.display(description=gettext_lazy("revoked by"))
    def revoker(self, award: Award) -> str:
        """Return who revoked it; nothing where nobody did."""
        return display_of(award.revoked_by) if award.revoked_by else ""

    # --- pages

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that ask for a reason."""
        pages = [
            path(f"{one.name}/", self.admin_site.admin_view(self._page(one)), name=f"badger_award_{one.name}")
            for one in (REVOKE, REINSTATE)
        ]
        return [*pages, *super().get_urls()]

    def _page(self, decision: Decision) -> Any:
        def page(request: HttpRequest) -> HttpResponse:
            if not self.has_change_permission(request):
                raise PermissionDenied
            return decide(self, request, decision)

        return page

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask what to award, to whom and why: there is no other way to add awards."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return award_people(self, request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the way to revoking or reinstating it."""
        award: Award = kwargs["obj"]
        decision = {"": REVOKE, Award.Ended.REVOKED: REINSTATE}.get(award.ended)
        if decision is not None and self.has_change_permission(request, award):
            context["tools"] = [(decision.ellipsis, asked_about(self, decision, [award.pk]))]
        context["show_save_and_add_another"] = False
        context["subtitle"] = f"{wording.award_title(award)}: {display_of(award.recipient)}"
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Award, form: Any, change: bool) -> None:  # noqa: FBT001  as Django calls it
        """Save what was changed and nothing else: it may have been revoked meanwhile."""
        obj.save(update_fields=form.changed_data)

    # --- actions

    @admin.action(permissions=["change"], description=gettext_lazy("Revoke selected awards…"))
    def revoke_awards(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        """Ask why."""
        return ask(self, request, REVOKE, queryset)

    @admin.action(permissions=["change"], description=gettext_lazy("Reinstate selected awards…"))
    def reinstate_awards(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        """Ask why."""
        return ask(self, request, REINSTATE, queryset)
