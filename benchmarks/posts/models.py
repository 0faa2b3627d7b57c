"""What people write."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Post(models.Model):
    """One post of one person."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    is_public = models.BooleanField(default=True)
    words = models.PositiveIntegerField(default=100)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Nothing but the index of the foreign key: as a host has it that never thought of badges."""

        default_permissions: ClassVar[tuple[str, ...]] = ()
