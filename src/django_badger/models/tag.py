"""Tags: words that badges are found by."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """A word that badges are found by."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)

    class Meta:
        """Named tags."""

        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        """Return the word."""
        return self.name
