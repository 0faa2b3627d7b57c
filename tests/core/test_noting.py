"""When badges were last evaluated: noted for nothing, written now and then, never in a host's transaction."""

import datetime
import logging
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from django_badger import badge, rules
from django_badger._engine import noting, runs
from django_badger._engine.sync import sync
from django_badger.awarding import progress, record
from django_badger.models import Badge
from django_badger.testing import happened, isolated_registry
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registry")]
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def registry(request):
    """No declared badges; their rows go with the other committed data."""
    with isolated_registry() as empty:
        yield empty


@pytest.fixture
def overdue(monkeypatch):
    """Let notes be due at once."""
    monkeypatch.setattr(noting, "EVERY", 0)


def evaluated(slug="a"):
    return Badge.objects.get(slug=slug).evaluated_at


@pytest.fixture
def rang():
    made = badge("a", title="A", when=rules.event("rang", where=lambda _event: False))
    sync()
    return made


def test_an_event_writes_nothing_about_it(rang, user, django_assert_num_queries):
    record("rang", user=user)
    with django_assert_num_queries(1):  # the probe
        record("rang", user=user)
    assert evaluated() is None
    assert abs(noting.noted()["a"] - timezone.now()) < HOUR


def test_what_was_noted_ten_minutes_ago_is_written_by_the_next_evaluation(rang, user, monkeypatch):
    before = timezone.now()
    record("rang", user=user)
    assert evaluated() is None
    monkeypatch.setattr(time, "monotonic", lambda: float(10**9))
    record("rang", user=user)
    assert before < evaluated() <= timezone.now()
    assert noting.noted() == {}


def test_it_is_written_at_most_every_ten_minutes(rang, user, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    written = []
    for minute in range(45):
        now[0] = minute * 60.0
        record("rang", user=user)
        written.append(evaluated())
    assert len({one for one in written if one}) == 4  # after 10, 21, 32 and 43 minutes


def test_functions_are_noted_also_when_they_say_no(user, overdue):
    @badge("a", title="A", on=rules.created(Entry))
    def nobody(_entry):
        return None

    sync()
    Entry.objects.create(author=user, message="…")
    assert evaluated() is not None


def test_reported_progress_is_noted(user, overdue):
    progress(badge("a", title="A", progress=10), user).increment()
    assert evaluated() is not None


def test_nothing_is_written_in_a_transaction_of_the_hosts(rang, user, overdue):
    with transaction.atomic():
        noting.note(["a"], timezone.now())
        assert evaluated() is None
        with happened():
            record("rang", user=user)
        assert evaluated() is None
    noting.note([], timezone.now())
    assert evaluated() is not None


def test_nothing_is_written_without_autocommit(rang, overdue):
    transaction.set_autocommit(False)
    try:
        noting.note(["a"], timezone.now())
        assert evaluated() is None
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


def test_a_later_moment_of_another_process_stays(rang, overdue):
    now = timezone.now()
    Badge.objects.update(evaluated_at=now)
    noting.note(["a"], now - HOUR)
    assert evaluated() == now
    noting.note(["a"], now + HOUR)
    assert evaluated() == now + HOUR


def test_each_badge_has_its_own_moment_in_one_statement(overdue, django_assert_num_queries):
    now = timezone.now()
    for slug in ("a", "b", "c"):
        badge(slug, title=slug)
    sync()
    with transaction.atomic():
        noting.note(["a"], now - HOUR)
        noting.note(["b"], now)
    with django_assert_num_queries(3):  # BEGIN, the statement, COMMIT
        noting.note([], now)
    assert (evaluated("a"), evaluated("b"), evaluated("c")) == (now - HOUR, now, None)


def test_very_many_badges_take_several_statements(overdue, monkeypatch):
    monkeypatch.setattr(noting, "AT_ONCE", 2)
    slugs = [f"badge-{number}" for number in range(5)]
    for slug in slugs:
        badge(slug, title=slug)
    sync()
    noting.note(slugs, timezone.now())
    assert all(evaluated(slug) for slug in slugs)


def test_a_database_that_is_away_is_logged_and_goes_no_further(rang, overdue, caplog):
    def refuse(execute, sql, params, many, context):
        msg = "disk full"
        raise OperationalError(msg)

    with connection.execute_wrapper(refuse), caplog.at_level(logging.WARNING, logger="django_badger"):
        noting.note(["a"], timezone.now())
    assert "When badges were last evaluated could not be noted: disk full" in caplog.text
    assert evaluated() is None


def test_a_run_writes_it_at_once_for_all_its_badges(user):
    badge("a", title="A", when=rules.created(Entry, by="author"))
    badge("b", title="B", when=rules.created(Entry, by="author"))
    badge("by-hand", title="By hand")
    before = timezone.now()
    runs.backfill()
    assert before < evaluated("a") == evaluated("b")
    assert evaluated("by-hand") is None


def test_a_run_in_a_transaction_writes_it_there(user):
    badge("a", title="A", when=rules.created(Entry, by="author"))
    with transaction.atomic():
        runs.backfill()
        assert evaluated() is not None


def test_many_threads_note_without_losing_any():
    start = threading.Barrier(8)

    def work(number):
        start.wait()
        for step in range(200):
            noting.note([f"{number}-{step}"], timezone.now())

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(noting.noted()) == 1600
