"""The pages of badges: the list, and one badge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_badger import policies, wording
from django_badger.awarding import explain_many
from django_badger.conf import settings
from django_badger.contexts import BadgeDetailPage, BadgeListPage, Health, Link, State
from django_badger.models import Award, AwardQuerySet, Badge, Tag
from django_badger.parts.awards import one_a_person, rows_of
from django_badger.parts.badges import badge_url, card_of, cards_of, earned_state, open_state, reason_of, tag_link
from django_badger.parts.feeds import feeds_at, feeds_of_badge, feeds_of_tag
from django_badger.parts.people import moment_of, number_text, viewer_of
from django_badger.verdicts import ONE, Explanation
from django_badger.views.page import PageView, address, badge_or_404, paging_of, tag_or_404

#: The longest text that is searched for.
LONGEST = 200
#: How many tags the list offers.
TAGS = 50
#: How many holders a badge's page shows, and up to how many they are counted.
HOLDERS = 12
COUNTED = 10_000


class BadgeList(PageView):
    """The badges: all, or those of one tag; searched with ``?q=``, narrowed down with ``?status=``."""

    name = "badge_list"
    template_name = "badger/badge_list.html"

    def page(self, request: HttpRequest, **asked: Any) -> BadgeListPage:
        """Return the badges that were asked for."""
        viewer, slug = viewer_of(request), asked.get("slug", "")
        query = " ".join(request.GET.get("q", "").replace("\x00", "")[:LONGEST].split())
        found = Badge.objects.visible_to(viewer).search(query)
        tag = tag_or_404(viewer, slug) if slug else None
        if tag is not None:
            found = found.filter(tags=tag)
        counts: dict[str, int] = dict(found.order_by().values_list("status").annotate(Count("pk")))
        status, notice = self._status(request.GET.get("status", ""), viewer, counts)
        rows = (found.filter(status=status) if status else found).order_by("title", "pk").prefetch_related("tags")
        paginator = Paginator(rows, settings.page_size)
        paginator.count = counts.get(status, 0) if status else sum(counts.values())
        shown = paginator.get_page(request.GET.get("page"))
        heading = _("Badges: %(tag)s") % {"tag": tag.name} if tag else _("Badges")
        return BadgeListPage(
            heading=heading, badge_menu=self.menu(request),
            feeds=feeds_of_tag(tag, heading) if tag else feeds_at("feed_of_badges", heading),
            cards=cards_of(shown.object_list, viewer), count=paginator.count, query=query, status=status, notice=notice,
            statuses=self._statuses(request, counts, query, status), tags=self._tags(viewer, slug),
            paging=paging_of(request, shown, q=query, status=status),
        )  # fmt: skip

    def _tags(self, viewer: Any, current: str) -> Sequence[Link]:
        tags = Tag.objects.filter(badges__in=Badge.objects.visible_to(viewer)).distinct().order_by("name", "pk")
        return [tag_link(tag, current=current) for tag in tags[:TAGS]]

    def _status(self, asked: str, viewer: Any, counts: dict[str, int]) -> tuple[str, str]:
        """Return the status to show, and what to say where the reader cannot ask for it."""
        drafts = Badge.Status.DRAFT in counts or policies.may_manage(viewer)
        known = [status for status in Badge.Status.values if drafts or status != Badge.Status.DRAFT]
        if not asked or asked in known:
            return asked, ""
        return "", _("There is no such status, so badges of every status are shown.")

    def _statuses(self, request: HttpRequest, counts: dict[str, int], query: str, current: str) -> Sequence[Link]:
        links = [
            Link(
                text=capfirst(str(Badge.Status(status).label)), count=counts[status], current=status == current,
                url=address(request, q=query, status=status),
            )
            for status in Badge.Status.values
            if status in counts
        ]  # fmt: skip
        everything = Link(
            text=_("All"), url=address(request, q=query), current=not current, count=sum(counts.values())
        )  # fmt: skip
        return [everything, *links] if len(links) > 1 or current else []


class BadgeDetail(PageView):
    """One badge: what it takes, how far the reader is, and who has it."""

    name = "badge_detail"
    template_name = "badger/badge_detail.html"

    def page(self, request: HttpRequest, **asked: Any) -> BadgeDetailPage:
        """Return the badge, if the reader may see it."""
        viewer = viewer_of(request)
        badge = badge_or_404(viewer, asked["slug"])
        awards = Award.objects.visible_to(viewer).of(badge).newest_first()
        signed_in = viewer is not None and viewer.is_authenticated
        own = list(awards.to(viewer).with_badges()[:HOLDERS]) if signed_in else []
        explained = explain_many([badge], viewer).get(badge.pk) if signed_in and badge.is_published else None
        holders = one_a_person(awards.with_badges()[: HOLDERS * 2], limit=HOLDERS)
        card = card_of(badge, self._state(own, explained))
        return BadgeDetailPage(
            heading=card.title, badge_menu=self.menu(request), card=card, criteria=wording.criteria(badge),
            series=self._series(badge, viewer), own_awards=rows_of(own),
            reason=reason_of(explained) if explained and self._tells(own, explained) else None, holders=rows_of(holders),
            holder_count=self._holder_count(awards), health=self._health(badge, viewer),
            awards_url=reverse("badger:award_list_of_badge", kwargs={"slug": badge.slug}),
            feeds=feeds_of_badge(badge, card.title),
        )  # fmt: skip

    def _state(self, own: Sequence[Award], explained: Explanation | None) -> State:
        if own:
            return earned_state(own[0].earned_at, len(own))
        return open_state(explained.percent) if explained else State()

    def _tells(self, own: Sequence[Award], explained: Explanation) -> bool:
        """Whether the explanation says more than the criteria, and fits: what is held may rest on what is true no more."""
        says_more = explained.holds or explained.parts or explained.goal != ONE
        fits = not own or explained.holds or own[0].occasion
        return bool(says_more and fits)

    def _series(self, badge: Badge, viewer: Any) -> Sequence[Link]:
        if not badge.series:
            return ()
        siblings = Badge.objects.visible_to(viewer).filter(series=badge.series).order_by("pk")
        return [Link(text=wording.title(one), url=badge_url(one), current=one == badge) for one in siblings]

    def _holder_count(self, awards: AwardQuerySet) -> str:
        number = awards.order_by().values("recipient").distinct()[: COUNTED + 1].count()
        if number > COUNTED:
            return _("More than %(count)s people have it.") % {"count": number_text(COUNTED)}
        words = ngettext("%(count)s person has it.", "%(count)s people have it.", number)
        return words % {"count": number_text(number)}

    def _health(self, badge: Badge, viewer: Any) -> Health | None:
        if not badge.errors or not policies.may_manage(viewer):
            return None
        at = moment_of(badge.last_error_at) if badge.last_error_at else None
        return Health(errors=badge.errors, text=badge.last_error, at=at)
