"""What people do on the campus: write and comment, make friends, learn."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PostQuerySet(models.QuerySet["Post"]):
    """Questions to the posts."""

    def readable_by(self, reader: Any) -> Self:
        """Return the published posts, and the reader's own drafts."""
        published = Q(status=Post.Status.PUBLISHED)
        return self.filter(published | Q(author=reader.pk) if reader.is_authenticated else published)

    def newest_first(self) -> Self:
        """Return them with their authors and ``comment_count``, the newest first."""
        counted = self.select_related("author").annotate(comment_count=Count("comments"))
        return counted.order_by("-created_at", "-pk")


class Post(models.Model):
    """What somebody has to say to everybody."""

    class Status(models.TextChoices):
        """Whether others can read it."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts", verbose_name=_("author"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=10_000)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PUBLISHED)
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False, db_index=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        """Posts."""

        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    def get_absolute_url(self) -> str:
        """Return where it can be read."""
        return reverse("campus:post", args=[self.pk])


class Comment(models.Model):
    """What somebody says to a post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="comments", verbose_name=_("post"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="comments", verbose_name=_("author")
    )
    body = models.TextField(_("comment"), max_length=2000)
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    class Meta:
        """Comments, the oldest first."""

        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        """Return how it begins."""
        return self.body[:40]


class FriendshipQuerySet(models.QuerySet["Friendship"]):
    """Questions to the friendships."""

    def of(self, person: Any) -> Self:
        """Return those of which the person is either side."""
        return self.filter(Q(inviter=person.pk) | Q(invitee=person.pk))

    def between(self, one: Any, other: Any) -> Self:
        """Return those of two people, whoever invited whom."""
        return self.of(one).of(other)

    def accepted(self) -> Self:
        """Return those that both sides want."""
        return self.filter(accepted_at__isnull=False)


class Friendship(models.Model):
    """Two people: one invites, the other accepts."""

    inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations_sent", verbose_name=_("inviter")
    )
    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations", verbose_name=_("invitee")
    )
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = FriendshipQuerySet.as_manager()

    class Meta:
        """Friendships: nobody befriends themself, and nobody invites somebody twice."""

        verbose_name = _("friendship")
        verbose_name_plural = _("friendships")
        constraints = (
            models.UniqueConstraint(fields=["inviter", "invitee"], name="campus_friendship_once"),
            models.CheckConstraint(condition=~Q(inviter=F("invitee")), name="campus_friendship_of_two"),
        )

    def __str__(self) -> str:
        """Return the two keys."""
        return f"{self.inviter_id} + {self.invitee_id}"


class Training(models.Model):
    """What can be learnt here."""

    title = models.CharField(_("title"), max_length=120)
    code = models.SlugField(_("code"), max_length=20, unique=True)
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        """Trainings, by title."""

        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["title"]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    def get_absolute_url(self) -> str:
        """Return where it is described."""
        return reverse("campus:training", args=[self.code])


class Enrolment(models.Model):
    """One learner in one training: enrolled, then learning, then done."""

    class State(models.TextChoices):
        """How far the learner is."""

        PENDING = "pending", _("not started")
        ACTIVE = "active", _("learning")
        DONE = "done", _("passed")

    training = models.ForeignKey(Training, models.CASCADE, related_name="enrolments", verbose_name=_("training"))
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments", verbose_name=_("learner")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0, validators=[MaxValueValidator(100)])
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    passed_at = models.DateTimeField(_("passed at"), null=True, blank=True)

    class Meta:
        """Enrolments: one a learner and training."""

        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = (models.UniqueConstraint(fields=["training", "learner"], name="campus_enrolment_once"),)

    def __str__(self) -> str:
        """Return how far it is."""
        return f"{self.progress} %"

    @property
    def is_learnt(self) -> bool:
        """Whether every lesson is done."""
        return self.completed_at is not None

    def days(self, until: datetime) -> int:
        """Return how many whole days it took from the first lesson until then."""
        return (until - (self.started_at or until)).days
