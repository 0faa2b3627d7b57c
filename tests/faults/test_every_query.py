"""Whichever statement fails: what belongs together is stored together, and doing it again ends well."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from django_badger import badge, rules
from django_badger._engine.announce import deliver
from django_badger._engine.runs import backfill
from django_badger._engine.sync import sync
from django_badger.awarding import Already, award, award_many, progress, record, reinstate, revoke
from django_badger.models import Award, Badge, Progress, ProgressKey
from django_badger.runs import import_awards
from guestbook.models import Entry
from tests.faults.failing import FAULTS, each_failing

pytestmark = pytest.mark.parametrize("kind", FAULTS)


@pytest.fixture(autouse=True)
def badges():
    """A badge by each road, and two that wait for others: one in code, one in the database."""
    badge("thanks", title="Thanks")
    badge("clicks", title="Clicks", progress=1)
    badge("passed", title="Passed", when=rules.event("quiz.passed"))
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    badge("third-post", title="Third post", when=rules.count(Entry, by="author", reaches=3))
    badge("meta", title="Meta", when=rules.has_any("thanks", "clicks", "passed", "first-post"))

    @badge("greeter", title="Greeter", on=rules.created(Entry))
    def greeter(entry):
        return entry.author

    sync()
    Badge.objects.create(slug="friend", title="Friend").prerequisites.set(Badge.objects.filter(slug="meta"))


def held(person):
    return sorted(Award.objects.standing().to(person).values_list("badge__slug", flat=True))


def assert_sound(person, heard):
    """What must hold at any moment, for anybody."""
    rows = list(Award.objects.to(person).select_related("badge"))
    told = {str(award.uuid) for award in heard}
    standing = [award.badge.slug for award in rows if not award.ended]
    assert len(standing) == len(set(standing))
    for one in rows:
        assert one.slot in (one.occasion, one.freed_slot)
        assert bool(one.ended) == bool(one.revoked_at) == bool(one.revoked_reason)
        assert one.announced_at is None or str(one.uuid) in told
    counted = Progress.objects.filter(user=person).first()
    current = counted.current if counted else 0
    assert ("clicks" in standing) == (current >= 1)
    keys = ProgressKey.objects.filter(progress__user=person).count()
    assert current >= keys


def assert_all_told(heard):
    """What was not told because of the fault is told by the next delivery."""
    Award.objects.filter(announced_at=None).update(awarded_at=F("awarded_at") - datetime.timedelta(hours=1))
    deliver()
    assert not Award.objects.filter(announced_at=None).exists()
    assert {award.pk for award in heard} == set(Award.objects.values_list("pk", flat=True))


DOORS = {
    "award": (lambda one: award("thanks", to=one), ["friend", "meta", "thanks"]),
    "award_many": (lambda one: award_many("thanks", to=[one]), ["friend", "meta", "thanks"]),
    "increment": (lambda one: progress("clicks", one).increment(), ["clicks", "friend", "meta"]),
    "increment by key": (lambda one: progress("clicks", one).increment(key="click:1"), ["clicks", "friend", "meta"]),
    "set": (lambda one: progress("clicks", one).set(1), ["clicks", "friend", "meta"]),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door(door, kind, people, heard):
    act, slugs = DOORS[door]
    faults = 0
    for outcome in each_failing(people, kind, act):
        faults += 1
        person = outcome.person
        assert_sound(person, heard)
        first = held(person)
        assert not (outcome.raised and first), "told that it failed, though it was done"
        assert outcome.raised or slugs[0 if slugs[0] == "clicks" else -1] in first
        if kind == "a lock" and not outcome.raised:
            assert first == slugs

        act(person)
        assert_sound(person, heard)
        if held(person) != slugs:
            backfill(notify="each")
        assert held(person) == slugs
    assert faults >= 5
    assert_all_told(heard)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_inside_a_transaction_whose_host_goes_on(door, kind, people, heard):
    act, slugs = DOORS[door]

    def visit(person):
        with transaction.atomic():
            Entry.objects.create(author=person, message="before")
            try:
                with transaction.atomic():
                    act(person)
            except DatabaseError:
                done = False
            else:
                done = True
            Entry.objects.create(author=person, message=f"after {done}")
        return done

    for outcome in each_failing(people, kind, visit):
        person = outcome.person
        assert_sound(person, heard)
        if outcome.raised:  # the savepoint itself failed, so Django gave up the host's transaction
            assert not Entry.objects.filter(author=person).exists()
            assert held(person) == []
            visit(person)
        assert Entry.objects.filter(author=person).count() == 2
        if Entry.objects.filter(author=person, message="after False").exists():
            assert not {"thanks", "clicks"} & set(held(person))
            act(person)
        Entry.objects.create(author=person, message="a later event")
        if len(held(person)) < len(slugs) + 3:
            backfill(notify="each")
        assert_sound(person, heard)
        assert held(person) == sorted([*slugs, "first-post", "greeter", "third-post"])
    assert_all_told(heard)


@pytest.mark.parametrize("key", ["", "click:2"])
def test_an_increment_that_is_not_the_first(key, kind, people, heard):
    """One that was told to have failed did not count; one that was not, did."""

    def prepared(number):
        made = people(number)
        for person in made:
            progress("clicks", person).increment(key="click:1")
        return made

    for outcome in each_failing(prepared, kind, lambda one: progress("clicks", one).increment(key=key)):
        person = outcome.person
        assert_sound(person, heard)
        counted = progress("clicks", person).current
        assert counted == (1 if outcome.raised else 2)
        assert ProgressKey.objects.filter(progress__user=person).count() == (counted if key else 1)
        progress("clicks", person).increment(key=key)
        assert progress("clicks", person).current == (2 if key else counted + 1)


@pytest.fixture
def given(people):
    """Make people who have the badge."""

    def make(number):
        made = people(number)
        for person in made:
            award("thanks", to=person)
        return made

    return make


def thanks_of(person):
    return Award.objects.of("thanks").to(person).order_by("pk").first()


def test_a_revocation(kind, given, heard):
    faults = 0
    for outcome in each_failing(given, kind, lambda one: revoke(thanks_of(one), reason="Too early.")):
        faults += 1
        assert_sound(outcome.person, heard)
        assert thanks_of(outcome.person).stands == bool(outcome.raised)
        again = revoke(thanks_of(outcome.person), reason="Too early.")
        assert bool(again) == bool(outcome.raised)
        assert not thanks_of(outcome.person).stands
    assert faults >= 1


def test_an_award_that_is_given_again_by_a_person(kind, given, admin, heard):
    def revoked(number):
        made = given(number)
        for person in made:
            revoke(thanks_of(person), reason="Too early.")
        return made

    faults = 0
    for outcome in each_failing(revoked, kind, lambda one: award("thanks", to=one, by=admin)):
        faults += 1
        person = outcome.person
        assert_sound(person, heard)
        rows = Award.objects.of("thanks").to(person)
        assert rows.filter(slot="").count() == 1, "the freed slot and the new award belong together"
        assert rows.count() == (1 if outcome.raised else 2)
        award("thanks", to=person, by=admin)
        assert rows.standing().count() == 1
        assert isinstance(award("thanks", to=person, by=admin), Already)
    assert faults >= 5


def test_a_reinstatement(kind, given, heard):
    def revoked(number):
        made = given(number)
        for person in made:
            revoke(thanks_of(person), reason="Too early.")
        return made

    for outcome in each_failing(revoked, kind, lambda one: reinstate(thanks_of(one))):
        assert_sound(outcome.person, heard)
        assert thanks_of(outcome.person).stands == (not outcome.raised)
        reinstate(thanks_of(outcome.person))
        assert thanks_of(outcome.person).stands


# --- what follows a host's commit --------------------------------------------------------------------------------------


def save(person):
    Entry.objects.bulk_create(Entry(author=person, message="earlier") for _ in range(3))
    Entry.objects.create(author=person, message="Hello")


def save_in_a_transaction(person):
    with transaction.atomic():
        for _ in range(4):
            Entry.objects.create(author=person, message="Hello")


EVENTS = {
    "save": (save, ["first-post", "friend", "greeter", "meta", "third-post"]),
    "transaction": (save_in_a_transaction, ["first-post", "friend", "greeter", "meta", "third-post"]),
    "record": (lambda one: record("quiz.passed", user=one), ["friend", "meta", "passed"]),
}


@pytest.mark.parametrize("event", EVENTS)
def test_an_evaluation(event, kind, people, heard):
    """The host never notices; and what was not awarded is awarded by the next event, or by a run."""
    act, slugs = EVENTS[event]
    faults = 0
    for outcome in each_failing(people, kind, act):
        faults += 1
        person = outcome.person
        assert outcome.raised is None
        assert Entry.objects.filter(author=person).count() == (0 if event == "record" else 4)
        assert_sound(person, heard)
        if kind == "a lock":
            assert held(person) == slugs
        elif event == "record":
            record("quiz.passed", user=person)
        else:
            Entry.objects.create(author=person, message="a later event")
        assert_sound(person, heard)
        if held(person) != slugs:  # what waits for others is woken by these alone
            assert set(slugs) - set(held(person)) <= {"friend", "meta"}
            backfill(notify="each")
        assert held(person) == slugs
    assert faults >= 5
    assert_all_told(heard)


@pytest.mark.parametrize("event", EVENTS)
def test_an_evaluation_that_has_to_make_the_badges_first(event, kind, people, heard):
    act, slugs = EVENTS[event]
    declared = [slug for slug in slugs if slug != "friend"]

    def forgotten(number):
        Award.objects.all().delete()
        Badge.objects.all().delete()
        heard.clear()
        return people(number)

    faults = 0
    for outcome in each_failing(forgotten, kind, act):
        faults += 1
        assert outcome.raised is None
        assert_sound(outcome.person, heard)
        if event == "record":
            record("quiz.passed", user=outcome.person)
        else:
            Entry.objects.create(author=outcome.person, message="a later event")
        if held(outcome.person) != declared:
            backfill(notify="each")
        assert held(outcome.person) == declared
    assert faults >= 5


def test_an_import(kind, people, heard):
    def act(person):
        return import_awards(["user", person.get_username()], badge="thanks", notify="each")

    faults = 0
    for outcome in each_failing(people, kind, act):
        faults += 1
        person = outcome.person
        assert_sound(person, heard)
        assert outcome.raised or "thanks" in held(person)

        again = act(person)
        assert (again.looked_at, again.refused, again.run.status) == (1, 0, "finished")
        assert_sound(person, heard)
        if held(person) != ["friend", "meta", "thanks"]:
            backfill(notify="each")
        assert held(person) == ["friend", "meta", "thanks"]
    assert faults >= 15
    assert_all_told(heard)
