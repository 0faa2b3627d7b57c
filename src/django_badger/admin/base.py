"""What the pages of all our models in the admin have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator

from django_badger import policies
from django_badger.models import Award, AwardQuerySet, Badge

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

#: The most characters of an error or a reason that a list shows.
SHORT = 80
#: The most messages that one act shows.
MOST_TOLD = 10


def shortened(text: str) -> str:
    """Return the beginning of a text, in one line, for a list."""
    return str(Truncator(" ".join(text.split())).chars(SHORT))


def user_search() -> str:
    """Return by which field of the user model people are searched."""
    return get_user_model().USERNAME_FIELD


def awards_for(user: Any, awards: AwardQuerySet) -> AwardQuerySet:
    """Return those of ``awards`` that a member of the staff sees in the admin: ended ones too.

    Who manages badges or changes awards sees all; others only what is not hidden, of badges that they may see.
    """
    if policies.may_manage(user) or user.has_perm("badger.change_award"):
        return awards
    return awards.filter(Q(hidden=False) | Q(recipient=user), badge__in=Badge.objects.visible_to(user))


def address_of_awards(of: ModelAdmin, request: HttpRequest) -> str:
    """Return the address of the list of awards; nothing where this admin site has none, or not for this person."""
    awards = of.admin_site._registry.get(Award)  # noqa: SLF001  the only way before Django 5.2.1
    if awards is None or not awards.has_view_permission(request):
        return ""
    return reverse("admin:badger_award_changelist", current_app=of.admin_site.name)


def told(admin_of: ModelAdmin, request: HttpRequest, texts: Iterable[str], level: int) -> None:
    """Show these texts as messages, each once, and not more of them than one reads."""
    for text in list(dict.fromkeys(texts))[:MOST_TOLD]:
        admin_of.message_user(request, text, level)


def logged(request: HttpRequest, changed: Iterable[Any], message: str, flag: int = CHANGE) -> None:
    """Write into the history of each of these rows what was done, and by whom."""
    user: Any = request.user
    LogEntry.objects.log_actions(user.pk, changed, flag, message)


def asked(of: ModelAdmin, request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    """Return a page that asks something with a form, drawn as the admin draws its own."""
    context = {
        **of.admin_site.each_context(request),
        "opts": of.opts,
        "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}, model_admin=of),
        "errors": AdminErrorList(form, []),
        "media": form.media,
        **more,
    }
    return TemplateResponse(request, template, context)


class BadgerAdmin(ModelAdmin):
    """A model of ours; a NUL byte in an address is a wrong address, on every database."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Refuse, as Django refuses other parameters that make no sense, what no database can be asked for."""
        if any("\x00" in value for values in request.GET.lists() for value in (values[0], *values[1])):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search without NUL bytes; choosing from a list while typing comes here directly."""
        return super().get_search_results(request, queryset, search_term.replace("\x00", ""))


class Record(BadgerAdmin):
    """What the library wrote. It goes with its person or badge, never from these pages."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count of the whole table for each filter

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody on these pages; elsewhere (an account is deleted, with all that is its own) whoever has the right."""
        match = request.resolver_match
        here = f"{self.opts.app_label}_{self.opts.model_name}_"
        if match is not None and (match.url_name or "").startswith(here):
            return False
        return super().has_delete_permission(request, obj)


class ReadOnly(Record):
    """What nobody adds or changes here either."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
