"""Every page, filled with everything that it can show: for tests that go through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from django_badger import contexts
from django_badger.models import Badge
from django_badger.testing import happened
from django_badger.views import awards, badges, people, showcase
from guestbook.models import Entry
from tests.web.world import badge, give, manager, noon, person


def png() -> bytes:
    """Draw a picture, as somebody would upload it."""
    from io import BytesIO

    from PIL import Image

    drawn = BytesIO()
    Image.radial_gradient("L").resize((120, 120)).convert("RGB").save(drawn, "PNG")
    return drawn.getvalue()


@dataclass(frozen=True)
class Shown:
    """A page: the view that reads it, its template, and its contract."""

    view: Any
    context: type[contexts.Page]
    address: str

    @property
    def template(self) -> str:
        return str(self.view.template_name)


PAGES = {
    "badge_list": Shown(badges.BadgeList, contexts.BadgeListPage, "/badges/"),
    "tag": Shown(badges.BadgeList, contexts.BadgeListPage, "/badges/tag/words/"),
    "badge_detail": Shown(badges.BadgeDetail, contexts.BadgeDetailPage, "/badges/badge/rich/"),
    "meta_badge": Shown(badges.BadgeDetail, contexts.BadgeDetailPage, "/badges/badge/master-badger/"),
    "tier": Shown(badges.BadgeDetail, contexts.BadgeDetailPage, "/badges/badge/regular-silver/"),
    "award_list_of_badge": Shown(awards.BadgeAwards, contexts.BadgeAwardsPage, "/badges/badge/rich/awards/"),
    "award_list": Shown(awards.AwardList, contexts.AwardListPage, "/badges/awards/"),
    "award_detail": Shown(awards.AwardDetail, contexts.AwardDetailPage, "/badges/award/{award}/"),
    "person": Shown(people.PersonDetail, contexts.PersonPage, "/badges/people/{person}/"),
    "person_without": Shown(people.PersonDetail, contexts.PersonPage, "/badges/people/{manager}/"),
    "me": Shown(people.Me, contexts.PersonPage, "/badges/me/"),
    "showcase": Shown(showcase.ShowcaseDetail, contexts.ShowcasePage, "/badges/me/showcase/"),
}


@dataclass(frozen=True)
class Site:
    """The people of the filled site, and what the addresses need."""

    ada: Any
    bob: Any
    manager: Any
    award: Any

    def address(self, name: str) -> str:
        return PAGES[name].address.format(award=self.award.uuid, person=self.ada.pk, manager=self.manager.pk)

    def viewers(self) -> dict[str, Any]:
        return {"visitor": None, "member": self.bob, "holder": self.ada, "manager": self.manager}


def fill() -> Site:
    """Fill the site: a page of everything has at least one of each thing it can show."""
    ada, bob, boss = person("Ada Lovelace"), person("Bob"), manager()
    with happened():
        for days in range(12):
            at = timezone.now() - timedelta(days=days)
            Entry.objects.create(author=ada, message="…", word_count=10, created_at=at)
        Entry.objects.create(author=bob, message="…", word_count=130, created_at=noon(2026, 3, 3))
    rich = badge(
        "rich", title="The golden spoon", repeatable=True, tags=["words", "kitchen"], series="cutlery", tier="gold",
        description="For the best soup of the year.\nIt has to be hot.", criteria="Cook, and let three people taste it.",
        starts_at=noon(2026), ends_at=noon(2199), errors=2, last_error="ValueError: the soup is cold", last_error_at=noon(2026, 4, 4),
    )  # fmt: skip
    badge("rich-too", title="The silver spoon", series="cutlery", tier="silver", tags=["kitchen"])
    Badge.objects.get(slug="rich-too").prerequisites.add(rich)
    badge("closed", title="Closed at last", status="disabled")
    badge("draft", title="Not ready", status="draft")
    photo = badge("photo", title="Photographer", image_alt="A camera")
    photo.image.save("photo.png", ContentFile(png()))
    award = None
    for number in range(4):
        award = give(
            rich, ada, days_ago=number, slot=f"#{number}", awarded_by=bob, route="hand", reason="The soup was hot.",
            occasion="soup:2026", expires_at=noon(2199), lapses_at=noon(2198), hidden=number == 3, pinned=1 if number == 0 else None,
            evidence={"value": "3", "goal": "3", "links": ["https://example.org/soup"]},
        )  # fmt: skip
    give(rich, bob, slot="#1", occasion="soup:2025", days_ago=30)
    give(photo, bob, days_ago=40)
    return Site(ada, bob, boss, award)


def read_page(name: str, address: str, viewer: Any, **asked: Any) -> contexts.Page | None:
    """Return what the view hands to its template, or None where there is nothing to see."""
    from django.urls import resolve

    request = RequestFactory().get(address, asked)
    request.user = viewer or AnonymousUser()
    try:
        page = PAGES[name].view().page(request, **resolve(address).kwargs)
    except Http404:
        return None
    assert isinstance(page, contexts.Page)
    return page
