"""Jobs of runs as tasks of Django: ``django.tasks`` from Django 6.0 on, before that the package ``django-tasks``."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import django
from django.utils import timezone

from django_badger._engine import runners

__all__ = ["enqueue", "work"]

PACKAGE = "django.tasks" if django.VERSION >= (6, 0) else "django_tasks"
_tasks: Any = import_module(PACKAGE)


@_tasks.task(takes_context=True)  # type: ignore[untyped-decorator]
def work(context: Any, run_pk: int) -> None:
    """Do a part of a run; all of it where the backend can do nothing later."""
    runners.work(run_pk, whole=not context.task_result.task.get_backend().supports_defer)


def enqueue(run_pk: int, *, delay: float) -> None:
    """Enqueue the task on the backend ``default``, in its queue ``default``. Raises what the backend raises."""
    work.using(run_after=timezone.now() + timedelta(seconds=delay) if delay else None).enqueue(run_pk)


def complaint() -> tuple[str, str] | None:
    """Return what is missing before tasks are done in the background, and what to type; None where nothing is."""
    backend = work.get_backend()
    if backend.supports_defer:
        return None
    message = (
        f'BADGER_RUNNER is "tasks", but {type(backend).__name__} does no task later: a run is one job, and with the backend '
        "that Django brings it is done at once."
    )
    hint = 'Choose one with a worker, for example TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}.'
    return message, hint
