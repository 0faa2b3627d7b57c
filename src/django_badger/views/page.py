"""What all pages have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.paginator import Page as PageOfRows
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from django_badger import sections
from django_badger.conf import settings
from django_badger.contexts import Link, Page, Paging
from django_badger.models import Badge, Tag
from django_badger.parts.feeds import PUBLIC, public
from django_badger.parts.people import viewer_of
from django_badger.people import found_at


class PageView(View):
    """A page: ``page()`` reads what is shown, ``template_name`` draws it.

    ``name`` is the page's name in addresses and for sections.
    """

    name: ClassVar[str]
    template_name: ClassVar[str]

    def get(self, request: HttpRequest, **asked: Any) -> HttpResponse:
        """Show the page."""
        refuse_nul(asked)
        page = self.page(request, **asked)
        page = replace(page, badge_sections=sections.render(self.name, request, page))
        return render(request, self.template_name, page.variables(), using=settings.template_engine)

    @abstractmethod
    def page(self, request: HttpRequest, **asked: Any) -> Page:
        """Return what the page shows. Raises ``Http404`` where there is nothing that the reader may see."""

    def menu(self, request: HttpRequest) -> Sequence[Link]:
        """Return the links to the main pages."""
        viewer = viewer_of(request)
        names = {"badge_list": _("Badges"), "award_list": _("Latest awards")}
        if viewer is not None and viewer.is_authenticated:
            names["me"] = _("My badges")
        links = [(text, reverse(f"badger:{name}")) for name, text in names.items()]
        return [Link(text=text, url=url, current=url == request.path) for text, url in links]


def refuse_nul(asked: dict[str, Any]) -> None:
    """Raise ``Http404`` where an address has the character NUL: no name holds it, and PostgreSQL takes no such question."""
    if any("\x00" in str(value) for value in asked.values()):
        raise Http404


def badge_or_404(viewer: Any, slug: str) -> Badge:
    """Return the badge with exactly this slug, with its tags, if ``viewer`` may see it. Raises ``Http404``."""
    found = Badge.objects.visible_to(viewer).filter(slug=slug).prefetch_related("tags")
    found = found.annotate(**{PUBLIC: public("pk")})
    exact = [badge for badge in found if badge.slug == slug]  # some databases take one letter for another
    if not exact:
        raise Http404
    return exact[0]


def tag_or_404(viewer: Any, slug: str) -> Tag:
    """Return the tag with this slug, if ``viewer`` may see a badge that has it. Raises ``Http404``."""
    tags = Tag.objects.filter(slug=slug, badges__in=Badge.objects.visible_to(viewer))
    tag = tags.annotate(**{PUBLIC: public("tags")}).first()
    if tag is None:
        raise Http404
    return tag


def person_or_404(text: str) -> Any:
    """Return the user whose address ends in this. Raises ``Http404`` where nobody's does."""
    user = found_at(text)
    if user is None:
        raise Http404
    return user


def address(request: HttpRequest, **asked: Any) -> str:
    """Return the address of this page with other parameters; empty ones are left out."""
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"{request.path}?{given}" if given else request.path


def paging_of(request: HttpRequest, rows: PageOfRows[Any], **asked: Any) -> Paging:
    """Return where one is in a list with numbered pages; ``asked`` are the parameters to keep."""
    before = rows.previous_page_number() if rows.has_previous() else None
    after = rows.next_page_number() if rows.has_next() else None
    return Paging(
        number=rows.number, count=rows.paginator.num_pages,
        previous_url=address(request, **asked, page=before) if before else "",
        next_url=address(request, **asked, page=after) if after else "",
    )  # fmt: skip
