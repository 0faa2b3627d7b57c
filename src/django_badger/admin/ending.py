"""The pages that ask before a run is stopped or undone."""

from __future__ import annotations

import math
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
from django_badger._engine.runners import INLINE
from django_badger.admin.base import ModelAdmin, asked, logged
from django_badger.conf import settings
from django_badger.exceptions import NotEnqueued, RunRefused
from django_badger.models import Run

#: The most awards that are undone while somebody waits for the page: more are left to a worker, or to the command.
MOST = 5_000


@dataclass(frozen=True)
class Ending:
    """What can be done to a run: its page, its words and its door."""

    name: str
    title: Promise | str
    ellipsis: Promise | str
    question: Promise | str
    button: Promise | str
    done: Callable[[Run], Promise | str]
    act: Callable[[Run], Any]


def _wrote(run: Run) -> int:
    return run.added + run.lapsed


def _undo(run: Run) -> Run:
    return runs.undo(run) if _wrote(run) <= MOST else runs.enqueue_undo(run)


def _undone(run: Run) -> str:
    if run.status == Run.Status.UNDONE:
        return _("The run was undone.")
    return _("The run is being undone by a worker. This page shows when that is done.")


CANCEL = Ending(
    name="cancel",
    title=gettext_lazy("Stop the run"),
    ellipsis=gettext_lazy("Stop…"),
    question=gettext_lazy("It ends after what it is doing now. What it wrote stays, and it can be gone on with."),
    button=gettext_lazy("Stop"),
    done=lambda _run: gettext_lazy("The run was stopped."),
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
    done=_undone,
    act=_undo,
)
OVER = {Run.Status.FINISHED, Run.Status.FAILED, Run.Status.CANCELLED, Run.Status.UNDOING}


def ending_of(run: Run, request: HttpRequest) -> Ending | None:
    """Return what this person can do to a run on a page; None where that is nothing, or takes longer than anybody waits."""
    if not request.user.has_perm("badger.change_run"):
        return None
    if run.status == Run.Status.RUNNING:
        return CANCEL
    most = MOST if settings.runner == INLINE else math.inf
    return UNDO if run.status in OVER and 0 < _wrote(run) <= most else None


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
    if ending_of(run, request) is not ending:
        _say_that_it_does_not_fit(run_admin, request, run)
    elif request.method == "POST":
        _do(run_admin, request, ending, run)
    else:
        return asked(
            run_admin, request, "admin/badger/run/end.html", Form(), title=ending.title, ending=ending, run=run
        )
    return HttpResponseRedirect(address_of(run_admin, "change", run))


def _do(run_admin: ModelAdmin, request: HttpRequest, ending: Ending, run: Run) -> None:
    try:
        done = ending.act(run) is not False
    except RunRefused:  # it went on meanwhile
        done = False
    except NotEnqueued as error:
        words = _("It could not be left to a worker: %(why)s.") % {"why": error}
        run_admin.message_user(request, words, messages.ERROR)
        return
    if done:
        logged(request, [run], str(ending.title))
        run_admin.message_user(request, str(ending.done(run)), messages.SUCCESS)
    else:
        run.refresh_from_db()
        _say_that_it_does_not_fit(run_admin, request, run)


def _say_that_it_does_not_fit(run_admin: ModelAdmin, request: HttpRequest, run: Run) -> None:
    words = _("This cannot be done now: the run is %(status)s.") % {"status": run.get_status_display()}
    run_admin.message_user(request, words, messages.WARNING)
