"""The pages of the guestbook."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, UpdateView

from django_badger.awarding import progress
from example.lists import PagedView
from guestbook.badges import button_clicker
from guestbook.forms import EntryForm
from guestbook.models import Entry


class Entries(PagedView):
    """All entries that the reader may see, a page at a time."""

    template_name = "guestbook/entries.html"

    def get_queryset(self) -> QuerySet[Entry]:
        """Return the public ones and the reader's own."""
        return Entry.objects.readable_by(self.request.user).newest_first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the key of the next stroke of the badger."""
        return super().get_context_data(stroke_key=uuid4().hex, **context)


class Write(LoginRequiredMixin, SuccessMessageMixin, CreateView):
    """Sign the guestbook."""

    form_class = EntryForm
    template_name = "guestbook/write.html"
    success_url = reverse_lazy("guestbook:entries")
    success_message = gettext_lazy("Thank you for signing the guestbook.")

    def form_valid(self, form: ModelForm) -> HttpResponse:
        """Keep it as the reader's own."""
        form.instance.author_id = self.request.user.pk
        return super().form_valid(form)


class Edit(LoginRequiredMixin, SuccessMessageMixin, UpdateView):
    """Change an entry of one's own."""

    form_class = EntryForm
    template_name = "guestbook/write.html"
    success_url = reverse_lazy("guestbook:entries")
    success_message = gettext_lazy("Your entry was changed.")

    def get_queryset(self) -> QuerySet[Entry]:
        """Return the reader's own entries: those of others are not found."""
        return Entry.objects.filter(author=self.request.user.pk)


@require_POST
@login_required
def stroke(request: HttpRequest) -> HttpResponse:
    """Stroke the badger. The form carries a key, so sending it twice counts once."""
    key = request.POST.get("key", "")
    reported = progress(button_clicker, request.user).increment(1, key=key or uuid4().hex)
    if not reported.replayed:
        messages.success(request, _("The badger grunts happily. That was number %(n)s.") % {"n": int(reported.current)})
    return redirect("guestbook:entries")
