"""The smallest site, with workers: which, ``RUNNER`` says, and where the broker is, ``BROKER_URL``."""

import os
from typing import Any

import django

from tests.projects.core import *

RUNNER = os.environ["RUNNER"]
#: Each test has a queue of its own: a server serves several at once.
QUEUE = os.environ["QUEUE"]

INSTALLED_APPS = [*INSTALLED_APPS, "tests.runners.site.apps.SiteConfig"]
BADGER_RUNNER = RUNNER
DATABASES["default"]["OPTIONS"] = {"application_name": os.environ.get("WORKER", "")}

if RUNNER == "tasks":
    INSTALLED_APPS += ["django_tasks_db"] if django.VERSION >= (6, 0) else ["django_tasks", "django_tasks_db"]
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

BROKER_URL = os.environ.get("BROKER_URL", "")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_DEFAULT_QUEUE = QUEUE
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{QUEUE}:"}
