"""Stopping and undoing a run, from its page."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, connections
from django.urls import reverse
from model_bakery import baker

from django_badger import runs
from django_badger.models import Award, Run
from guestbook.models import Entry
from tests.admin.conftest import messages_of
from tests.runners import queue

pytestmark = pytest.mark.django_db
CHANGE, CANCEL, UNDO = (f"admin:badger_run_{page}" for page in ("change", "cancel", "undo"))


@pytest.fixture
def finished(first_post, person):
    """A backfill that made one award."""
    Entry.objects.bulk_create([baker.prepare(Entry, author=person)])
    run = runs.backfill(["first-post"])
    assert run.added == 1
    return run


@pytest.fixture
def running(db):
    return baker.make(Run, kind="backfill", people=10, looked_at=5)


def address(page, run):
    return reverse(page, args=[run.pk])


def shown(client, run):
    return client.get(address(CHANGE, run)).content.decode()


def test_a_run_is_undone(site, finished):
    assert f'href="{address(UNDO, finished)}"' in shown(site, finished)

    page = site.get(address(UNDO, finished)).content.decode()
    assert "Undo the run" in page
    assert f'href="{address(CHANGE, finished)}"' in page
    assert Award.objects.count() == 1  # it only asks

    answer = site.post(address(UNDO, finished), follow=True)
    finished.refresh_from_db()
    assert messages_of(answer) == ["The run was undone."]
    assert answer.redirect_chain == [(address(CHANGE, finished), 302)]
    assert finished.status == Run.Status.UNDONE
    assert not Award.objects.exists()
    assert LogEntry.objects.get().get_change_message() == "Undo the run"
    assert address(UNDO, finished) not in shown(site, finished)


def test_a_run_is_stopped(site, running):
    assert f'href="{address(CANCEL, running)}"' in shown(site, running)
    assert "It ends after what it is doing now." in site.get(address(CANCEL, running)).content.decode()

    answer = site.post(address(CANCEL, running), follow=True)

    running.refresh_from_db()
    assert messages_of(answer) == ["The run was stopped."]
    assert running.status == Run.Status.CANCELLED


@pytest.mark.parametrize("status", ["finished", "undone"])
def test_what_does_not_fit_any_more_is_said(site, running, status):
    Run.objects.update(status=status)

    for page in (CANCEL, UNDO):
        for ask in (site.get, site.post):
            answer = ask(address(page, running), follow=True)
            assert messages_of(answer) == [f"This cannot be done now: the run is {status}."]
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("page", "before", "meanwhile"), [(CANCEL, "running", "finished"), (UNDO, "finished", "running")]
)
def test_a_run_that_goes_on_while_somebody_decides_is_not_said_to_have_ended(site, running, page, before, meanwhile):
    Run.objects.update(status=before, added=1)

    quicker: list[str] = []

    def go_on(execute, sql, *rest):
        if sql.startswith("UPDATE") and not quicker:
            quicker.append(sql)
            Run.objects.update(status=meanwhile)
        return execute(sql, *rest)

    with connection.execute_wrapper(go_on):
        answer = site.post(address(page, running))

    assert messages_of(site.get(answer.url)) == [f"This cannot be done now: the run is {meanwhile}."]
    assert not LogEntry.objects.exists()


def test_what_takes_long_is_left_to_the_command(site, running):
    Run.objects.update(status="finished", added=5001)

    page = shown(site, running)

    assert f"manage.py badger undo {running.pk}" in page
    assert address(UNDO, running) not in page


@pytest.fixture
def long_one(finished):
    """A finished run that wrote more than anybody waits for."""
    Run.objects.update(added=5001)
    return finished


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_transactions", [False, True])
def test_with_workers_what_takes_long_is_left_to_one(site, long_one, settings, monkeypatch, in_transactions):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", in_transactions)
    settings.BADGER_RUNNER = "tests.runners.queue.enqueue"
    queue.JOBS.clear()
    assert f'href="{address(UNDO, long_one)}"' in shown(site, long_one)
    assert "Undo the run" in site.get(address(UNDO, long_one)).content.decode()

    answer = site.post(address(UNDO, long_one), follow=True)

    assert messages_of(answer) == ["The run is being undone by a worker. This page shows when that is done."]
    assert [(long_one.pk, 0)] == queue.JOBS
    assert "being undone" in answer.content.decode()
    assert LogEntry.objects.get().get_change_message() == "Undo the run"
    runs.work(long_one.pk)
    assert "undone" in shown(site, long_one)
    assert not Award.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_does_at_once_what_it_is_given_is_not_said_to_be_at_it(site, long_one, settings):
    settings.BADGER_RUNNER = "tests.runners.queue.done_at_once"

    assert messages_of(site.post(address(UNDO, long_one), follow=True)) == ["The run was undone."]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_transactions", [False, True])
def test_where_no_worker_can_be_told_that_is_said(site, long_one, settings, monkeypatch, in_transactions):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", in_transactions)
    settings.BADGER_RUNNER = "tests.runners.queue.broken"

    answer = site.post(address(UNDO, long_one), follow=True)

    [told] = messages_of(answer)
    assert told.startswith("It could not be left to a worker: ")
    assert f"`manage.py badger undo {long_one.pk}`" in told
    assert f'href="{address(UNDO, long_one)}"' in answer.content.decode(), "it can be tried again"
    assert not LogEntry.objects.exists()


def test_who_only_looks_at_runs_ends_none(staff, finished, running):
    looker = staff("view_run", "view_award")

    for page, run in ((UNDO, finished), (CANCEL, running)):
        assert address(page, run) not in shown(looker, run)
        assert looker.get(address(page, run)).status_code == 403
        assert looker.post(address(page, run)).status_code == 403
    assert Award.objects.count() == 1
    assert staff("view_run", "change_run").get(address(UNDO, finished)).status_code == 200
    assert staff("view_award").get(address(UNDO, finished)).status_code == 403


@pytest.mark.parametrize("number", [77, 2**63, 10**40])
def test_a_run_that_is_not_there(site, number):
    assert site.get(reverse(UNDO, args=[number])).status_code == 404
    assert site.post(reverse(CANCEL, args=[number])).status_code == 404


@pytest.mark.urls("tests.admin.backstage")
def test_all_links_stay_in_the_admin_site_where_one_is(site, finished):
    here = f"/backstage/badger/run/{finished.pk}"
    page = site.get(f"{here}/change/").content.decode()

    assert f'href="{here}/undo/"' in page
    assert 'href="/backstage/badger/award/?run__id__exact=' in page
    assert f'href="{here}/change/"' in site.get(f"{here}/undo/").content.decode()
    assert site.post(f"{here}/undo/").url == f"{here}/change/"
