"""Badge code that fails: loud in tests, and in a host logged, counted, and kept apart."""

import logging
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from django_badger import badge, rules
from django_badger._engine import probe
from django_badger._engine.failing import failed, retried
from django_badger._engine.sync import sync
from django_badger.awarding import record
from django_badger.models import Award, Badge
from django_badger.testing import assert_awarded, happened
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def broken() -> QuerySet[Entry]:
    raise ZeroDivisionError


def test_an_error_is_loud_where_the_site_wants_it_so(user):
    badge("a", title="A", when=rules.every(broken, text="…", wakes_on=[Entry], by="author"))

    def save():
        with happened():
            Entry.objects.create(author=user, message="…")

    with pytest.raises(ZeroDivisionError):
        save()
    with pytest.raises(ValueError, match="loud"):
        failed("it", ValueError("loud"), slug="a")


def test_an_error_is_logged_and_counted(settings, caplog):
    settings.BADGER_RAISE_ERRORS = False
    badge("a", title="A")
    sync()
    for _ in range(2):
        with caplog.at_level(logging.ERROR, logger="django_badger"):
            failed("its rule", ValueError("x\x00" * 2000), slug="a", user_id=7)
    row = Badge.objects.get(slug="a")
    assert row.errors == 2
    assert row.last_error.startswith("its rule: ValueError: xxx")
    assert len(row.last_error) <= 2000
    assert row.last_error_at is not None
    assert "Badge 'a': its rule failed for person 7." in caplog.text


def test_an_error_that_cannot_be_counted_is_logged_too(settings, caplog):
    settings.BADGER_RAISE_ERRORS = False

    def refuse(execute, sql, params, many, context):
        msg = "disk full"
        raise OperationalError(msg)

    with connection.execute_wrapper(refuse), caplog.at_level(logging.ERROR, logger="django_badger"):
        failed("its rule", ValueError("x"), slug="a")
    assert "Badge 'a': the error could not be counted." in caplog.text


def test_in_a_hosts_transaction_nothing_is_tried_twice():
    tries = []

    def work():
        tries.append(1)
        msg = "database is locked"
        raise OperationalError(msg)

    with pytest.raises(OperationalError):
        retried(work)
    assert len(tries) == 1


@pytest.mark.django_db(transaction=True)
def test_what_happens_without_a_transaction_to_wait_for_is_left_to_a_run(user, caplog):
    rang = badge("rang", title="Rang", when=rules.event("rang"))
    transaction.set_autocommit(False)
    try:
        with caplog.at_level(logging.WARNING, logger="django_badger"):
            record("rang", user=user)
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert "event:rang happened without atomic() or autocommit: `badger backfill` catches up." in caplog.text
    assert not Award.objects.of(rang).exists()


def test_questions_that_are_kept_are_forgotten_before_they_are_too_many(user, monkeypatch):
    monkeypatch.setattr(probe, "KEPT", 2)
    for number in range(4):
        one = badge(f"event-{number}", title="E", when=rules.event(f"event-{number}"))
        with assert_awarded(one, to=user):
            record(f"event-{number}", user=user)
        assert len(probe._kept) <= 2


@contextmanager
def failing_questions(message, *, most=100):
    """Let the database refuse what an event asks, so many times at most; give what was refused."""
    refused: list[str] = []

    def refuse(execute, sql, params, many, context):
        if "badger_arm" in sql and len(refused) < most:
            refused.append(sql)
            raise OperationalError(message)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield refused


@pytest.fixture
def first_post():
    """A badge that is earned by one entry, with its row."""
    found = badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    sync()
    return found


def test_an_event_whose_question_fails_is_evaluated_all_the_same(user, first_post, settings, caplog):
    settings.BADGER_RAISE_ERRORS = False
    with failing_questions("the server is going away", most=1) as refused, assert_awarded(first_post, to=user):
        Entry.objects.create(author=user, message="Hello")
    assert refused
    assert "saved:guestbook.entry: asked once more, because this failed: the server is going away" in caplog.text
    assert Badge.objects.get(slug="first-post").errors == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("most", [1, 2])
def test_an_event_whose_question_only_came_at_the_wrong_moment_asks_again(most, user, first_post, caplog):
    with failing_questions("database is locked", most=most) as refused:
        Entry.objects.create(author=user, message="Hello")
    assert len(refused) == most
    assert Award.objects.filter(badge__slug="first-post", recipient=user).count() == 1
    assert "asked once more" not in caplog.text  # that is said where something is wrong


def test_an_event_whose_question_waits_in_vain_is_given_up(user, first_post, settings, caplog):
    """Not asked once more: whoever waits for a lock has waited for it three times by then."""
    settings.BADGER_RAISE_ERRORS = False
    with failing_questions("database is locked") as refused, happened():
        Entry.objects.create(author=user, message="Hello")
    assert len(refused) == 1  # in a test's transaction nothing is tried twice
    assert "saved:guestbook.entry could not be evaluated: `badger backfill` catches up." in caplog.text
    assert not Award.objects.exists()


def test_an_event_whose_question_fails_is_loud_where_the_site_wants_it_so(user, first_post):
    with (
        failing_questions("the server is going away"), pytest.raises(OperationalError, match="going away"), happened(),
    ):  # fmt: skip
        Entry.objects.create(author=user, message="Hello")
