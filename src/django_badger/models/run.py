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
        UNDOING = "undoing", _("being undone")
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
    options = models.JSONField(_("options"), default=dict, blank=True)
    people = models.PositiveBigIntegerField(_("people"), default=0)
    looked_at = models.PositiveBigIntegerField(_("looked at"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    lapsed = models.PositiveIntegerField(_("lapsed"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    notify = models.CharField(_("notify"), max_length=6, choices=Notify, default=Notify.NONE)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    retracted = models.PositiveIntegerField(_("retracted"), default=0)
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

    @property
    def percent(self) -> int:
        """How many percent of the people it has looked at; 100 only when it is over."""
        over = self.status in {self.Status.FINISHED, self.Status.UNDOING, self.Status.UNDONE}
        return 100 if over else min(99, int(self.looked_at * 100 / max(1, self.people)))


class RunRange(models.Model):
    """A part of a run, done in one transaction by whoever takes it: some people, from one key to another.

    ``first`` and ``last`` are the texts of keys (both belong to it); of an import they are numbers of lines.
    """

    run = models.ForeignKey(Run, models.CASCADE, db_index=False, related_name="ranges", verbose_name=_("run"))
    number = models.PositiveIntegerField(_("number"))
    first = models.CharField(_("first"), max_length=255)
    last = models.CharField(_("last"), max_length=255)
    looked_at = models.PositiveIntegerField(_("looked at"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    lapsed = models.PositiveIntegerField(_("lapsed"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        """Ranges: each number once a run, so that two who cut the next one cut the same."""

        verbose_name = _("range of a run")
        verbose_name_plural = _("ranges of runs")
        constraints = (models.UniqueConstraint(fields=["run", "number"], name="badger_range_once"),)

    def __str__(self) -> str:
        """Return whom it is about."""
        return f"{self.first} … {self.last}"
