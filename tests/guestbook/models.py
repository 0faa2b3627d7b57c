"""What people write into the guestbook."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count
from django.utils import timezone


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions to the guestbook."""

    def top_authors(self, limit: int) -> models.QuerySet[Entry, Any]:
        """Give the keys of the people who wrote most; among equals, of those with the lowest key."""
        busiest = self.values("author").annotate(written=Count("pk")).order_by("-written", "author")
        return busiest.values_list("author", flat=True)[:limit]


class Entry(models.Model):
    """A line in the guestbook."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="entries")
    message = models.TextField()
    word_count = models.PositiveIntegerField(default=0)
    is_public = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.message[:40]
