"""guestbook/views.py: a button that thanks somebody for an entry."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from django_badger.awarding import award
from guestbook.models import Entry


@login_required
@require_POST
def thank(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry, pk=pk)
    result = award("kind-words", to=entry.author, by=request.user, reason=request.POST.get("reason", ""))
    return HttpResponse(result.text, status=200 if result else 409)
