"""What other sites show of a page that is linked there."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from django_badger.contexts import BadgeCard, Share


def share_of(request: HttpRequest, card: BadgeCard, *, title: str = "", description: str = "") -> Share:
    """Return what is shown of the page that was asked for, which is about this badge."""
    picture = reverse("badger:badge_picture", kwargs={"slug": card.badge.slug})
    return Share(
        title=title or card.title, description=description or card.description,
        url=request.build_absolute_uri(request.path), image=request.build_absolute_uri(picture),
        image_alt=card.picture.alt,
    )  # fmt: skip
