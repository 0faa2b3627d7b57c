"""The pages of people: somebody's badges, and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from django_badger.awarding import next_badges
from django_badger.conf import settings
from django_badger.contexts import BadgeCard, PersonPage
from django_badger.models import Award
from django_badger.parts.awards import badges_in, by_badge, collapsed
from django_badger.parts.badges import card_of, open_state
from django_badger.parts.feeds import feeds_of_person
from django_badger.parts.people import person_of, viewer_of
from django_badger.parts.rendered import may_see_progress
from django_badger.views.page import PageView, paging_of, person_or_404

#: How many badges that come next a person's page shows.
NEXT = 6


class PersonDetail(PageView):
    """One person's badges; with what comes next, for themself and for those who manage badges."""

    name = "person"
    template_name = "badger/person.html"

    def page(self, request: HttpRequest, **asked: Any) -> PersonPage:
        """Return the person's badges. Raises ``Http404`` where nobody has this address."""
        return self.page_of(request, person_or_404(asked["person"]))

    def page_of(self, request: HttpRequest, user: Any) -> PersonPage:
        """Return the badges of ``user``, as far as the reader may see them."""
        viewer = viewer_of(request)
        awards = Award.objects.visible_to(viewer).to(user)
        paginator = Paginator(by_badge(awards), settings.page_size)
        paginator.count = badges_in(awards)
        shown = paginator.get_page(request.GET.get("page"))
        person, is_own = person_of(user), viewer == user
        theirs = _("Badges of %(person)s") % {"person": person.name}
        return PersonPage(
            heading=_("My badges") if is_own else theirs, feeds=feeds_of_person(user, theirs) if person.url else (),
            badge_menu=self.menu(request), person=person, is_own=is_own, rows=collapsed(shown.object_list),
            count=paginator.count, paging=paging_of(request, shown), next_cards=self._next(viewer, user),
            showcase_url=reverse("badger:showcase") if is_own else "",
        )  # fmt: skip

    def _next(self, viewer: Any, user: Any) -> Sequence[BadgeCard]:
        if not may_see_progress(viewer, user):
            return ()
        return [card_of(one.badge, open_state(one.percent)) for one in next_badges(user, limit=NEXT)]


class Me(PersonDetail):
    """The reader's own badges; visitors are asked to sign in."""

    name = "person"

    def get(self, request: HttpRequest, **asked: Any) -> HttpResponse:
        """Show the page, or the way to it."""
        viewer = viewer_of(request)
        if viewer is None or not viewer.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().get(request, **asked)

    def page(self, request: HttpRequest, **asked: Any) -> PersonPage:
        """Return the reader's own badges."""
        return self.page_of(request, viewer_of(request))
