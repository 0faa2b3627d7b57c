"""The addresses of feeds. Whoever asks gets what every visitor may see, so that one answer is good for all."""

from __future__ import annotations

from abc import abstractmethod
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import View

from django_badger import wording
from django_badger.feeds.entries import Absolute
from django_badger.feeds.formats import FEEDS, Feed
from django_badger.feeds.streams import (
    Stream,
    entries_of_awards,
    entries_of_badges,
    listed_awards,
    public_awards,
    public_badges,
)
from django_badger.feeds.texts import line
from django_badger.models import Badge
from django_badger.parts.badges import badge_url
from django_badger.parts.people import person_of
from django_badger.views.page import badge_or_404, person_or_404, refuse_nul, tag_or_404

#: For how many seconds a feed may be kept without asking again.
MAX_AGE = 300


class FeedView(View):
    """A feed: ``stream()`` reads what it says, the address names the format."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **asked: Any) -> HttpResponseBase:
        """Answer with the feed, or with 304 where the reader has it already."""
        refuse_nul(asked)
        form = FEEDS.get(asked.pop("format"))
        if form is None:
            raise Http404
        stream = self.stream(request.build_absolute_uri, **asked)
        return answer(request, feed_of(request, stream, form))

    @abstractmethod
    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return what the feed says. Raises ``Http404`` where there is nothing that a visitor may see."""


class FeedOfAwards(FeedView):
    """The awards of everybody."""

    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return the newest."""
        entries = entries_of_awards(listed_awards(), absolute)
        return Stream(title=_("Latest awards"), page=reverse("badger:award_list"), entries=entries)


class FeedOfBadges(FeedView):
    """The badges."""

    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return the newest."""
        entries = entries_of_badges(public_badges(), absolute)
        return Stream(title=_("Badges"), page=reverse("badger:badge_list"), entries=entries)


class FeedOfBadge(FeedView):
    """The awards of one badge."""

    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return the newest, if a visitor may see the badge."""
        badge = badge_or_404(None, asked["slug"])
        entries = entries_of_awards(listed_awards().of(badge), absolute)
        title = _("Who has “%(badge)s”") % {"badge": wording.title(badge)}
        return Stream(title=title, page=badge_url(badge), entries=entries)


class FeedOfPerson(FeedView):
    """The awards of one person."""

    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return the newest."""
        person = person_of(person_or_404(asked["person"]))
        entries = entries_of_awards(public_awards().to(person.user), absolute)
        return Stream(title=_("Badges of %(person)s") % {"person": person.name}, page=person.url, entries=entries)


class FeedOfMaker(FeedView):
    """The badges that one member made. Whoever makes badges for the site is named nowhere."""

    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return the newest."""
        person = person_of(person_or_404(asked["person"]))
        made = public_badges().filter(origin=Badge.Origin.MEMBER, created_by=person.user)
        entries = entries_of_badges(made, absolute)
        return Stream(title=_("Badges by %(person)s") % {"person": person.name}, page=person.url, entries=entries)


class FeedOfTag(FeedView):
    """The awards of badges that have a tag."""

    def stream(self, absolute: Absolute, **asked: Any) -> Stream:
        """Return the newest, if a visitor may see such a badge."""
        tag = tag_or_404(None, asked["slug"])
        entries = entries_of_awards(listed_awards().filter(badge__tags=tag), absolute)
        page = reverse("badger:tag", kwargs={"slug": tag.slug})
        return Stream(title=_("Latest awards: %(tag)s") % {"tag": tag.name}, page=page, entries=entries)


def feed_of(request: HttpRequest, stream: Stream, form: type[Feed]) -> Feed:
    """Return the feed of a stream, in one of the formats and the language of the request."""
    site, title = request.get_host(), line(stream.title)
    here = request.build_absolute_uri(escape_uri_path(request.path))
    feed = form(
        title=title, link=request.build_absolute_uri(stream.page), feed_url=here, feed_guid=here,
        description=_("%(title)s at %(site)s") % {"title": title, "site": site},
        language=get_language() or settings.LANGUAGE_CODE,
        author_name=site, author_link=request.build_absolute_uri(reverse("badger:badge_list")),
    )  # fmt: skip
    feed.add(stream.entries)
    return feed


def answer(request: HttpRequest, feed: Feed) -> HttpResponseBase:
    """Return the feed, or 304 with no body where the reader has just this one already.

    The ETag says so, and no date: an award that is revoked or hidden leaves none behind, so a feed can change and be
    no younger for it.
    """
    body = feed.writeString("utf-8").encode()
    response = HttpResponse(body, content_type=feed.media_type)
    response["ETag"] = quote_etag(blake2b(body, digest_size=16).hexdigest())
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    # The language of a request may come from either of them.
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
