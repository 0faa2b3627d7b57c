"""The site itself as a Django app: it has a command and templates, and no tables."""

from django.apps import AppConfig


class ExampleConfig(AppConfig):
    """The site."""

    name = "example"
