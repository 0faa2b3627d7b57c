"""The page that awards a badge to many people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_badger.admin.base import ModelAdmin, asked, logged
from django_badger.awarding import award_many
from django_badger.forms import AwardForm
from django_badger.models import Award
from django_badger.people import key_of
from django_badger.results import AwardedMany


class PeopleChooser(AutocompleteSelectMultiple):
    """Search people while typing, in the host's own admin of people; without JavaScript there is the field below."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Show who was chosen, leaving out what is nobody's key."""
        return super().optgroups(name, [one for one in value if key_of(one) is not None], attr)


def chooser_for(award_admin: ModelAdmin, request: HttpRequest) -> PeopleChooser | None:
    """Return a widget to search people with, where the host's admin has people and lets this person search them."""
    people = award_admin.admin_site._registry.get(get_user_model())  # noqa: SLF001  as Django's own checks look there
    if people is None or not people.get_search_fields(request) or not people.has_view_permission(request):
        return None
    return PeopleChooser(Award._meta.get_field("recipient"), award_admin.admin_site)


def award_people(award_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Ask what to award, to whom and why; then award it, and say what became of it."""
    chooser = chooser_for(award_admin, request)
    form = AwardForm(
        request.POST if request.method == "POST" else None,
        viewer=request.user,
        chooser=chooser,
        initial={"badge": request.GET.get("badge", "")},
    )
    if form.is_valid():
        answer = _awarded(request, form)
        if answer or not answer.refused:
            level = messages.WARNING if answer.refused else messages.SUCCESS
            award_admin.message_user(request, answer.text, level)
            return HttpResponseRedirect(_afterwards(award_admin, request, form.cleaned_data["badge"].pk))
        form.add_error(None, answer.text)
    return asked(award_admin, request, "admin/badger/award/award_people.html", form, title=_("Award a badge to people"))


def _awarded(request: HttpRequest, form: AwardForm) -> AwardedMany:
    badge, reason = form.cleaned_data["badge"], form.cleaned_data["reason"]
    answer = award_many(badge, to=form.cleaned_data["people"], by=request.user, reason=reason)
    number = len(answer.awarded)
    if number:
        logged(request, answer.awarded, reason, ADDITION)
        words = ngettext("Awarded to %(n)s person. %(why)s", "Awarded to %(n)s people. %(why)s", number)
        logged(request, [badge], (words % {"n": number, "why": reason}).strip())
    return answer


def _afterwards(award_admin: ModelAdmin, request: HttpRequest, badge: Any) -> str:
    site = award_admin.admin_site.name
    if not award_admin.has_view_permission(request):
        return reverse("admin:index", current_app=site)
    return f"{reverse('admin:badger_award_changelist', current_app=site)}?badge__id__exact={badge}"
