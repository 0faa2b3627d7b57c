"""A site whose runs are done by workers, each a process of its own. Its settings come from the environment."""

from tests.runners.site.celery import app as celery_app

__all__ = ["celery_app"]
