"""What people make in a studio: decimals, floats, dates, missing values, children and proxies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Course(models.Model):
    """Something to learn."""

    name = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name


class Piece(models.Model):
    """Something made. Little about it has to be known."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="pieces")
    course = models.ForeignKey(Course, models.SET_NULL, null=True, related_name="pieces")
    admirers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="admired")
    kind = models.CharField("kind of art", max_length=20, default="clay")
    note = models.TextField(default="")
    weight = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    size = models.FloatField(null=True)
    points = models.IntegerField(default=0)
    made_on = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """As many models have, and no query of ours may rest on it."""

        ordering = ("-points", "kind")

    def __str__(self) -> str:
        return self.kind


class Sculpture(Piece):
    """A piece with a table of its own beside."""

    material = models.CharField(max_length=20, default="stone")


class Sketch(Piece):
    """A piece by another name."""

    class Meta:
        proxy = True


class Remark(models.Model):
    """What somebody says about a piece: it belongs to the piece's author."""

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="remarks")
    text = models.TextField(default="")
    created_at = models.DateTimeField("when it was said, if known", null=True)
    posted = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text


class Visit(models.Model):
    """Somebody was there; nothing says when."""

    guest = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits")

    def __str__(self) -> str:
        return str(self.pk)


class Home(models.Model):
    """Where somebody lives, as far as it is known."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="home")
    timezone = models.CharField(max_length=40, null=True)  # noqa: DJ001  as careless as some hosts
    moved_in = models.DateField(null=True)

    def __str__(self) -> str:
        return self.timezone or "somewhere"
