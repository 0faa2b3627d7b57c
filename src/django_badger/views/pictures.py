"""The picture of a badge at an address of its own: for sites that show a linked page, and for mail."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.generic import View

from django_badger import pictures
from django_badger.models import Badge
from django_badger.parts.people import viewer_of
from django_badger.views.page import badge_or_404, refuse_nul

#: For how many seconds a picture may be kept without asking again, and is kept here.
MAX_AGE = 3600


class BadgePicture(View):
    """A badge's picture as PNG, 512 pixels a side: uploaded, named by code, or drawn."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **asked: Any) -> HttpResponseBase:
        """Answer with the picture, or with 304 where the reader has it already. Raises ``Http404`` as the badge's page."""
        refuse_nul(asked)
        badge = badge_or_404(viewer_of(request), asked["slug"])
        version = version_of(badge)
        name = f"badger.picture.{version}"
        response = HttpResponse(cache.get_or_set(name, lambda: pictures.png(badge), MAX_AGE), content_type="image/png")
        response["ETag"] = quote_etag(version)
        seen_by_all = Badge.objects.visible_to(None).filter(pk=badge.pk).exists()
        patch_cache_control(response, **{"public" if seen_by_all else "private": True}, max_age=MAX_AGE)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response


def version_of(badge: Badge) -> str:
    """Return a digest of what the picture is made of."""
    made_of = (badge.image.name, pictures.static_path(badge), pictures.medal_of(badge))
    return blake2b(repr(made_of).encode(), digest_size=16).hexdigest()
