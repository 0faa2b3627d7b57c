"""The pages that join guestbook, campus and badges."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView

from campus.models import Enrolment, Friendship, Post
from django_badger.awarding import award, next_badges
from django_badger.models import Award, Badge
from example import people
from example.forms import SignUpForm, ThankForm
from guestbook.models import Entry


def home(request: HttpRequest) -> HttpResponse:
    """What is new, and how much there is of it."""
    context = {
        "entries": Entry.objects.filter(is_public=True).newest_first()[:4],
        "posts": Post.objects.filter(status=Post.Status.PUBLISHED).newest_first()[:3],
        "next_badges": next_badges(request.user, limit=3),
        "numbers": [
            (_("people"), User.objects.filter(is_active=True).count()),
            (_("entries"), Entry.objects.filter(is_public=True).count()),
            (_("badges"), Badge.objects.visible_to(request.user).count()),
            (_("awards"), Award.objects.visible_to(request.user).count()),
        ],
    }
    return render(request, "example/home.html", context)


def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person: badges, what comes next, what they wrote and learnt."""
    return _profile(request, _person(username), ThankForm())


def _person(username: str) -> User:
    person = people.find(username)
    if person is None:
        raise Http404(_("Nobody is called that."))
    return person


def _profile(request: HttpRequest, person: User, form: ThankForm, status: int = 200) -> HttpResponse:
    passed = Enrolment.objects.filter(learner=person, state=Enrolment.State.DONE)
    context: dict[str, Any] = {
        "person": person,
        "is_me": person == request.user,
        "awards": Award.objects.visible_to(request.user).to(person).count(),
        "entries": Entry.objects.readable_by(request.user).filter(author=person).newest_first()[:5],
        "friends": Friendship.objects.of(person).accepted().count(),
        "passed": passed.select_related("training").order_by("-passed_at"),
        "form": form if request.user.has_perm("badger.add_award") else None,
    }
    if context["is_me"]:
        context["next_badges"] = next_badges(person, limit=3)
    return render(request, "example/profile.html", context, status=status)


@require_POST
@login_required
@permission_required("badger.add_award", raise_exception=True)
def thank(request: HttpRequest, username: str) -> HttpResponse:
    """Award a badge by hand, with a reason."""
    person = _person(username)
    form = ThankForm(request.POST)
    if not form.is_valid():
        return _profile(request, person, form, status=422)
    result = award(form.cleaned_data["badge"], to=person, by=request.user, reason=form.cleaned_data["reason"])
    tell = messages.success if result else messages.warning
    tell(request, result.text)
    return redirect("profile", username)


class SignUp(CreateView):
    """Become a member, and be signed in at once."""

    form_class = SignUpForm
    template_name = "registration/signup.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: ModelForm) -> HttpResponse:
        """Keep the account and sign in."""
        response = super().form_valid(form)
        login(self.request, form.instance)
        messages.success(self.request, _("Welcome! Sign the guestbook to earn your first badge."))
        return response
