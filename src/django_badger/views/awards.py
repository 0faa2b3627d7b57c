"""The pages of awards: the newest of everybody, those of one badge, and one award."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from django_badger.contexts import AwardDetailPage, AwardListPage, BadgeAwardsPage
from django_badger.models import Award
from django_badger.parts.awards import evidence_of, route_of, row_of, rows_of
from django_badger.parts.badges import card_of
from django_badger.parts.feeds import feeds_at, feeds_of_badge
from django_badger.parts.people import moment_of, viewer_of
from django_badger.parts.sharing import share_of
from django_badger.views.cursors import page_of_awards
from django_badger.views.page import PageView, badge_or_404

#: How many other awards of the same badge and person an award's page names.
OTHERS = 12


class AwardList(PageView):
    """The awards of everybody, the newest first."""

    name = "award_list"
    template_name = "badger/award_list.html"

    def page(self, request: HttpRequest, **asked: Any) -> AwardListPage:
        """Return one page of them."""
        awards, older = page_of_awards(request, Award.objects.listed_to(viewer_of(request)))
        heading = _("Latest awards")
        return AwardListPage(
            heading=heading, badge_menu=self.menu(request), rows=rows_of(awards), older=older,
            feeds=feeds_at("feed_of_awards", heading),
        )  # fmt: skip


class BadgeAwards(PageView):
    """The awards of one badge, the newest first."""

    name = "award_list_of_badge"
    template_name = "badger/award_list_of_badge.html"

    def page(self, request: HttpRequest, **asked: Any) -> BadgeAwardsPage:
        """Return one page of them, if the reader may see the badge."""
        viewer = viewer_of(request)
        badge = badge_or_404(viewer, asked["slug"])
        awards, older = page_of_awards(request, Award.objects.listed_to(viewer).of(badge))
        card = card_of(badge)
        heading = _("Who has “%(badge)s”") % {"badge": card.title}
        return BadgeAwardsPage(
            heading=heading, badge_menu=self.menu(request), card=card, rows=rows_of(awards), older=older,
            feeds=feeds_of_badge(badge, heading),
        )  # fmt: skip


class AwardDetail(PageView):
    """One award: who, when, by whom and why."""

    name = "award_detail"
    template_name = "badger/award_detail.html"

    def page(self, request: HttpRequest, **asked: Any) -> AwardDetailPage:
        """Return the award, if it stands and the reader may see it."""
        viewer = viewer_of(request)
        awards = Award.objects.visible_to(viewer).with_badges()
        award = awards.filter(uuid=asked["uuid"]).first()
        if award is None:
            raise Http404
        others = awards.of(award.badge).to(award.recipient).exclude(pk=award.pk).newest_first()[:OTHERS]
        row, card = row_of(award, own=award.recipient == viewer), card_of(award.badge)
        words = {"person": row.recipient.name, "badge": row.title}
        return AwardDetailPage(
            heading=row.title, badge_menu=self.menu(request), row=row, description=card.description,
            route=route_of(award), reason=award.reason, evidence=evidence_of(award), hidden=award.hidden,
            occasion=award.occasion.rpartition(":")[2], others=rows_of(others),
            expires=moment_of(award.expires_at) if award.expires_at else None,
            lapses=moment_of(award.lapses_at) if award.lapses_at else None,
            share=share_of(
                request, card, title=_("%(person)s earned “%(badge)s”") % words, description=award.reason
            ),
        )  # fmt: skip
