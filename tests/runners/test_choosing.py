"""What ``manage.py`` says about the runner that a site has chosen."""

import sys
from importlib import import_module

import django
import pytest
from django.core.management import CommandError, call_command

from django_badger import badge, checks, rules, runs
from django_badger.models import Run
from guestbook.models import Entry

pytestmark = pytest.mark.usefixtures("registry")

KNOWN = (
    "Write one of 'inline', 'celery', 'tasks', or the dotted path of a function, for example "
    'BADGER_RUNNER = "site.queue.enqueue".'
)


@pytest.fixture
def check(settings):
    """Say what is found where this is the runner."""

    def with_runner(name):
        settings.BADGER_RUNNER = name
        return [(message.id, message.msg, message.hint) for message in checks.check_runner()]

    return with_runner


# --- checks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["inline", "tests.runners.queue.enqueue"])
def test_a_runner_that_works_is_not_spoken_of(check, name):
    assert check(name) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rabbit", "doesn't look like a module path"),
        ("site.no.such", "No module named 'site.no'"),
        ("tests.runners.queue.no_such", 'does not define a "no_such" attribute'),
        ("tests.runners.queue.NO_FUNCTION", "it is 'enqueue', which is no function"),
    ],
)
def test_e008_no_such_runner(check, name, reason):
    [(number, message, hint)] = check(name)
    assert (number, hint) == ("badger.E008", KNOWN)
    assert message.startswith(f"BADGER_RUNNER is {name!r}, which is no runner: ")
    assert reason in message


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [
        ("celery", "tasks", "celery"),
        ("tasks", "background", "django.tasks" if django.VERSION >= (6, 0) else "django_tasks"),
    ],
)
def test_e009_a_package_is_missing(check, monkeypatch, name, module, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"django_badger.{module}", raising=False)
    [(number, message, hint)] = check(name)
    assert (number, hint) == ("badger.E009", f'Type: python -m pip install "django-badger[{name}]".')
    assert message.startswith(f"BADGER_RUNNER is {name!r}, and its package is missing: ")
    assert package in message


def test_e010_a_backend_without_the_queue(check, settings, monkeypatch):
    background = pytest.importorskip("django_badger.background")
    settings.TASKS = {"default": {"BACKEND": f"{background.PACKAGE}.backends.dummy.DummyBackend", "QUEUES": ["mail"]}}
    monkeypatch.delitem(sys.modules, "django_badger.background")
    [(number, message, hint)] = check("tasks")
    assert (number, hint) == (
        "badger.E010",
        "Set the queue up: django.tasks needs a backend “default” in TASKS, with a queue “default”.",
    )
    assert "and its queue is not set up: " in message
    assert "Queue 'default' is not valid for backend." in message


def test_w007_a_backend_that_does_tasks_at_once(check, settings):
    background = pytest.importorskip("django_badger.background")
    settings.TASKS = {"default": {"BACKEND": f"{background.PACKAGE}.backends.immediate.ImmediateBackend"}}
    [(number, message, hint)] = check("tasks")
    assert number == "badger.W007"
    assert message.startswith('BADGER_RUNNER is "tasks", but ImmediateBackend does no task later: ')
    assert hint.startswith("Choose one with a worker")
    settings.TASKS = {"default": {"BACKEND": f"{background.PACKAGE}.backends.dummy.DummyBackend"}}
    assert check("tasks") == []


def test_w007_a_site_without_a_celery_app(check, monkeypatch):
    celery = pytest.importorskip("celery")
    import_module("celery._state")  # Celery brings its modules in when they are asked for
    before = celery._state._tls.current_app
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    try:
        celery._state._set_current_app(None)
        celery._state.set_default_app(None)
        [(number, message, hint)] = check("celery")
        assert number == "badger.W007"
        assert "this site has made no Celery app" in message
        assert hint.endswith("from .celery import app as celery_app.")
        celery.current_app.conf.broker_url = "memory://"  # one without an app, but with a celeryconfig
        assert check("celery") == []
        celery._state.set_default_app(None)
        celery.Celery("site")
        assert check("celery") == []
    finally:
        celery._state._set_current_app(before)
        celery._state.set_default_app(None)


def test_e002_a_number_of_jobs_that_is_none(settings):
    settings.BADGER_RUN_WORKERS = 0
    assert [(message.id, message.hint) for message in checks.check_settings()] == [
        ("badger.E002", "Write a number of 1 or more, for example 2.")
    ]


# --- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def badger(writers, capsys):
    """Run an act, and give the lines that it printed."""
    badge("a", title="A", when=rules.created(Entry, by="author"))
    call_command("badger", "sync")

    def run(*words):
        capsys.readouterr()
        call_command("badger", *words)
        return capsys.readouterr().out.splitlines()

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["backfill", "reconcile"])
def test_a_run_is_left_to_workers(badger, queued, act):
    [line] = badger(act, "a", "--enqueue")
    run = Run.objects.get()
    assert (run.kind, run.status, run.options["badges"]) == (act, "running", ["a"])
    assert line == (
        f"Run {run.pk} is left to 2 jobs of tests.runners.queue.enqueue. `manage.py badger runs` shows how far it is."
    )
    assert len(queued) == 2
    runs.work(run.pk)
    assert badger("runs")[0].endswith(f"{act}  finished  5 of 5 people, +5 -0, 0 errors  a")


@pytest.mark.django_db(transaction=True)
def test_without_workers_it_is_done_here_and_now(badger):
    [line] = badger("backfill", "--enqueue")
    assert line.endswith(": 5 awards made.")


@pytest.mark.django_db(transaction=True)
def test_a_simulation_is_never_left_to_workers(badger, queued):
    assert badger("backfill", "a", "--dry-run", "--enqueue")[-1].endswith("Nothing was written.")
    assert queued == []


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_cannot_be_reached_is_told(badger, settings):
    settings.BADGER_RUNNER = "tests.runners.queue.broken"
    with pytest.raises(CommandError, match=r"could not be handed to BADGER_RUNNER .*`manage.py badger resume \d+`"):
        badger("backfill", "a", "--enqueue")


@pytest.mark.django_db(transaction=True)
def test_undoing_is_left_to_a_worker(badger, queued):
    badger("backfill", "a")
    run = Run.objects.get()
    [line] = badger("undo", str(run.pk), "--enqueue")
    assert line == (
        f"Undoing run {run.pk} is left to a job of tests.runners.queue.enqueue. "
        "`manage.py badger runs` shows when it is done."
    )
    assert queued == [(run.pk, 0)]
    runs.work(run.pk)
    assert "undone" in badger("runs")[0]


@pytest.mark.django_db(transaction=True)
def test_without_workers_it_is_undone_here_and_now(badger):
    badger("backfill", "a")
    run = Run.objects.get()
    assert badger("undo", str(run.pk), "--enqueue") == [f"Run {run.pk}: 5 awards taken back, 0 left."]
