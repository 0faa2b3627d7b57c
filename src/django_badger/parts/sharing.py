"""What other sites show of a page that is linked there."""

from __future__ import annotations

from django.http import HttpRequest

from django_badger.contexts import BadgeCard, Share
from django_badger.parts.badges import picture_url


def share_of(request: HttpRequest, card: BadgeCard, *, title: str = "", description: str = "") -> Share:
    """Return what is shown of the page that was asked for, which is about this badge."""
    return Share(
        title=title or card.title, description=description or card.description,
        url=request.build_absolute_uri(request.path), image=request.build_absolute_uri(picture_url(card.badge)),
        image_alt=card.picture.alt,
    )  # fmt: skip
