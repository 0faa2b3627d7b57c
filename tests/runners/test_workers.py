"""Real workers on PostgreSQL: two share a backfill of 100,000 people, one is killed in the middle, and nothing is wrong.

The one that is left takes it back.
"""

import re

import pytest

from tests.conftest import missing
from tests.runners.running import Site, site

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]
IN_THE_MIDDLE = """SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'first' AND wait_event = 'PgSleep'"""

EARNED = "SELECT author_id FROM guestbook_entry GROUP BY author_id HAVING sum(word_count) >= 250"
HELD = "SELECT recipient_id FROM badger_award JOIN badger_badge b ON b.id = badge_id WHERE slug = '250-words' AND ended = ''"


@pytest.fixture
def opened(request, tmp_path, service, django_db_setup, django_db_blocker):
    """Open the site of a test: ``@with_queue(runner, service)``."""
    runner, needed = request.param
    for package in {"tasks": ["django_tasks_db"], "redis": ["redis"]}.get(needed or runner, []):
        try:
            __import__(package)
        except ImportError:
            missing(f"needs {package}")
    with django_db_blocker.unblock(), site(runner, service(needed) if needed else "", tmp_path) as made:
        yield made


def with_queue(runner, needed=""):
    """Run a test on a site with this runner, and with this server."""
    return pytest.mark.parametrize("opened", [(runner, needed)], ids=[needed or runner], indirect=True)


def begin(made: Site) -> int:
    """Leave a backfill to the workers; give its number."""
    said = made.manage("badger", "backfill", "250-words", "--enqueue")
    found = re.match(r"Run (\d+) is left to 2 jobs of (\w+)\.", said)
    assert found, said
    assert found[2] == made.runner
    return int(found[1])


def begin_with_two(made: Site) -> int:
    """Begin with two workers; return when the second has done a range and the first is in the middle of one."""
    for name in ("first", "second"):
        made.start(name)
    for name in ("first", "second"):
        made.wait_until_ready(name)
    run = begin(made)
    made.wait_until("SELECT 1 FROM done_by WHERE worker = 'second'")
    made.wait_until(IN_THE_MIDDLE)
    return run


def exact(made: Site, run: int) -> None:
    """See that the run completes, and that there is each award that was earned, once."""
    made.wait_until("SELECT 1 FROM badger_run WHERE id = %s AND status <> 'running'", run)
    [counts] = made.ask("SELECT status, people, looked_at, added, failed, error FROM badger_run WHERE id = %s", run)
    assert counts == ("finished", 100_000, 100_000, 10_000, 0, "")
    assert made.ask(f"{EARNED} EXCEPT {HELD}") == made.ask(f"{HELD} EXCEPT {EARNED}") == []
    assert made.ask("SELECT count(*), count(DISTINCT recipient_id) FROM badger_award") == [(10_000, 10_000)]
    done = made.ask("SELECT number FROM done_by WHERE run = %s ORDER BY number", run)
    assert done == made.ask("SELECT number FROM badger_runrange WHERE run_id = %s ORDER BY number", run)


def writes_nothing_more(made: Site) -> None:
    """See that a second run, by whoever is left, looks at everybody and writes nothing."""
    run = begin(made)
    made.wait_until("SELECT 1 FROM badger_run WHERE id = %s AND status = 'finished'", run)
    assert made.ask("SELECT looked_at, added FROM badger_run WHERE id = %s", run) == [(100_000, 0)]


def undone(made: Site, run: int) -> None:
    """See that whoever is left takes back what the run wrote, and nothing is left of it."""
    said = made.manage("badger", "undo", str(run), "--enqueue")
    assert said.startswith(f"Undoing run {run} is left to a job of {made.runner}."), said
    made.wait_until("SELECT 1 FROM badger_run WHERE id = %s AND status = 'undone'", run)
    assert made.ask("SELECT retracted FROM badger_run WHERE id = %s", run) == [10_000]
    assert made.ask("SELECT count(*) FROM badger_award") == [0]


def left_to_the_second(made: Site, run: int) -> None:
    """See that what was not done when the first one died was done by the second one."""
    left = made.ask("SELECT number FROM badger_runrange WHERE run_id = %s AND finished_at IS NULL", run)
    assert left
    exact(made, run)
    assert made.ask("SELECT DISTINCT worker FROM done_by WHERE run = %s AND number = ANY(%s)", run, left) == ["second"]


def jobs(made: Site, name: str, what: str) -> list[str]:
    """Give the jobs that a worker of Celery says to have received, or that have succeeded."""
    return re.findall(rf"Task django_badger\.work\[(\S+)\] {what}", made.log(name))


@with_queue("celery", "rabbitmq")
@pytest.mark.service("rabbitmq")
def test_with_rabbitmq_the_job_of_a_machine_that_is_gone_goes_to_another(opened):
    run = begin_with_two(opened)
    opened.kill("first")

    left_to_the_second(opened, run)

    [lost] = set(jobs(opened, "first", "received")) - set(jobs(opened, "first", "succeeded"))
    assert lost in jobs(opened, "second", "received")
    assert len(jobs(opened, "second", "received")) > 2, "jobs of a second each have successors"
    writes_nothing_more(opened)
    undone(opened, run)


@with_queue("celery", "redis")
@pytest.mark.service("redis")
def test_with_redis_the_job_of_a_process_that_is_gone_is_done_again(opened):
    run = begin_with_two(opened)
    opened.kill_child("first")

    exact(opened, run)

    assert "WorkerLostError" in opened.log("first")
    received = [*jobs(opened, "first", "received"), *jobs(opened, "second", "received")]
    assert len(received) > len(set(received)), "one job was received twice"
    writes_nothing_more(opened)
    undone(opened, run)


@with_queue("tasks")
def test_with_the_database_worker_the_other_one_does_what_is_left(opened):
    run = begin_with_two(opened)
    opened.kill("first")

    left_to_the_second(opened, run)

    lost = opened.ask("SELECT worker_ids->>0 FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING'")
    assert lost == ["first"], "nobody is given its job"
    writes_nothing_more(opened)
    undone(opened, run)
