"""Jobs of a run: each does a part, its successor the rest, in whatever order they come and however many they are."""

from threading import Event

import pytest
from django.db import transaction

from django_badger import badge, rules, runs, signals
from django_badger._engine import ranges, runners, undoing
from django_badger._engine.filling import Filling
from django_badger.exceptions import NotEnqueued, RunRefused
from django_badger.models import Award, Run, RunRange
from guestbook.models import Entry
from tests.races.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registry")]


@pytest.fixture
def declared(writers):
    badge("a", title="A", when=rules.created(Entry, by="author"))


@pytest.fixture
def small(monkeypatch):
    """Ranges of one person, and jobs that do one range."""
    monkeypatch.setattr(ranges, "FIRST", 1)
    monkeypatch.setattr(ranges, "next_size", lambda *_given: 1)
    monkeypatch.setattr(runners, "PART", 0)


def status(run):
    run.refresh_from_db()
    return run.status, run.looked_at, run.added


# --- who does it -------------------------------------------------------------------------------------------------------


def test_whoever_asks_does_it_where_nothing_else_is_chosen(declared):
    assert status(runs.enqueue("backfill")) == ("finished", 5, 5)


def test_a_queue_is_given_as_many_jobs_as_the_settings_say(declared, queued, settings):
    run = runs.enqueue("backfill", ["a"])
    assert status(run) == ("running", 0, 0)
    assert queued == [(run.pk, 0)] * 2
    settings.BADGER_RUN_WORKERS = 3
    queued.clear()
    assert runs.enqueue("backfill", ["a"]) == run, "it goes on with the one that is not over"
    assert queued == [(run.pk, 0)] * 3


def test_a_run_is_handed_over_after_the_commit_and_not_without_one(declared, queued):
    with transaction.atomic():
        runs.enqueue("backfill")
        assert queued == []
    assert len(queued) == 2
    queued.clear()
    with transaction.atomic():
        runs.enqueue("backfill", ["a"])
        transaction.set_rollback(True)
    assert queued == []


def test_a_queue_that_cannot_be_reached_is_told_with_what_to_do(declared, settings):
    settings.BADGER_RUNNER = "tests.runners.queue.broken"
    with pytest.raises(NotEnqueued) as raised:
        runs.enqueue("backfill")
    run = Run.objects.get()
    assert "(ConnectionRefusedError: nobody is there)" in str(raised.value)
    assert f"`manage.py badger resume {run.pk}`" in str(raised.value)
    assert status(runs.resume(run)) == ("finished", 5, 5)


# --- jobs --------------------------------------------------------------------------------------------------------------


def test_a_job_does_a_part_and_leaves_the_rest_to_its_successor(declared, small, queued):
    run = runs.enqueue("backfill")
    queued.clear()
    for done in range(1, 6):
        runs.work(run.pk)
        assert status(run) == ("running", done, done)
        assert queued == [(run.pk, 0)] * done
    runs.work(run.pk)
    assert status(run) == ("finished", 5, 5)
    assert len(queued) == 5, "a run that is over has no successors"


def test_a_job_does_as_much_as_its_time_allows(declared, queued, monkeypatch):
    monkeypatch.setattr(ranges, "FIRST", 1)
    monkeypatch.setattr(ranges, "next_size", lambda *_given: 1)
    run = runs.enqueue("backfill")
    queued.clear()
    runs.work(run.pk)
    assert status(run) == ("finished", 5, 5)
    assert queued == []


def test_jobs_that_come_twice_or_late_write_nothing(declared, queued):
    run = runs.enqueue("backfill")
    for _again in range(3):
        runs.work(run.pk)
    assert status(run) == ("finished", 5, 5)
    assert Award.objects.count() == 5


@pytest.mark.parametrize("what", ["cancelled", "gone"])
def test_a_job_of_a_run_that_is_cancelled_or_gone_does_nothing(declared, small, queued, what):
    run = runs.enqueue("backfill")
    runs.work(run.pk)
    queued.clear()
    if what == "gone":
        run.awards.all().delete()
        run.delete()
    else:
        runs.cancel(run)
    runs.work(run.pk)
    assert queued == []
    assert Award.objects.count() == (0 if what == "gone" else 1)


def test_a_job_whose_run_is_cancelled_in_the_middle_has_no_successor(declared, small, queued, monkeypatch):
    run = runs.enqueue("backfill")
    queued.clear()
    monkeypatch.setattr(ranges, "next_size", lambda *_given: runs.cancel(run) and 1)
    monkeypatch.setattr(runners, "PART", 20)
    runs.work(run.pk)
    assert status(run)[0] == "cancelled"
    assert queued == []


def test_a_reconcile_that_is_refused_fails_and_says_why(declared, queued):
    badge("b", title="B", when=rules.created(Entry, by="author"), retention="while_true")
    runs.backfill()
    Entry.objects.all()._raw_delete("default")  # which sends no signals
    run = runs.enqueue("reconcile", ["b"])
    queued.clear()
    with pytest.raises(RunRefused):
        runs.work(run.pk)
    assert status(run)[0] == "failed"
    assert "guestbook.Entry is empty" in run.error
    runs.work(run.pk)
    assert queued == []


@pytest.mark.race
@pytest.mark.postgresql
@pytest.mark.mariadb
def test_a_job_that_finds_all_taken_ends_at_once_and_its_successor_looks_again(declared, queued, writers):
    run = runs.enqueue("backfill")
    first, last = writers[0].pk, writers[-1].pk
    RunRange.objects.create(run=run, number=1, first=str(first), last=str(last), looked_at=5)
    queued.clear()
    with transaction.atomic():
        assert ranges._locked(run, 1) is not None
        at_once(1, lambda _mine: runs.work(run.pk))
        assert status(run) == ("running", 0, 0)
        assert queued == [(run.pk, runners.LATER)]
        transaction.set_rollback(True)  # whoever held it is dead
    runs.work(run.pk)
    assert status(run) == ("finished", 5, 5)
    assert len(queued) == 1


