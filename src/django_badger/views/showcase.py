"""What the reader lets others see of their own awards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from django_badger import showcase
from django_badger.contexts import ShowcasePage
from django_badger.models import Award
from django_badger.parts.awards import rows_of
from django_badger.parts.people import person_of, viewer_of
from django_badger.views.cursors import page_of_awards
from django_badger.views.page import PageView

#: What the buttons say, and what each does: it answers whether that could be.
CHOICES: dict[str, Callable[[Award, Any], bool | None]] = {
    "hide": lambda award, by: showcase.hide(award, by=by),
    "show": lambda award, by: showcase.show(award, by=by),
    "pin": lambda award, by: showcase.pin(award, by=by),
    "unpin": lambda award, by: showcase.unpin(award, by=by),
    "earlier": lambda award, by: showcase.move(award, by=by, places=-1),
    "later": lambda award, by: showcase.move(award, by=by, places=1),
}


class ShowcaseDetail(PageView):
    """The reader's choices, and all their awards to choose from; visitors are asked to sign in."""

    name = "showcase"
    template_name = "badger/showcase.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in who is signed in."""
        viewer = viewer_of(request)
        if viewer is None or not viewer.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note what holds for all awards: what is not ticked is not wanted."""
        chosen = {name: name in request.POST for name in ("hidden", "unlisted")}
        showcase.choose(viewer_of(request), **chosen)
        return HttpResponseRedirect(f"{request.path}?said=saved")

    def page(self, request: HttpRequest, **asked: Any) -> ShowcasePage:
        """Return the choices that were made, and the awards."""
        viewer = viewer_of(request)
        mine = Award.objects.visible_to(viewer).to(viewer)
        awards, older = page_of_awards(request, mine)
        pins = mine.filter(pinned__isnull=False).with_badges().order_by("pinned", "-earned_at", "-pk")
        choices = showcase.choices_of(viewer)
        return ShowcasePage(
            heading=_("What others see"), badge_menu=self.menu(request), person=person_of(viewer),
            hidden=choices.hidden, unlisted=choices.unlisted, notice=self._notice(request.GET.get("said", "")),
            pins=rows_of(pins[: showcase.MOST_PINNED * 2], own=True), rows=rows_of(awards, own=True),
            here=self._here(request), older=older,
        )  # fmt: skip

    def _notice(self, said: str) -> str:
        if said == "full":
            return _("%(most)s badges are pinned already: take one off first.") % {"most": showcase.MOST_PINNED}
        return _("Your choice is saved.") if said == "saved" else ""

    def _here(self, request: HttpRequest) -> str:
        before = request.GET.get("before", "")
        return f"{request.path}?{urlencode({'before': before})}" if before else request.path


class Choose(View):
    """One choice about one award; for its holder, by POST."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Do what was chosen, and go back. Raises ``Http404`` for all but the holder, and where there is no such choice."""
        viewer = viewer_of(request)
        choice = CHOICES.get(request.POST.get("choice", ""))
        if viewer is None or not viewer.is_authenticated or choice is None:
            raise Http404
        award = Award.objects.visible_to(viewer).to(viewer).filter(uuid=uuid).first()
        if award is None:
            raise Http404
        full = choice(award, viewer) is False and request.POST["choice"] == "pin"
        if full:
            return HttpResponseRedirect(f"{reverse('badger:showcase')}?said=full")
        return HttpResponseRedirect(self._back(request))

    def _back(self, request: HttpRequest) -> str:
        asked = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
        return asked if safe else reverse("badger:showcase")
