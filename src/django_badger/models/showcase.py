"""What somebody lets others see of their awards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Showcase(models.Model):
    """What somebody lets others see of their awards. Who has no row here shows all of them, everywhere.

    A single award is hidden on its own row: ``Award.hidden``.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("user")
    )
    hidden = models.BooleanField(_("hidden"), default=False, help_text=_("Nobody else sees any of the awards."))
    unlisted = models.BooleanField(
        _("unlisted"), default=False, help_text=_("The awards are in no list of several people.")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        """Showcases."""

        verbose_name = _("showcase")
        verbose_name_plural = _("showcases")

    def __str__(self) -> str:
        """Return whose it is, without a query of its own."""
        return str(self.pk)
