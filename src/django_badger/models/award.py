"""One badge given to one person."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_badger.models.badge import Badge
from django_badger.models.run import Run
from django_badger.models.showcase import Showcase

award_uuid = uuid.uuid4


_IN_NO_LIST = Q(hidden=True) | Q(unlisted=True)


def _not_kept_back(choice: Q) -> Any:
    """Return the condition that neither an award is hidden nor its holder's showcase is one of these."""
    return Q(hidden=False) & ~Exists(Showcase.objects.filter(choice, user=OuterRef("recipient")))


class AwardQuerySet(models.QuerySet["Award"]):
    """Awards, and who may see which."""

    def standing(self) -> Self:
        """Return the awards that are held today: neither ended nor expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), ended="")

    def visible_to(self, viewer: Any) -> Self:
        """Return what ``viewer`` (a user, anonymous too, or None) may see: the one door to awards for every page.

        Standing awards of badges that the viewer may see, without those that others keep to themselves.
        """
        return self._shown_to(viewer, without=Q(hidden=True))

    def listed_to(self, viewer: Any) -> Self:
        """Return what ``viewer`` may see in a list of several people: without those who want to be in none."""
        return self._shown_to(viewer, without=_IN_NO_LIST)

    def shown(self) -> Self:
        """Return the standing awards that are in lists, whatever their badge: for numbers, not for naming anybody."""
        return self.standing().filter(_not_kept_back(_IN_NO_LIST))

    def _shown_to(self, viewer: Any, *, without: Q) -> Self:
        shown = _not_kept_back(without)
        if viewer is not None and viewer.is_authenticated:
            shown |= Q(recipient=viewer)
        # EXISTS, not IN: SQLite would go through all badges for IN, one by one, and sort what it finds.
        return self.standing().filter(shown, Exists(Badge.objects.visible_to(viewer).filter(pk=OuterRef("badge"))))

    def to(self, user: Any) -> Self:
        """Return the awards of this person."""
        return self.filter(recipient=user)

    def of(self, badge: Any) -> Self:
        """Return the awards of this badge (a row, a declaration or a slug)."""
        if isinstance(badge, Badge):
            return self.filter(badge=badge)
        return self.filter(badge__slug=getattr(badge, "slug", badge))

    def by_earlier_rules(self) -> Self:
        """Return the awards that an earlier version of their badge's rule has brought, of badges that code declares.

        Where an award does not say which version that was, it goes by when the change was noted.
        """
        noted = F("badge__rule_version")
        silent = Case(When(awarded_at__lt=F("badge__rule_changed_at"), then=Value("")), default=noted)
        version = Coalesce(Left(KT("evidence__rule"), 64), silent)  # read once: reading JSON is what this costs
        brought = self.filter(route=Award.Route.RULE, badge__rule_changed_at__isnull=False)
        return brought.filter(~Exact(version, noted))

    def newest_first(self) -> Self:
        """Return them with the newest first, in an order that an index gives."""
        return self.order_by("-awarded_at", "-id")

    def with_badges(self) -> Self:
        """Return them with badge and people, in the same query."""
        return self.select_related("badge", "recipient", "awarded_by")


class Award(models.Model):
    """One badge given to one person.

    ``slot`` is what the database keeps unique: the occasion while the award stands and after a person revoked it,
    so no machine gives it again; ``occasion#uuid`` once it is freed (lapsed, retracted, awarded again by a person),
    and from the start for repeatable badges without an occasion.
    """

    class Route(models.TextChoices):
        """By which road an award came."""

        RULE = "rule", _("rule")
        HAND = "hand", _("by hand")
        CLAIM = "claim", _("claim")
        NOMINATION = "nomination", _("nomination")
        REVIEW = "review", _("review")
        API = "api", _("API")
        IMPORT = "import", _("import")

    class Ended(models.TextChoices):
        """Why an award does not stand any more."""

        REVOKED = "revoked", _("revoked")
        LAPSED = "lapsed", _("lapsed")
        RETRACTED = "retracted", _("retracted")

    uuid = models.UUIDField(_("public id"), default=award_uuid, unique=True, editable=False)
    badge = models.ForeignKey(Badge, models.PROTECT, db_index=False, related_name="awards", verbose_name=_("badge"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="badger_awards",
        verbose_name=_("recipient"),
    )  # fmt: skip
    occasion = models.CharField(_("occasion"), max_length=100, blank=True)
    slot = models.CharField(max_length=140, blank=True, editable=False)
    route = models.CharField(_("route"), max_length=10, choices=Route, default=Route.RULE)
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("awarded by"),
    )  # fmt: skip
    reason = models.TextField(_("reason"), blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    earned_at = models.DateTimeField(_("earned at"), default=timezone.now)
    awarded_at = models.DateTimeField(_("awarded at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    lapses_at = models.DateTimeField(
        _("lapses at"), null=True, blank=True, help_text=_("Its rule is no longer true: its grace ends then.")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended = models.CharField(_("ended"), max_length=10, choices=Ended, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("revoked by"),
    )  # fmt: skip
    revoked_reason = models.TextField(_("reason of revocation"), blank=True)
    hidden = models.BooleanField(_("hidden"), default=False)
    pinned = models.PositiveSmallIntegerField(
        _("pinned"), null=True, blank=True, help_text=_("Its place among the awards that its holder shows first.")
    )
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    announced_at = models.DateTimeField(_("announced at"), null=True, blank=True, db_index=True)
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="awards", verbose_name=_("run"))
    ended_in = models.ForeignKey(
        Run, models.SET_NULL, null=True, blank=True, editable=False, db_index=False, related_name="ended",
        verbose_name=_("ended in run"),
    )  # fmt: skip

    objects = AwardQuerySet.as_manager()

    class Meta:
        """Awards: at most one a badge, person and slot, on every database."""

        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = (models.UniqueConstraint(fields=["badge", "recipient", "slot"], name="badger_award_once"),)
        indexes = (
            models.Index(fields=["recipient", "awarded_at", "id"], name="badger_award_person"),
            models.Index(fields=["badge", "awarded_at", "id"], name="badger_award_badge"),
            models.Index(fields=["awarded_at", "id"], name="badger_award_recent"),
        )

    def __str__(self) -> str:
        """Return which badge it is, without a query of its own."""
        return str(self.uuid)

    @property
    def stands(self) -> bool:
        """Whether it is held today."""
        return not self.ended and (self.expires_at is None or self.expires_at > timezone.now())

    @property
    def freed_slot(self) -> str:
        """What its slot becomes when the occasion may be filled again."""
        return f"{self.occasion}#{self.uuid}"
