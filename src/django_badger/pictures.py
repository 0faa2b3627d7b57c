"""The picture of a badge as a file, for mail, credentials and whatever else is no page."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError

from django_badger import wording
from django_badger.images import SIDE, Rebuilt, rebuilt
from django_badger.medal import Medal, medal
from django_badger.medal import png as drawn
from django_badger.models import Badge

__all__ = ["png"]

logger = logging.getLogger("django_badger")

#: The largest picture that is made, in pixels a side.
LARGEST = 1024


def png(badge: Badge, *, side: int = SIDE) -> bytes:
    """Return a badge's picture as a square PNG of ``side`` pixels (1 to 1024): the same that pages show.

    The uploaded image, else the static file that code names, else the drawn medal; the medal, too, where the file is
    missing or no picture that can be read. Raises ``ValueError`` for another ``side``.
    """
    if not 1 <= side <= LARGEST:
        msg = f"side={side}: write a number of pixels from 1 to {LARGEST}"
        raise ValueError(msg)
    found = _uploaded(badge) if badge.image else _static(badge)
    return found.sized(side) if found else drawn(medal_of(badge), side=side)


def medal_of(badge: Badge) -> Medal:
    """Return the medal that is drawn where a badge has no image."""
    return medal(badge.slug, wording.title(badge), badge.tier, series=badge.series, icon=_icon(badge.data))


def _icon(data: Any) -> str:
    """Return the icon that a badge's data ask for, whatever else the site keeps there: ``{"icon": "pen"}``."""
    icon = data.get("icon") if isinstance(data, dict) else ""
    return icon if isinstance(icon, str) else ""


def static_path(badge: Badge) -> str:
    """Return the path of the static file that code names as a badge's image; empty where it names none."""
    declared = wording.declaration_of(badge)
    return declared.image if declared else ""


def _uploaded(badge: Badge) -> Rebuilt | None:
    image = badge.image
    try:
        with image.storage.open(str(image.name)) as file:
            return rebuilt(file)
    except Exception:  # whatever a storage far away may raise
        logger.exception("The image of %s cannot be read: its medal is drawn instead.", badge.slug)
        return None


def _static(badge: Badge) -> Rebuilt | None:
    path = static_path(badge)
    if not path or not apps.is_installed("django.contrib.staticfiles"):
        return None
    from django.contrib.staticfiles import finders  # noqa: PLC0415  only where the app is there

    found = finders.find(path)
    try:
        with Path(str(found)).open("rb") as file:
            return rebuilt(file)
    except (OSError, ValidationError):
        logger.warning(
            "The static file %s, the image of %s, cannot be read: its medal is drawn instead.", path, badge.slug
        )
        return None
