"""What people write into the guestbook."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions to the guestbook."""

    def readable_by(self, reader: Any) -> Self:
        """Return the public entries, and the reader's own."""
        return self.filter(Q(is_public=True) | Q(author=reader.pk) if reader.is_authenticated else Q(is_public=True))

    def newest_first(self) -> Self:
        """Return them with their authors, the newest first."""
        return self.select_related("author").order_by("-created_at", "-pk")

    def top_authors(self, limit: int) -> models.QuerySet[Entry, Any]:
        """Return the keys of the people who wrote most; among equals, of those with the lowest key."""
        busiest = self.values("author").annotate(written=Count("pk")).order_by("-written", "author")
        return busiest.values_list("author", flat=True)[:limit]


class Entry(models.Model):
    """A line in the guestbook."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="entries", verbose_name=_("author")
    )
    message = models.TextField(_("message"), max_length=2000)
    word_count = models.PositiveIntegerField(_("words"), default=0, editable=False)
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Everybody can read it."))
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False, db_index=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        """Entries."""

        verbose_name = _("entry")
        verbose_name_plural = _("entries")

    def __str__(self) -> str:
        """Return how it begins."""
        return self.message[:40]

    def get_absolute_url(self) -> str:
        """Return where it can be read: the guestbook, whose newest entries come first."""
        return reverse("guestbook:entries")
