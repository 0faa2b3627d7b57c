"""Jobs of runs as tasks of Celery, which finds this module by itself. Needs Celery, so nothing else imports it."""

from __future__ import annotations

from typing import Any

from celery import current_app, shared_task

from django_badger._engine import runners

__all__ = ["enqueue", "work"]


# Acknowledged when it is done: the job of a worker that dies is given to another one.
@shared_task(  # type: ignore[untyped-decorator]
    bind=True, name="django_badger.work", acks_late=True, reject_on_worker_lost=True, ignore_result=True
)
def work(task: Any, run_pk: int) -> None:
    """Do a part of a run."""
    runners.work(run_pk, whole=task.request.is_eager)


def enqueue(run_pk: int, *, delay: float) -> None:
    """Send the task. Raises what Celery raises when the broker does not answer."""
    work.apply_async((run_pk,), countdown=delay or None)


def complaint() -> tuple[str, str] | None:
    """Return what is missing before tasks can be sent, and what to type; None where nothing is."""
    if current_app.main != "default" or current_app.conf.broker_url:
        return None
    message = 'BADGER_RUNNER is "celery", but this site has made no Celery app: tasks go to a broker that nobody chose.'
    hint = "Make one in a celery.py beside your settings, and in the __init__.py there: from .celery import app as celery_app."
    return message, hint
