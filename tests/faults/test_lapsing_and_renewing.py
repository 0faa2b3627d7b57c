"""Whichever statement fails while an award lapses or is renewed: the row is whole, and the next event ends well."""

import datetime

import pytest
from django.utils import timezone

from django_badger import badge, rules, signals
from django_badger._engine import overdue
from django_badger._engine.sync import sync
from django_badger.awarding import award, renew
from django_badger.models import Award
from guestbook.models import Entry
from tests.faults.failing import FAULTS, each_failing

pytestmark = pytest.mark.parametrize("kind", FAULTS)

WEEK = datetime.timedelta(days=7)


def hearing(signal):
    told = []

    def hear(award, **_rest):
        told.append(award.pk)

    signal.connect(hear)
    yield told
    signal.disconnect(hear)


@pytest.fixture
def lapsed():
    """The awards of which the site was told that they lapsed."""
    yield from hearing(signals.badge_lapsed)


@pytest.fixture
def warned():
    """The awards of which the site was told that they expire soon."""
    yield from hearing(signals.badge_expiring)


def states(person):
    return dict(Award.objects.to(person).values_list("badge__slug", "ended"))


def assert_sound(person):
    """What must hold at any moment: an award stands with its slot, or has lapsed and its slot is free."""
    for one in Award.objects.to(person):
        assert bool(one.ended) == bool(one.ended_at) == (one.slot == one.freed_slot)


def writer(**options):
    badge("writer", title="Writer", when=rules.created(Entry, by="author"), retention="while_true", **options)
    badge("meta", title="Meta", when=rules.has("writer"), retention="while_true")
    badge("for-ever", title="For ever", when=rules.created(Entry, by="author"))
    sync()


def written(person):
    return Entry.objects.create(author=person, message="…")


def test_an_award_that_lapses(kind, people, lapsed):
    writer()

    def act(person):
        entry = Entry.objects.get(author=person)
        entry.delete()

    def prepared(number):
        found = people(number)
        for person in found:
            written(person)
        return found

    faults = 0
    for outcome in each_failing(prepared, kind, act):
        faults += 1
        person = outcome.person
        assert outcome.raised is None, "the host's own work goes on"
        assert_sound(person)
        assert states(person)["for-ever"] == ""
        if kind == "a lock":
            assert states(person) == {"writer": "lapsed", "meta": "lapsed", "for-ever": ""}
        Entry.objects.filter(pk=written(person).pk).get().delete()
        assert_sound(person)
        assert not Award.objects.standing().to(person).filter(badge__slug="writer").exists()
    assert faults >= 5
    assert len(lapsed) == len(set(lapsed))


def test_a_grace_that_begins_and_is_over(kind, people, lapsed):
    writer(grace=WEEK)

    def act(person):
        Entry.objects.get(author=person).delete()
        Award.objects.to(person).exclude(lapses_at=None).update(lapses_at=timezone.now())
        overdue.lapse_overdue()

    def prepared(number):
        found = people(number)
        for person in found:
            written(person)
        return found

    faults = 0
    for outcome in each_failing(prepared, kind, act):
        faults += 1
        assert_sound(outcome.person)
        Entry.objects.get(pk=written(outcome.person).pk).delete()
        Award.objects.to(outcome.person).exclude(lapses_at=None).update(lapses_at=timezone.now())
        overdue.lapse_overdue()
        assert_sound(outcome.person)
        assert states(outcome.person)["writer"] == "lapsed"
    assert faults >= 5


@pytest.mark.parametrize("ago", [datetime.timedelta(0), 5 * WEEK], ids=["standing", "expired"])
def test_a_renewal(kind, people, ago):
    badge("first-aid", title="First aid", valid_for=4 * WEEK)
    sync()

    def act(person):
        given = Award.objects.with_badges().get(recipient=person)
        return renew(given)

    def prepared(number):
        found = people(number)
        for person in found:
            given = award("first-aid", to=person).award
            Award.objects.filter(pk=given.pk).update(expires_at=given.expires_at - ago)
        return found

    faults = 0
    for outcome in each_failing(prepared, kind, act):
        faults += 1
        awards = Award.objects.to(outcome.person)
        if awards.count() == 1:
            assert renew(awards.with_badges().get())
        standing = awards.standing().get()
        assert standing.slot == ""
        assert awards.count() == (2 if ago else 1)
    assert faults >= 1


def test_a_warning(kind, people, warned):
    badge("first-aid", title="First aid", valid_for=WEEK)
    sync()

    def prepared(number):
        found = people(number)
        for person in found:
            award("first-aid", to=person)
        return found

    for outcome in each_failing(prepared, kind, lambda _person: overdue.warn()):
        overdue.warn()
        given = Award.objects.to(outcome.person).get()
        assert given.warned_at is not None
        assert given.pk in warned
