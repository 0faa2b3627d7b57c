"""The doors through which a badge can be earned from now on, or no more.

Whoever comes second is told so: each door changes the row only where it still stands as expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import policies, signals, wording
from django_badger._engine.aliases import award_alias
from django_badger._engine.committed import once_committed
from django_badger._engine.failing import failed
from django_badger.models import Badge
from django_badger.results import Refused

__all__ = ["Disabled", "Published", "disable", "publish"]


@dataclass(frozen=True)
class Published:
    """The badge can be earned from now on."""

    badge: Badge

    def __bool__(self) -> Literal[True]:
        """Something was changed."""
        return True

    @property
    def text(self) -> str:
        """Say so."""
        return _("“%(badge)s” can be earned from now on.") % {"badge": wording.title(self.badge)}


@dataclass(frozen=True)
class Disabled:
    """The badge cannot be earned any more; who holds it keeps it."""

    badge: Badge

    def __bool__(self) -> Literal[True]:
        """Something was changed."""
        return True

    @property
    def text(self) -> str:
        """Say so."""
        return _("“%(badge)s” cannot be earned any more.") % {"badge": wording.title(self.badge)}


def publish(badge: Badge, *, by: Any = None) -> Published | Refused:
    """Let a draft or disabled badge be earned from now on. ``by`` is who says so; None is the site itself."""
    if not _may(by, badge):
        return Refused(_("You may not publish this badge."))
    now = timezone.now()
    was = [Badge.Status.DRAFT, Badge.Status.DISABLED]
    first = Coalesce("published_at", now)
    if not _rows(badge, was).update(status=Badge.Status.PUBLISHED, published_at=first, updated_at=now):
        words = _("“%(badge)s” was not published: it is published already, or its declaration is gone.")
        return Refused(words % {"badge": wording.title(badge)})
    badge.status, badge.published_at, badge.updated_at = Badge.Status.PUBLISHED, badge.published_at or now, now
    once_committed(_tell, badge)
    return Published(badge)


def disable(badge: Badge, *, by: Any = None) -> Disabled | Refused:
    """Let a published badge be earned no more; its awards stay. ``by`` is who says so; None is the site itself."""
    if not _may(by, badge):
        return Refused(_("You may not disable this badge."))
    now = timezone.now()
    if not _rows(badge, [Badge.Status.PUBLISHED]).update(status=Badge.Status.DISABLED, updated_at=now):
        words = _("“%(badge)s” was not disabled: only a published badge can be.")
        return Refused(words % {"badge": wording.title(badge)})
    badge.status, badge.updated_at = Badge.Status.DISABLED, now
    return Disabled(badge)


def _may(by: Any, badge: Badge) -> bool:
    return by is None or policies.allowed(by, "badger.change_badge", badge)


def _rows(badge: Badge, was: list[Badge.Status]) -> Any:
    return Badge.objects.using(award_alias()).filter(pk=badge.pk, status__in=was)


def _tell(badge: Badge) -> None:
    for _receiver, error in signals.badge_published.send_robust(sender=Badge, badge=badge):
        if isinstance(error, Exception):
            failed("a receiver", error, slug=badge.slug)
