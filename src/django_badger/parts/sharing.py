"""What other sites show of a page that is linked there."""

from __future__ import annotations

from django.http import HttpRequest

from django_badger.contexts import BadgeCard, Picture, Share


def share_of(request: HttpRequest, card: BadgeCard, *, title: str = "", description: str = "") -> Share:
    """Return what is shown of the page that was asked for, which is about this badge."""
    return Share(
        title=title or card.title, description=description or card.description,
        url=request.build_absolute_uri(request.path), image=picture_address(request, card.picture),
        image_alt=card.picture.alt,
    )  # fmt: skip


def picture_address(request: HttpRequest, picture: Picture) -> str:
    """Return the whole address of a badge's picture."""
    return request.build_absolute_uri(picture.url)
