"""The Celery app of the site: ``celery -A benchmarks.project worker``."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.project.settings")

app = Celery("benchmarks", broker=os.environ.get("BENCHMARK_BROKER", "amqp://guest:guest@127.0.0.1:5672//"))
# A queue of the run's own: others may use the same broker.
app.conf.task_default_queue = os.environ.get("BENCHMARK_QUEUE", "badger_benchmark")
app.conf.worker_prefetch_multiplier = 1
app.conf.task_acks_late = True
app.autodiscover_tasks()


@worker_init.connect
def declare(**_rest: Any) -> None:
    """Declare the badge of the run, as a site's own ``badges.py`` does in each process."""
    from benchmarks.badges import counting  # noqa: PLC0415  Django has to be set up first

    counting([int(os.environ["BENCHMARK_GOAL"])])()
