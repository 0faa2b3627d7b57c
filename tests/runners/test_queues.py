"""django.tasks and Celery, as far as they go in one process; ``test_workers`` has real ones."""

import pytest
from django.utils import timezone

from django_badger import badge, rules, runs
from django_badger._engine import ranges
from django_badger.exceptions import NotEnqueued
from django_badger.models import Run
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registry")]


@pytest.fixture
def run(writers, monkeypatch):
    """A run of five ranges that was begun, and no more."""
    from django_badger._engine.runs import begin

    badge("a", title="A", when=rules.created(Entry, by="author"))
    monkeypatch.setattr(ranges, "FIRST", 1)
    monkeypatch.setattr(ranges, "next_size", lambda *_given: 1)
    return begin("backfill")


def status(run):
    run.refresh_from_db()
    return run.status, run.looked_at, run.added


# --- django.tasks ------------------------------------------------------------------------------------------------------


@pytest.fixture
def background(settings):
    pytest.importorskip("django_tasks" if not _has_tasks() else "django.tasks")
    settings.BADGER_RUNNER = "tasks"
    from django_badger import background

    return background


def _has_tasks():
    import django

    return django.VERSION >= (6, 0)


def dummy(settings, background):
    """Let tasks wait in a list: the one that Django gives to tests."""
    settings.TASKS = {"default": {"BACKEND": f"{background.PACKAGE}.backends.dummy.DummyBackend"}}
    return background.work.get_backend()


def test_a_backend_that_can_do_nothing_later_is_given_all_of_a_run(run, background, settings):
    settings.TASKS = {"default": {"BACKEND": f"{background.PACKAGE}.backends.immediate.ImmediateBackend"}}
    assert runs.enqueue("backfill") == run
    assert status(run) == ("finished", 5, 5)


def test_tasks_wait_in_the_queue_and_are_delayed(run, background, settings):
    backend = dummy(settings, background)
    runs.enqueue("backfill")
    assert status(run) == ("running", 0, 0)
    assert [(one.args, one.task.run_after) for one in backend.results] == [([run.pk], None)] * 2
    before = timezone.now()
    background.enqueue(run.pk, delay=5)
    assert 4 < (backend.results[-1].task.run_after - before).total_seconds() < 6


# --- Celery ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def celery(settings):
    celery = pytest.importorskip("celery")
    settings.BADGER_RUNNER = "celery"
    app = celery.Celery("test", set_as_current=False)
    before = celery._state._tls.current_app
    app.set_current()
    yield app
    celery._state._set_current_app(before)


def test_celery_that_does_tasks_at_once_is_given_all_of_a_run(run, celery):
    celery.conf.task_always_eager = True
    assert runs.enqueue("backfill") == run
    assert status(run) == ("finished", 5, 5)


def test_celery_sends_a_task_that_is_acknowledged_when_it_is_done(run, celery):
    celery.conf.update(broker_url="memory://", task_default_queue=f"badger-{run.pk}")
    runs.enqueue("backfill")
    from django_badger import tasks

    tasks.enqueue(run.pk, delay=5)
    assert (tasks.work.acks_late, tasks.work.reject_on_worker_lost) == (True, True)
    with celery.connection() as broker:
        queue = broker.SimpleQueue(f"badger-{run.pk}")
        sent = [queue.get(block=False) for _message in range(3)]
    assert [message.headers["task"] for message in sent] == ["django_badger.work"] * 3
    assert [message.payload[0] for message in sent] == [[run.pk]] * 3
    assert [bool(message.headers["eta"]) for message in sent] == [False, False, True]
    assert status(run) == ("running", 0, 0)


def test_a_broker_that_is_not_there_is_told(run, celery):
    celery.conf.update(broker_url="redis://127.0.0.1:1/0", task_publish_retry=False)
    with pytest.raises(NotEnqueued, match=f"run {run.pk} could not be handed to BADGER_RUNNER 'celery'"):
        runs.enqueue("backfill")
    assert Run.objects.get() == run
