"""The badge people see."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_badger.image_files import FOLDER, BadgeImageField
from django_badger.models.tag import Tag

#: Extensions that stay, where a site's own code stores an image without the gate.
PICTURES = {"png", "jpg", "jpeg", "webp", "gif", "avif"}


def image_path(_badge: Badge, filename: str) -> str:
    """Return where an image is kept that did not come through the gate: a name of ours, and of theirs what it shows."""
    extension = filename.rpartition(".")[2].lower()
    return f"{FOLDER}{uuid.uuid4().hex}.{extension if extension in PICTURES else 'img'}"


def slug_is_speakable(slug: str) -> None:
    """Refuse a slug that an address cannot carry: nothing but dashes and underscores."""
    if not slug.strip("-_"):
        raise ValidationError(_("A slug needs at least one letter or digit, for example “first-post”."), code="slug")


def standing_awards() -> models.QuerySet[Any]:
    """Return the awards that are held today, as a query: neither ended nor expired."""
    awards: models.Manager[Any] = apps.get_model("badger", "Award")._default_manager
    return awards.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), ended="")


def open_at(at: Any) -> Q:
    """Return the condition that a badge can be earned at a moment: it is published, and within its hours."""
    started = Q(starts_at=None) | Q(starts_at__lte=at)
    return started & (Q(ends_at=None) | Q(ends_at__gt=at)) & Q(status=Badge.Status.PUBLISHED)


class BadgeQuerySet(models.QuerySet["Badge"]):
    """Badges, and who may see which."""

    def visible_to(self, viewer: Any) -> Self:
        """Return what ``viewer`` (a user, anonymous too, or None) may see: the one door to badges for every page.

        Drafts are for their makers and for managers; secret badges for their holders and for managers;
        everything else, disabled badges too, for everybody.
        """
        if viewer is None or not viewer.is_authenticated:
            return self.exclude(status=Badge.Status.DRAFT).filter(secret=False)
        if viewer.has_perm("badger.change_badge"):
            return self
        held = standing_awards().filter(badge=OuterRef("pk"), recipient=viewer)
        mine = Q(created_by=viewer)
        return self.filter(mine | ~Q(status=Badge.Status.DRAFT)).filter(mine | Q(secret=False) | Exists(held))

    def mysteries_to(self, viewer: Any) -> Self:
        """Return the badges of which ``viewer`` may know no more than that there are so many."""
        unseen = ~Q(pk__in=Badge.objects.visible_to(viewer).values("pk"))
        return self.published().filter(unseen, secret=True, mystery=True)

    def published(self) -> Self:
        """Return the badges that are published."""
        return self.filter(status=Badge.Status.PUBLISHED)

    def open_at(self, at: Any) -> Self:
        """Return the badges that can be earned at a moment (or an expression that gives one)."""
        return self.filter(open_at(at))

    def search(self, text: str) -> Self:
        """Return the badges in which every word of ``text`` occurs, in title, description or slug."""
        found = self
        for word in text.replace("\x00", "").split()[:8]:
            found = found.filter(Q(title__icontains=word) | Q(description__icontains=word) | Q(slug__icontains=word))
        return found

    def tagged(self, slug: str) -> Self:
        """Return the badges that have this tag."""
        return self.filter(tags__slug=slug)


class Badge(models.Model):
    """The badge people see.

    Texts shown on pages come from :mod:`django_badger.wording`, in the reader's language; the columns keep the
    default language and what staff wrote.
    """

    class Origin(models.TextChoices):
        """Who made a badge: a ``badges.py``, the site's staff, or a member."""

        CODE = "code", _("code")
        SITE = "site", _("site")
        MEMBER = "member", _("member")

    class Status(models.TextChoices):
        """Where a badge is in its life. Only published ones can be earned."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        DISABLED = "disabled", _("disabled")
        ORPHANED = "orphaned", _("orphaned")

    class Retention(models.TextChoices):
        """Whether an award outlives the moment in which its rule was true."""

        FOREVER = "forever", _("forever")
        WHILE_TRUE = "while_true", _("while the rule is true")

    slug = models.SlugField(
        _("slug"), max_length=100, unique=True, allow_unicode=True, validators=[slug_is_speakable],
        help_text=_("The badge's name in addresses. It cannot change once the badge was awarded."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    criteria = models.TextField(
        _("criteria"), blank=True, help_text=_("What it takes, for people. Empty: written from the rule.")
    )
    image = BadgeImageField(_("image"), upload_to=image_path, blank=True)
    image_alt = models.CharField(_("image description"), max_length=255, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.SITE, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PUBLISHED)
    repeatable = models.BooleanField(
        _("repeatable"), default=False, help_text=_("Can be awarded to the same person more than once.")
    )
    secret = models.BooleanField(_("secret"), default=False, help_text=_("Unseen until earned."))
    mystery = models.BooleanField(
        _("mystery"), default=False, help_text=_("If secret: lists say that there is one more to find.")
    )
    series = models.CharField(_("series"), max_length=100, blank=True)
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    valid_for = models.DurationField(_("valid for"), null=True, blank=True, help_text=_("Empty: for ever."))
    starts_at = models.DateTimeField(
        _("starts at"), null=True, blank=True, help_text=_("It can be earned from then on. Empty: at once.")
    )
    ends_at = models.DateTimeField(
        _("ends at"), null=True, blank=True, help_text=_("It can be earned until then. Empty: for ever.")
    )
    retention = models.CharField(_("retention"), max_length=10, choices=Retention, default=Retention.FOREVER)
    grace = models.DurationField(
        _("grace"), null=True, blank=True,
        help_text=_("How long an award stays when its rule is no longer true, if the badge is kept only while it is."),
    )  # fmt: skip
    prerequisites = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="needed_for", verbose_name=_("prerequisites"),
        help_text=_("Whoever holds these gets this badge."),
    )  # fmt: skip
    prerequisites_needed = models.PositiveSmallIntegerField(
        _("prerequisites needed"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("How many of them are enough. Empty: all."),
    )  # fmt: skip
    tags = models.ManyToManyField(Tag, blank=True, related_name="badges", verbose_name=_("tags"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("created by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    rule_version = models.CharField(_("rule version"), max_length=64, blank=True, editable=False)
    rule_changed_at = models.DateTimeField(_("rule changed at"), null=True, editable=False)
    evaluated_at = models.DateTimeField(_("last evaluated at"), null=True, editable=False)
    errors = models.PositiveIntegerField(_("errors"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, editable=False)
    data = models.JSONField(_("data"), default=dict, blank=True, help_text=_("For the site's own use."))

    objects = BadgeQuerySet.as_manager()

    class Meta:
        """Badges."""

        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        indexes = (
            models.Index(fields=["title", "id"], name="badger_badge_title"),
            models.Index(fields=["series"], name="badger_badge_series"),
        )

    def __str__(self) -> str:
        """Return the title in the site's default language."""
        return self.title

    @property
    def is_published(self) -> bool:
        """Whether it can be earned, within its hours."""
        return self.status == self.Status.PUBLISHED
