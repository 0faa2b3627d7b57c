"""Trainings: enrol, do a lesson, take the exam."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from campus import flows
from campus.models import Enrolment, Training


class Trainings(ListView):
    """All trainings, with how far the reader is."""

    template_name = "campus/trainings.html"

    def get_queryset(self) -> QuerySet[Training]:
        """Return the trainings with ``learners`` and ``graduates``."""
        done = Q(enrolments__state=Enrolment.State.DONE)
        return Training.objects.annotate(
            learners=Count("enrolments"), graduates=Count("enrolments", filter=done)
        ).order_by("title")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the reader's enrolments."""
        found = super().get_context_data(**context)
        mine = {one.training_id: one for one in Enrolment.objects.filter(learner=self.request.user.pk)}
        found["rows"] = [(training, mine.get(training.pk)) for training in found["object_list"]]
        return found


def training(request: HttpRequest, code: str) -> HttpResponse:
    """One training, and the next step of the reader in it."""
    shown = get_object_or_404(Training, code=code)
    enrolments = Enrolment.objects.filter(training=shown)
    context = {
        "training": shown,
        "enrolment": enrolments.filter(learner=request.user.pk).first(),
        "graduates": enrolments.filter(state=Enrolment.State.DONE).select_related("learner").order_by("-passed_at")[:8],
    }
    return render(request, "campus/training.html", context)


@require_POST
@login_required
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """Enrol the reader."""
    wanted = get_object_or_404(Training, code=code)
    flows.enrol(wanted, request.user)
    messages.success(request, _("You are enrolled. The first lesson is waiting."))
    return redirect(wanted)


@require_POST
@login_required
def lesson(request: HttpRequest, code: str) -> HttpResponse:
    """Do the next lesson."""
    enrolment = _own(request, code)
    now = flows.do_lesson(enrolment, at=timezone.now())
    messages.success(request, _("Lesson done: you are at %(percent)s percent.") % {"percent": now.progress})
    return redirect(enrolment.training)


@require_POST
@login_required
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """Take the exam."""
    enrolment = _own(request, code)
    if flows.finish(enrolment, at=timezone.now()):
        messages.success(request, _("You passed “%(training)s”.") % {"training": enrolment.training})
    else:
        messages.info(request, _("Do all lessons first; an exam is passed once."))
    return redirect(enrolment.training)


def _own(request: HttpRequest, code: str) -> Enrolment:
    return get_object_or_404(Enrolment.objects.select_related("training"), training__code=code, learner=request.user.pk)
