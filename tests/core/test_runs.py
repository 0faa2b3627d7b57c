"""Bulk acts: everybody is looked at in ranges; what a run does is logged and told only if asked."""

import pytest
from django.db.models import QuerySet

from django_badger import badge, rules
from django_badger._engine import announce, ranges, runs
from django_badger._engine.sync import sync
from django_badger.awarding import award, revoke
from django_badger.models import Award, Badge, Run
from django_badger.signals import badge_awarded
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


@pytest.fixture
def heard():
    told = []

    def hear(award, **_rest):
        told.append(award.pk)

    badge_awarded.connect(hear)
    yield told
    badge_awarded.disconnect(hear)


@pytest.fixture
def writers(make_person):
    people = sorted((make_person() for _ in range(5)), key=lambda person: person.pk)
    Entry.objects.bulk_create(Entry(author=person, message="…") for person in people)
    return people


def holders(slug):
    return Award.objects.standing().of(slug).count()


def test_a_run_is_cut_in_ranges_and_shows_how_far_it_is(writers, monkeypatch):
    monkeypatch.setattr(ranges, "FIRST", 2)
    monkeypatch.setattr(ranges, "next_size", lambda *_given: 2)
    badge("a", title="A", when=rules.created(Entry, by="author"))
    shown = []
    run = runs.backfill(asked_by=writers[0], shown=lambda run: shown.append((run.looked_at, run.people, run.added)))
    assert shown == [(2, 5, 2), (4, 5, 4), (5, 5, 5)]
    assert (run.status, run.added, run.asked_by, run.badge) == ("finished", 5, writers[0], None)
    assert run.finished_at is not None
    assert str(run) == f"backfill {run.pk}"
    assert run.awards.count() == 5
    assert [(one.looked_at, one.added) for one in run.ranges.order_by("number")] == [(2, 2), (2, 2), (1, 1)]
    assert str(run.ranges.get(number=3)) == f"{writers[4].pk} … {writers[4].pk}"


def test_a_run_ends_when_it_has_looked_at_as_many_people_as_it_said_there_are(writers, make_person):
    """Blocked accounts are among them: passing them over is looking at them."""
    make_person(is_active=False)
    badge("a", title="A", when=rules.created(Entry, by="author"))
    run = runs.backfill()
    assert (run.looked_at, run.people, run.added) == (6, 6, 5)


@pytest.mark.parametrize(
    ("size", "seconds", "next_one"), [(1000, 0, 8000), (1000, 0.8, 500), (100, 9, 100), (40_000, 0.1, 50_000)]
)
def test_the_next_range_takes_about_as_long_as_a_range_should(size, seconds, next_one):
    assert ranges.next_size(size, seconds) == next_one


def test_only_the_badges_that_were_named(writers):
    badge("a", title="A", when=rules.created(Entry, by="author"))
    badge("b", title="B", when=rules.created(Entry, by="author"))
    run = runs.backfill(["b"])
    assert run.badge == Badge.objects.get(slug="b")
    assert (holders("a"), holders("b")) == (0, 5)


def test_a_badge_that_waits_for_another_comes_in_the_same_run(writers):
    badge("last", title="Last", when=rules.has("middle"))
    badge("middle", title="Middle", when=rules.has("first"))
    badge("first", title="First", when=rules.created(Entry, by="author"))
    assert runs.backfill().added == 15
    assert runs.backfill().added == 0


def test_a_badge_whose_row_was_made_anew_counts_for_those_that_wait_for_it(make_person):
    badge("needed", title="Needed")
    badge("all", title="All", when=rules.has_all("needed"))

    for _ in range(2):
        sync()
        award("needed", to=make_person())
        assert runs.backfill(["all"]).added == 1
        Award.objects.all().delete()
        Badge.objects.get(slug="needed").delete()


def test_nobody_is_awarded_who_cannot_be(writers, make_person):
    first = badge("a", title="A", when=rules.created(Entry, by="author"))
    blocked = make_person(is_active=False)
    Entry.objects.bulk_create([Entry(author=blocked, message="…")])
    revoke(award(first, to=writers[0]).award, reason="Spam.")
    assert runs.backfill().added == 4
    badge("closed", title="C", when=rules.created(Entry, by="author"))
    sync()
    Badge.objects.filter(slug="closed").update(status="disabled")
    assert runs.backfill().added == 0


@pytest.mark.parametrize(("notify", "expected"), [("none", 0), ("each", 5)])
def test_people_are_told_only_if_asked(writers, heard, notify, expected, django_capture_on_commit_callbacks):
    badge("a", title="A", when=rules.created(Entry, by="author"))
    with django_capture_on_commit_callbacks(execute=True):
        runs.backfill(notify=notify)
    assert len(heard) == expected
    assert not Award.objects.filter(announced_at=None).exists()


def broken() -> QuerySet[Entry]:
    msg = "no way"
    raise ZeroDivisionError(msg)


def test_a_run_that_fails_says_why(writers):
    badge("a", title="A", when=rules.every(broken, text="…"))
    with pytest.raises(ZeroDivisionError):
        runs.backfill()
    run = Run.objects.get()
    assert (run.status, run.error) == ("failed", "ZeroDivisionError: no way")
    assert run.finished_at is not None


def test_a_rule_that_fails_stops_no_other_badge(writers, settings, caplog):
    settings.BADGER_RAISE_ERRORS = False
    badge("a", title="A", when=rules.every(broken, text="…"))
    badge("b", title="B", when=rules.created(Entry, by="author"))

    run = runs.backfill()

    assert (run.status, run.added) == ("finished", 5)
    assert Badge.objects.get(slug="a").errors > 0
    assert Badge.objects.get(slug="b").errors == 0
    assert "ZeroDivisionError" in caplog.text


def test_what_a_crash_left_untold_is_told_later_and_once(user, heard, registry):
    thanks = badge("thanks", title="Thanks")
    given = award(thanks, to=user).award  # a test's transaction never commits: nobody is told
    assert announce.deliver() == 0  # it may still be on its way
    Award.objects.update(awarded_at=given.awarded_at - 2 * announce.FORGOTTEN_AFTER)
    assert announce.deliver() == 1
    assert heard == [given.pk]
    assert announce.deliver() == 0


def test_only_so_many_are_told_at_once_the_oldest_first(make_person, heard, registry):
    thanks = badge("thanks", title="Thanks")
    made = [award(thanks, to=make_person()).award for _ in range(3)]
    for number, one in enumerate(made):
        Award.objects.filter(pk=one.pk).update(awarded_at=one.awarded_at - (9 - number) * announce.FORGOTTEN_AFTER)
    assert announce.deliver(limit=2) == 2
    assert heard == [made[0].pk, made[1].pk]


def test_a_badge_or_something_else_is_enough(writers):
    """One part of several that names a badge is not all there is to hold."""
    badge("thanks", title="Thanks")
    badge("either", title="Either", when=rules.at_least(1, rules.has("thanks"), rules.created(Entry, by="author")))
    sync()
    runs.backfill(["either"])
    assert holders("either") == len(writers)
