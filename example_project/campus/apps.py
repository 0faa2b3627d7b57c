"""The campus as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampusConfig(AppConfig):
    """The campus."""

    name = "campus"
    verbose_name = _("Campus")
    default_auto_field = "django.db.models.BigAutoField"
