"""The site's app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "tests.runners.site"

    def ready(self) -> None:
        """Let jobs be short, so that even a short run needs successors of them."""
        from django_badger._engine import runners

        runners.PART = 1
