"""The pages that ask why before awards are revoked or reinstated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from django_badger import awarding, wording
from django_badger.admin.base import ModelAdmin, asked, logged, told
from django_badger.forms import ReasonForm, RevokeForm
from django_badger.models import Award, AwardQuerySet
from django_badger.people import display_of
from django_badger.results import Already, Refused

#: The most awards that are decided about at once: their keys stand in an address.
MOST = 200


@dataclass(frozen=True)
class Decision:
    """What is decided about awards: its page, its words and its door."""

    name: str
    title: Promise | str
    ellipsis: Promise | str
    question: Promise | str
    button: Promise | str
    done: Any
    form: type[ReasonForm]
    act: Callable[..., Any]


REVOKE = Decision(
    name="revoke",
    title=gettext_lazy("Revoke awards"),
    ellipsis=gettext_lazy("Revoke…"),
    question=gettext_lazy("They will not stand any more, and no rule gives them again. Whoever may award can."),
    button=gettext_lazy("Revoke"),
    done=ngettext_lazy("%(n)s award was revoked.", "%(n)s awards were revoked.", "n"),
    form=RevokeForm,
    act=awarding.revoke,
)
REINSTATE = Decision(
    name="reinstate",
    title=gettext_lazy("Reinstate awards"),
    ellipsis=gettext_lazy("Reinstate…"),
    question=gettext_lazy("They will stand again, as if they had not been revoked."),
    button=gettext_lazy("Reinstate"),
    done=ngettext_lazy("%(n)s award stands again.", "%(n)s awards stand again.", "n"),
    form=ReasonForm,
    act=awarding.reinstate,
)


def asked_about(award_admin: ModelAdmin, decision: Decision, keys: Iterable[Any]) -> str:
    """Return the address of the page that asks about these awards."""
    page = reverse(f"admin:badger_award_{decision.name}", current_app=award_admin.admin_site.name)
    return f"{page}?awards={','.join(str(key) for key in keys)}"


def ask(award_admin: ModelAdmin, request: HttpRequest, decision: Decision, awards: Any) -> HttpResponse | None:
    """Go on to the page that asks about the selected awards."""
    keys = list(awards.values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        award_admin.message_user(request, _("At most %(n)s awards at once.") % {"n": MOST}, messages.WARNING)
        return None
    return HttpResponseRedirect(asked_about(award_admin, decision, keys))


def decide(award_admin: ModelAdmin, request: HttpRequest, decision: Decision) -> HttpResponse:
    """Ask why, then do it."""
    awards = _named_in_address(award_admin, request)
    if not awards:
        award_admin.message_user(request, _("No awards were selected."), messages.WARNING)
        return HttpResponseRedirect(_address(award_admin, "changelist"))
    form = decision.form(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(award_admin, request, decision, awards, form):
        here = (
            _address(award_admin, "change", awards[0].pk) if len(awards) == 1 else _address(award_admin, "changelist")
        )
        return HttpResponseRedirect(here)
    return _page(award_admin, request, decision, awards, form)


def _named_in_address(award_admin: ModelAdmin, request: HttpRequest) -> list[Award]:
    texts = request.GET.get("awards", "").split(",")[:MOST]
    longest = 18  # digits; a longer number is no key on any database
    keys = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= longest]
    awards: AwardQuerySet = award_admin.get_queryset(request)  # type: ignore[assignment]  # it is one of awards
    return list(awards.filter(pk__in=keys).with_badges())


def _done(
    award_admin: ModelAdmin, request: HttpRequest, decision: Decision, awards: list[Award], form: ReasonForm
) -> bool:
    """Do it, and say what became of it; where nothing at all could be done, say so in the form."""
    reason = form.cleaned_data["reason"]
    answers = [decision.act(award, by=request.user, reason=reason) for award in awards]
    refused = list(dict.fromkeys(answer.text for answer in answers if isinstance(answer, Refused)))
    if refused and not any(answers):
        for text in refused:
            form.add_error(None, text)
        return False
    done = [answer.award for answer in answers if answer]
    before = any(isinstance(answer, Already) for answer in answers)
    logged(request, done, ": ".join(part for part in (str(decision.title), reason) if part))
    told(award_admin, request, [decision.done % {"n": len(done)}] if done else [], messages.SUCCESS)
    told(award_admin, request, [*refused, *([_("Some had ended before.")] if before else [])], messages.WARNING)
    return True


def _page(
    award_admin: ModelAdmin, request: HttpRequest, decision: Decision, awards: list[Award], form: ReasonForm
) -> HttpResponse:
    return asked(
        award_admin,
        request,
        "admin/badger/award/decide.html",
        form,
        title=decision.title,
        decision=decision,
        subjects=[(wording.award_title(award), display_of(award.recipient)) for award in awards],
    )


def _address(award_admin: ModelAdmin, page: str, *args: Any) -> str:
    return reverse(f"admin:badger_award_{page}", args=args, current_app=award_admin.admin_site.name)
