"""The pages that ask before a run is stopped or undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_badger import runs
from django_badger.admin.base import ModelAdmin, asked, logged
from django_badger.exceptions import RunRefused
from django_badger.models import Run

#: The most awards that are undone while somebody waits for the page.
MOST = 5_000


@dataclass(frozen=True)
class Ending:
    """What can be done to a run: its page, its words and its door."""

    name: str
    title: Promise | str
    ellipsis: Promise | str
    question: Promise | str
    button: Promise | str
    done: Promise | str
    act: Callable[[Run], Any]


CANCEL = Ending(
    name="cancel",
    title=gettext_lazy("Stop the run"),
    ellipsis=gettext_lazy("Stop…"),
    question=gettext_lazy("It ends after what it is doing now. What it wrote stays, and it can be gone on with."),
    button=gettext_lazy("Stop"),
    done=gettext_lazy("The run was stopped."),
    act=runs.cancel,
)
UNDO = Ending(
    name="undo",
    title=gettext_lazy("Undo the run"),
    ellipsis=gettext_lazy("Undo…"),
    question=gettext_lazy(
        "Awards that it made are deleted, as if they had never been made; those that somebody may know of do not stand any "
        "more. What it let lapse stands again."
    ),
    button=gettext_lazy("Undo"),
    done=gettext_lazy("The run was undone."),
    act=runs.undo,
)
OVER = {Run.Status.FINISHED, Run.Status.FAILED, Run.Status.CANCELLED, Run.Status.UNDOING}


def ending_of(run: Run, request: HttpRequest) -> Ending | None:
    """Return what this person can do to a run on a page; None where that is nothing, or takes longer than one waits."""
    if not request.user.has_perm("badger.change_run"):
        return None
    if run.status == Run.Status.RUNNING:
        return CANCEL
    if run.status in OVER and 0 < run.added + run.lapsed <= MOST:
        return UNDO
    return None


def address_of(run_admin: ModelAdmin, page: str, run: Run) -> str:
    """Return the address of a page of a run."""
    return reverse(f"admin:badger_run_{page}", args=[run.pk], current_app=run_admin.admin_site.name)


def end(run_admin: ModelAdmin, request: HttpRequest, ending: Ending, pk: int) -> HttpResponse:
    """Ask, then do it."""
    run = run_admin.get_queryset(request).filter(pk=pk).first()
    if run is None:
        raise Http404
    if not request.user.has_perm("badger.change_run") or not run_admin.has_view_permission(request, run):
        raise PermissionDenied
    fits = ending_of(run, request) is ending
    if fits and request.method != "POST":
        return asked(
            run_admin, request, "admin/badger/run/end.html", Form(), title=ending.title, ending=ending, run=run
        )
    if fits and _is_done(ending, run):
        logged(request, [run], str(ending.title))
        run_admin.message_user(request, str(ending.done), messages.SUCCESS)
    else:
        run.refresh_from_db()
        words = _("This cannot be done now: the run is %(status)s.") % {"status": run.get_status_display()}
        run_admin.message_user(request, words, messages.WARNING)
    return HttpResponseRedirect(address_of(run_admin, "change", run))


def _is_done(ending: Ending, run: Run) -> bool:
    try:
        return ending.act(run) is not False
    except RunRefused:  # it went on meanwhile
        return False
