"""Runs: one bulk act each, logged."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One bulk act: a backfill (adds only), a reconcile (adds and lapses) or an import."""

    class Kind(models.TextChoices):
        """What a run does."""

        BACKFILL = "backfill", _("backfill")
        RECONCILE = "reconcile", _("reconcile")
        IMPORT = "import", _("import")

    class Status(models.TextChoices):
        """How far a run is."""

        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        UNDONE = "undone", _("undone")

    class Notify(models.TextChoices):
        """Who is told of what a run awards."""

        NONE = "none", _("nobody")
        DIGEST = "digest", _("one message each person")
        EACH = "each", _("one message each award")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    badge = models.ForeignKey(
        "badger.Badge", models.CASCADE, null=True, blank=True, related_name="runs", verbose_name=_("badge")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RUNNING)
    cursor = models.CharField(_("cursor"), max_length=255, blank=True)
    added = models.PositiveIntegerField(_("added"), default=0)
    lapsed = models.PositiveIntegerField(_("lapsed"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    notify = models.CharField(_("notify"), max_length=6, choices=Notify, default=Notify.NONE)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        """Runs."""

        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        """Return what it is, for the admin."""
        return f"{self.get_kind_display()} {self.pk}"
