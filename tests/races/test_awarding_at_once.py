"""One badge a person, however many threads award it, by however many roads."""

from collections import Counter

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Count

from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.awarding import Already, Awarded, Revoked, award, revoke
from django_badger.models import Award
from guestbook.models import Entry
from tests.races.threads import LEVELS, at_once

pytestmark = pytest.mark.race


def kinds(results):
    return Counter(type(result) for each in results for result in each)


def held_once_by(people, *slugs):
    """Whether each of these people holds each of these badges exactly once, and nobody holds anything else."""
    rows = Award.objects.values_list("recipient", "badge__slug").annotate(times=Count("pk"))
    return sorted(map(str, rows)) == sorted(str((person.pk, slug, 1)) for person in people for slug in slugs)


THREADS, PEOPLE = (64, 200) if connection.vendor == "postgresql" else (16, 50)


@pytest.mark.parametrize("level", LEVELS)
def test_everybody_is_awarded_exactly_once_and_told_once(level, people, heard):
    thanks = badge("thanks", title="Thanks")
    sync()
    members = people(PEOPLE if level == LEVELS[0] else 50)

    results = at_once(THREADS, lambda _: [award(thanks, to=one) for one in members], level=level)

    assert kinds(results) == {Awarded: len(members), Already: (THREADS - 1) * len(members)}
    assert held_once_by(members, "thanks")
    assert sorted(str(told.recipient_id) for told in heard) == sorted(str(one.pk) for one in members)
    assert not Award.objects.filter(announced_at=None).exists()


def read_write_award_read(thanks, person, text):
    """What a view of a host does: it reads, saves a row of its own, awards a badge, and reads on."""
    with transaction.atomic():
        list(Entry.objects.all()[:5])
        Award.objects.count()
        mine = Entry.objects.create(author=person, message=text)
        result = award(thanks, to=person)
        assert Entry.objects.filter(pk=mine.pk).count() == 1
    return result


@pytest.mark.parametrize("level", LEVELS)
def test_inside_transactions_that_already_read_nobody_gets_an_error(level, people, heard):
    thanks = badge("thanks", title="Thanks")
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    sync()
    threads, members = 16 if connection.vendor == "sqlite" else 32, people(50)

    def visit(mine):
        return [read_write_award_read(thanks, one, f"{mine}: {one.pk}") for one in members]

    results = at_once(threads, visit, level=level)

    assert kinds(results) == {Awarded: 50, Already: (threads - 1) * 50}
    assert held_once_by(members, "thanks", "first-post")
    assert len(heard) == 100
    assert Entry.objects.count() == threads * 50


@pytest.mark.postgresql
def test_where_everything_is_serializable_the_host_retries_and_it_is_exact(people):
    thanks = badge("thanks", title="Thanks")
    sync()
    members = people(10)

    def visit(mine):
        tries = 0
        for one in members:
            while True:
                tries += 1
                try:
                    read_write_award_read(thanks, one, f"{mine}: {one.pk}")
                    break
                except OperationalError:
                    continue
        return tries

    tries = at_once(8, visit, level="serializable")

    assert sum(tries) >= 80
    assert held_once_by(members, "thanks")
    assert Entry.objects.count() == 80


def test_saved_rows_and_the_door_at_once_award_once(people, heard):
    first = badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    sync()
    members = people(25)

    def go(mine):
        for one in members:
            if mine % 2:
                award(first, to=one)
            else:
                Entry.objects.create(author=one, message="Hello")

    at_once(8, go)

    assert held_once_by(members, "first-post")
    assert len(heard) == 25


@pytest.mark.parametrize("level", LEVELS)
def test_of_revocations_at_once_one_revokes(level, people):
    thanks = badge("thanks", title="Thanks")
    awards = [award(thanks, to=one).award for one in people(10)]

    results = at_once(
        8, lambda _: [revoke(Award.objects.get(pk=one.pk), reason="Why not?") for one in awards], level=level
    )

    assert kinds(results) == {Revoked: 10, Already: 70}


@pytest.mark.parametrize("level", LEVELS)
def test_a_revoked_badge_that_many_people_award_again_stands_once(level, people, admin):
    thanks = badge("thanks", title="Thanks")
    members = people(10)
    for one in members:
        revoke(award(thanks, to=one).award, reason="Too early.")

    results = at_once(8, lambda _: [award(thanks, to=one, by=admin) for one in members], level=level)

    assert kinds(results) == {Awarded: 10, Already: 70}
    assert Award.objects.standing().count() == 10
    assert Award.objects.filter(slot="").count() == 10


def test_revoking_while_somebody_awards_again_leaves_one_answer(people, admin):
    thanks = badge("thanks", title="Thanks")
    members = people(20)
    awards = {one.pk: award(thanks, to=one).award for one in members}

    def go(mine):
        if mine:
            return [award(thanks, to=one, by=admin) for one in members]
        return [revoke(awards[one.pk], reason="Too early.") for one in members]

    revoked, again = at_once(2, go)

    assert kinds([revoked]) == {Revoked: 20}
    for one, second in zip(members, again, strict=True):
        rows = Award.objects.to(one)
        assert rows.filter(slot="").count() == 1
        assert rows.standing().count() == bool(second)
        assert rows.count() == 1 + bool(second)
