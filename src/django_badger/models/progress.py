"""Progress that the host reports itself. Progress of rules that read data is derived, never stored."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_badger.models.badge import Badge


class Progress(models.Model):
    """How far one person is with one badge."""

    badge = models.ForeignKey(
        Badge, models.CASCADE, db_index=False, related_name="progress_of_people", verbose_name=_("badge")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="badger_progress", verbose_name=_("user")
    )
    current = models.DecimalField(_("current"), max_digits=20, decimal_places=6, default=0)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        """Progress: one counter a badge and person."""

        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = (models.UniqueConstraint(fields=["badge", "user"], name="badger_progress_once"),)

    def __str__(self) -> str:
        """Return the number."""
        return f"{self.current:f}"


class ProgressKey(models.Model):
    """A key of the host's that was counted already: the same key counts once."""

    progress = models.ForeignKey(Progress, models.CASCADE, db_index=False, related_name="keys")
    key = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Keys: each once a counter."""

        constraints = (models.UniqueConstraint(fields=["progress", "key"], name="badger_progress_key_once"),)

    def __str__(self) -> str:
        """Return the key."""
        return self.key
