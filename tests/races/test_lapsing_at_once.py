"""Awards that several threads let lapse, keep or renew at the same moment: done once, and right in the end."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from django_badger import badge, rules, signals
from django_badger._engine import overdue
from django_badger._engine.sync import sync
from django_badger.awarding import award, renew
from django_badger.models import Award
from guestbook.models import Entry
from tests.races.threads import LEVELS, at_once

pytestmark = pytest.mark.race

THREADS = 8


@pytest.fixture
def lapsed():
    told = []

    def hear(award, **_rest):
        told.append(award.uuid)

    signals.badge_lapsed.connect(hear)
    yield told
    signals.badge_lapsed.disconnect(hear)


def deleting(entries):
    return lambda mine: entries[mine].delete()


@pytest.mark.parametrize("level", LEVELS)
def test_rows_that_are_deleted_at_once_let_an_award_lapse_once(people, lapsed, level):
    badge("writer", title="Writer", when=rules.count(Entry, by="author", reaches=THREADS), retention="while_true")
    sync()
    for person in people(5):
        entries = [Entry.objects.create(author=person, message="…") for _ in range(THREADS)]
        assert Award.objects.standing().to(person).count() == 1
        at_once(THREADS, deleting(entries), level=level)
        assert list(Award.objects.to(person).values_list("ended", flat=True)) == ["lapsed"]
    assert len(lapsed) == len(set(lapsed)) == 5


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("grace", [None, timedelta(days=7)])
def test_what_is_taken_back_and_done_again_at_once_is_held_in_the_end(people, grace, level):
    """Whoever comes last has seen it all; an award that lapsed in between was earned anew."""
    badge("writer", title="Writer", when=rules.created(Entry, by="author"), retention="while_true", grace=grace)
    sync()
    for person in people(30):
        entry = Entry.objects.create(author=person, message="…")
        meet = Barrier(2, timeout=60)

        def go(mine, person=person, entry=entry, meet=meet):
            meet.wait()
            if mine:
                entry.delete()
            else:
                Entry.objects.create(author=person, message="…")

        at_once(2, go, level=level)
        assert Award.objects.standing().to(person).count() == 1


def test_two_deliveries_let_an_award_lapse_once(people, lapsed):
    badge(
        "writer", title="Writer", when=rules.created(Entry, by="author"), retention="while_true",
        grace=timedelta(days=7),
    )  # fmt: skip
    sync()
    members = people(20)
    for person in members:
        Entry.objects.create(author=person, message="…").delete()
    Award.objects.update(lapses_at=timezone.now())
    at_once(4, lambda _mine: overdue.lapse_overdue())
    assert Award.objects.filter(ended="lapsed").count() == 20
    assert len(lapsed) == len(set(lapsed)) == 20


def renewing(copies):
    return lambda mine: renew(copies[mine])


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=60)], ids=["standing", "expired"])
def test_several_who_renew_an_award_renew_it_once(people, ago):
    aid = badge("first-aid", title="First aid", valid_for=timedelta(days=30))
    sync()
    for person in people(5):
        given = award(aid, to=person).award
        Award.objects.filter(pk=given.pk).update(expires_at=given.expires_at - ago)
        copies = [Award.objects.select_related("badge", "recipient").get(pk=given.pk) for _ in range(THREADS)]
        answers = at_once(THREADS, renewing(copies))
        assert sum(bool(answer) for answer in answers) == 1
        assert Award.objects.standing().to(person).count() == 1
        assert Award.objects.to(person).count() == (2 if ago else 1)


def saving(entry):
    return lambda _mine: Entry.objects.get(pk=entry.pk).save()


def test_an_expired_award_is_earned_again_once(people):
    badge(
        "writer", title="Writer", when=rules.created(Entry, by="author"), valid_for=timedelta(days=30), renews=True
    )  # fmt: skip
    sync()
    for person in people(5):
        entry = Entry.objects.create(author=person, message="…")
        Award.objects.to(person).update(expires_at=timezone.now())
        at_once(THREADS, saving(entry))
        assert Award.objects.standing().to(person).count() == 1
        assert Award.objects.to(person).count() == 2