@pytest.mark.race
def test_many_jobs_at_once_make_each_award_once(declared, small, queued, monkeypatch):
    monkeypatch.setattr(runners, "PART", 20)
    run = runs.enqueue("backfill")
    at_once(4, lambda _mine: runs.work(run.pk))
    while queued:
        queued.pop()
        runs.work(run.pk)
    assert status(run) == ("finished", 5, 5)
    assert Award.objects.count() == 5


# --- taking back what a run wrote --------------------------------------------------------------------------------------


@pytest.fixture
def retracted():
    """The awards of which somebody was told that they were taken back."""
    found = []

    def note(award, **_rest):
        found.append(award.pk)

    signals.badge_retracted.connect(note)
    yield found
    signals.badge_retracted.disconnect(note)


@pytest.fixture
def seen(declared):
    """A finished run, of whose awards all were seen: they are retracted, and each is told of."""
    run = runs.backfill()
    run.awards.update(seen_at=run.started_at)
    return run


@pytest.fixture
def one_by_one(monkeypatch):
    """One award a transaction, and jobs that do one of them."""
    monkeypatch.setattr(undoing, "AT_ONCE", 1)
    monkeypatch.setattr(runners, "PART", 0)


def test_without_a_queue_a_run_is_undone_here_and_now(seen):
    assert runs.enqueue_undo(seen).status == "undone"
    assert not Award.objects.standing().exists()


def test_a_run_is_undone_by_one_job_and_its_successors(seen, queued, one_by_one, retracted):
    run = runs.enqueue_undo(seen)
    assert (run.status, run.retracted) == ("undoing", 0)
    assert queued == [(run.pk, 0)]
    for done in range(1, 6):
        runs.work(run.pk)
        run.refresh_from_db()
        assert (run.status, run.retracted, Award.objects.standing().count()) == ("undoing", done, 5 - done)
    runs.work(run.pk)
    assert status(run)[0] == "undone"
    assert run.undone_at is not None
    assert len(queued) == 6, "what is undone has no successors"
    runs.work(run.pk)
    assert sorted(retracted) == sorted(run.awards.values_list("pk", flat=True))


def test_an_import_is_undone_by_a_job_too(seen, queued):
    Run.objects.update(kind=Run.Kind.IMPORT)
    run = runs.enqueue_undo(seen)
    runs.work(run.pk)
    assert status(run)[0] == "undone"
    assert not Award.objects.standing().exists()


def test_a_range_that_is_done_while_its_run_is_undone_leaves_nothing(declared, queued, monkeypatch):
    """A worker has seen that the run goes on; then somebody stops it and takes it back; then the worker does a range."""
    run = runs.enqueue("backfill")

    def too_late(*given, **more):
        part = ranges.next_people(*given, **more)
        runs.cancel(run)
        runs.undo(run)
        return part

    monkeypatch.setattr("django_badger._engine.runs.next_people", too_late)
    runs.work(run.pk)
    assert status(run) == ("undone", 0, 0)
    assert not Award.objects.exists()


def test_undoing_is_handed_over_after_the_commit_and_not_without_one(seen, queued):
    with transaction.atomic():
        runs.enqueue_undo(seen)
        assert queued == []
        transaction.set_rollback(True)
    assert queued == []
    assert status(seen)[0] == "finished"


def test_a_run_that_is_not_over_or_was_undone_is_not_undone(declared, queued):
    run = runs.enqueue("backfill")
    queued.clear()
    with pytest.raises(RunRefused, match="only a run that is over can be undone"):
        runs.enqueue_undo(run)
    runs.work(run.pk)
    runs.undo(run)
    with pytest.raises(RunRefused):
        runs.enqueue_undo(run)
    assert queued == []


def test_a_queue_that_takes_no_undoing_is_told_and_the_command_goes_on(seen, settings):
    settings.BADGER_RUNNER = "tests.runners.queue.broken"
    with pytest.raises(NotEnqueued, match=f"`manage.py badger undo {seen.pk}`"):
        runs.enqueue_undo(seen)
    assert status(seen)[0] == "undoing"
    assert runs.undo(seen).status == "undone"


@pytest.mark.race
def test_many_jobs_at_once_take_each_award_back_once(seen, queued, one_by_one, retracted, monkeypatch):
    monkeypatch.setattr(runners, "PART", 20)
    run = runs.enqueue_undo(seen)
    at_once(4, lambda _mine: runs.work(run.pk))
    run.refresh_from_db()
    assert (run.status, run.retracted, Award.objects.standing().count()) == ("undone", 5, 0)
    assert sorted(retracted) == sorted(run.awards.values_list("pk", flat=True))


@pytest.mark.race
@pytest.mark.postgresql
def test_a_range_that_ends_after_its_run_was_undone_leaves_nothing(declared, queued, monkeypatch):
    """On other databases whoever undoes waits for it: its awards hold the row of the run, or the whole database."""
    run = runs.enqueue("backfill")
    written, undone = Event(), Event()
    fill = Filling.fill

    def slowly(self, span):
        fill(self, span)
        written.set()
        assert undone.wait(60)

    def meet(mine):
        if mine:
            runs.work(run.pk)
            return
        assert written.wait(60)
        runs.cancel(run)
        runs.undo(run)
        undone.set()

    monkeypatch.setattr(Filling, "fill", slowly)
    at_once(2, meet)
    assert status(run) == ("undone", 0, 0)
    assert not Award.objects.exists()
