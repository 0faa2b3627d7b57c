"""People to befriend."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campus import flows
from campus.models import Friendship
from example.lists import PagedView
from example.people import name


class People(PagedView):
    """Everybody, with what one can do about it: invite, accept, wait."""

    template_name = "campus/people.html"
    paginate_by = 24

    def get_queryset(self) -> QuerySet[User]:
        """Return the active people whose name holds all that was looked for."""
        people = User.objects.filter(is_active=True).order_by("first_name", "last_name", "pk")
        for word in self.request.GET.get("q", "").replace("\x00", "").split()[:5]:
            people = people.filter(
                Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
            )
        return people

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add how the reader stands to the people on this page, and the invitations that wait for an answer."""
        found = super().get_context_data(**context)
        found["q"] = self.request.GET.get("q", "").replace("\x00", "")
        friendships = list(Friendship.objects.of(self.request.user).select_related("inviter", "invitee"))
        by_person = {self._other(one): one for one in friendships}
        found["rows"] = [(person, by_person.get(person.pk)) for person in found["object_list"]]
        found["waiting"] = [
            one for one in friendships if not one.accepted_at and one.invitee_id == self.request.user.pk
        ]
        found["friends"] = sum(one.accepted_at is not None for one in friendships)
        return found

    def _other(self, friendship: Friendship) -> int:
        mine = friendship.inviter_id == self.request.user.pk
        return friendship.invitee_id if mine else friendship.inviter_id


@require_POST
@login_required
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite somebody to be a friend."""
    invitee = get_object_or_404(User, pk=pk, is_active=True)
    inviter = get_object_or_404(User, pk=request.user.pk)
    if flows.invite(inviter, invitee, at=timezone.now()):
        messages.success(request, _("You invited %(name)s.") % {"name": name(invitee)})
    else:
        messages.info(request, _("There is nothing to invite %(name)s to.") % {"name": name(invitee)})
    return redirect("campus:people")


@require_POST
@login_required
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an invitation."""
    waiting = Friendship.objects.filter(invitee=request.user.pk, accepted_at=None).select_related("inviter", "invitee")
    friendship = get_object_or_404(waiting, inviter=pk)
    flows.accept(friendship, at=timezone.now())
    messages.success(request, _("You and %(name)s are friends now.") % {"name": name(friendship.inviter)})
    return redirect("campus:people")
