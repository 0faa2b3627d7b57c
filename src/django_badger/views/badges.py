"""The pages of badges: the list, and one badge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Case, Count, Value, When
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_badger import policies, wording
from django_badger.conf import settings
from django_badger.contexts import BadgeDetailPage, BadgeListPage, Health, Link, Step
from django_badger.models import Award, Badge, BadgeQuerySet, Tag
from django_badger.parts.awards import one_a_person, rows_of
from django_badger.parts.badges import card_of, cards_of, period_of, reason_of, tag_link
from django_badger.parts.feeds import PUBLIC, feeds_at, feeds_of_badge, feeds_of_tag, public
from django_badger.parts.people import moment_of, number_text, viewer_of
from django_badger.parts.sharing import share_of
from django_badger.parts.standing import Held, how_with, state_with
from django_badger.rarity import number_of_holders, rarity_in_words
from django_badger.verdicts import ONE, Explanation
from django_badger.views.page import PageView, address, badge_or_404, paging_of

#: The longest text that is searched for.
LONGEST = 200
#: How many tags the list offers.
TAGS = 50
#: How many holders a badge's page shows.
HOLDERS = 12
#: How many badges of its series a badge's page shows.
STEPS = 12


class BadgeList(PageView):
    """The badges: all, or those of one tag; searched with ``?q=``, narrowed down with ``?status=`` and ``?series=``."""

    name = "badge_list"
    template_name = "badger/badge_list.html"

    def page(self, request: HttpRequest, **asked: Any) -> BadgeListPage:
        """Return the badges that were asked for."""
        viewer, slug = viewer_of(request), asked.get("slug", "")
        query, series = (_typed(request, name) for name in ("q", "series"))
        found = Badge.objects.visible_to(viewer).search(query)
        tags = self._tags(viewer, slug)
        tag = self._tag(tags, slug) if slug else None
        if tag is not None:
            found = found.filter(tags=tag)
        if series:
            found = found.filter(series=series)
        counts, mysteries = self._counts(found, viewer)
        status, notice = self._status(request.GET.get("status", ""), viewer, counts)
        order = ("pk",) if series else ("title", "pk")  # of a series: the easiest first, as it was declared
        rows = (found.filter(status=status) if status else found).order_by(*order).prefetch_related("tags")
        paginator = Paginator(rows, settings.page_size)
        paginator.count = counts.get(status, 0) if status else sum(counts.values())
        shown = paginator.get_page(request.GET.get("page"))
        kept = {"q": query, "series": series}
        whole = not (query or series or tag or status or shown.has_next())
        heading = self._heading(tag, series)
        return BadgeListPage(
            heading=heading, feeds=feeds_of_tag(tag, heading) if tag else feeds_at("feed_of_badges", _("Badges")), badge_menu=self.menu(request), count=paginator.count,
            cards=cards_of(shown.object_list, viewer), query=query, status=status, notice=notice, series=series,
            statuses=self._statuses(request, counts, status, **kept), tags=[tag_link(one, current=slug) for one in tags],
            paging=paging_of(request, shown, **kept, status=status),
            mysteries=mysteries if whole else 0,
        )  # fmt: skip

    def _counts(self, found: BadgeQuerySet, viewer: Any) -> tuple[dict[str, int], int]:
        """Return how many badges there are of each status, and how many mysteries. One query."""
        by_status = found.order_by().values_list("status").annotate(Count("pk"))
        unseen = Badge.objects.mysteries_to(viewer).order_by().annotate(kind=Value("?")).values_list("kind")
        counts: dict[str, int] = dict(by_status.union(unseen.annotate(Count("pk")), all=True).order_by())
        return counts, counts.pop("?", 0)

    def _heading(self, tag: Tag | None, series: str) -> str:
        about = tag.name if tag else series
        return _("Badges: %(about)s") % {"about": about} if about else _("Badges")

    def _tags(self, viewer: Any, current: str) -> Sequence[Tag]:
        """Return the tags of badges that the reader can see, the current one in any case. One query."""
        tags = Tag.objects.filter(badges__in=Badge.objects.visible_to(viewer)).distinct()
        others = Case(When(slug=current, then=Value(0)), default=Value(1))
        found = tags.annotate(badger_others=others, **{PUBLIC: public("tags")}).order_by("badger_others", "name", "pk")
        return sorted(found[:TAGS], key=_by_name)

    def _tag(self, tags: Sequence[Tag], slug: str) -> Tag:
        for tag in tags:
            if tag.slug == slug:
                return tag
        raise Http404

    def _status(self, asked: str, viewer: Any, counts: dict[str, int]) -> tuple[str, str]:
        """Return the status to show, and what to say where the reader cannot ask for it."""
        drafts = Badge.Status.DRAFT in counts or policies.may_manage(viewer)
        known = [status for status in Badge.Status.values if drafts or status != Badge.Status.DRAFT]
        if not asked or asked in known:
            return asked, ""
        return "", _("There is no such status, so badges of every status are shown.")

    def _statuses(self, request: HttpRequest, counts: dict[str, int], current: str, **kept: str) -> Sequence[Link]:
        links = [
            Link(
                text=capfirst(str(Badge.Status(status).label)), count=counts[status], current=status == current,
                url=address(request, **kept, status=status),
            )
            for status in Badge.Status.values
            if status in counts
        ]  # fmt: skip
        everything = Link(
            text=_("All"), url=address(request, **kept), current=not current, count=sum(counts.values())
        )  # fmt: skip
        return [everything, *links] if len(links) > 1 or current else []


def _by_name(tag: Tag) -> tuple[str, int]:
    return tag.name.casefold(), tag.pk


def _typed(request: HttpRequest, name: str) -> str:
    """Return what the reader typed into an address, as one line that every database takes."""
    return " ".join(request.GET.get(name, "").replace("\x00", "")[:LONGEST].split())


class BadgeDetail(PageView):
    """One badge: what it takes, how far the reader is, and who has it."""

    name = "badge_detail"
    template_name = "badger/badge_detail.html"

    def page(self, request: HttpRequest, **asked: Any) -> BadgeDetailPage:
        """Return the badge, if the reader may see it."""
        viewer = viewer_of(request)
        badge = badge_or_404(viewer, asked["slug"])
        siblings = self._siblings(badge, viewer)
        held, explained = how_with(siblings, viewer, tell_of=badge)
        own, told = held.get(badge.pk, []), explained.get(badge.pk)
        awards = Award.objects.listed_to(viewer).of(badge).newest_first()
        holders = one_a_person(awards.with_badges()[: HOLDERS * 2], limit=HOLDERS)
        number = number_of_holders(badge, awards)
        card = card_of(badge, state_with(own, told), rarity=rarity_in_words(number))
        return BadgeDetailPage(
            heading=card.title, badge_menu=self.menu(request), share=share_of(request, card), card=card,
            criteria=wording.criteria(badge), period=period_of(badge), series=self._steps(siblings, held, explained, badge),
            series_url=self._series_url(badge), own_awards=rows_of(own), holders=rows_of(holders),
            reason=reason_of(told) if told and self._tells(own, told) else None,
            holder_count=self._holder_count(number), health=self._health(badge, viewer),
            awards_url=reverse("badger:award_list_of_badge", kwargs={"slug": badge.slug}),
            feeds=feeds_of_badge(badge, card.title),
        )  # fmt: skip

    def _tells(self, own: Sequence[Award], explained: Explanation) -> bool:
        """Whether the explanation says more than the criteria, and fits: what is held may rest on what is true no more."""
        says_more = explained.holds or explained.parts or explained.goal != ONE
        fits = not own or explained.holds or own[0].occasion
        return bool(says_more and fits)

    def _siblings(self, badge: Badge, viewer: Any) -> Sequence[Badge]:
        """Return the badges of its series, the easiest first; the badge alone where it is in none."""
        if not badge.series:
            return [badge]
        return list(Badge.objects.visible_to(viewer).filter(series=badge.series).order_by("pk")[:STEPS])

    def _steps(
        self, siblings: Sequence[Badge], held: Held, explained: Mapping[Any, Explanation], badge: Badge
    ) -> Sequence[Step]:
        if not badge.series:
            return ()
        states = {one.pk: state_with(held.get(one.pk, []), explained.get(one.pk)) for one in siblings}
        return [Step(card=card_of(one, states[one.pk]), current=one == badge) for one in siblings]

    def _series_url(self, badge: Badge) -> str:
        return f"{reverse('badger:badge_list')}?{urlencode({'series': badge.series})}" if badge.series else ""

    def _holder_count(self, number: int) -> str:
        words = ngettext("%(count)s person has it.", "%(count)s people have it.", number)
        return words % {"count": number_text(number)}

    def _health(self, badge: Badge, viewer: Any) -> Health | None:
        if not badge.errors or not policies.may_manage(viewer):
            return None
        at = moment_of(badge.last_error_at) if badge.last_error_at else None
        return Health(errors=badge.errors, text=badge.last_error, at=at)
