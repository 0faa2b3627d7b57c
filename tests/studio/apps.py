"""The studio as a Django app."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "tests.studio"
    default_auto_field = "django.db.models.BigAutoField"
