"""Meta-badges come at once, exactly once, also where their last prerequisites land at the same moment."""

from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Q

from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.awarding import award
from django_badger.models import Award, Badge
from guestbook.models import Entry
from tests.races.threads import at_once

pytestmark = pytest.mark.race

#: 500 on the server that the figures are promised for.
PEOPLE = 500 if connection.vendor == "postgresql" else 100


def together(members, *acts):
    """Do each of the acts for everybody, each act in a thread of its own, and for each person all at the same moment."""
    meet = Barrier(len(acts), timeout=60)

    def go(mine):
        for one in members:
            meet.wait()
            acts[mine](one)

    at_once(len(acts), go)


def holders(slug):
    return Award.objects.standing().filter(badge__slug=slug).count()


def from_code(left, right):
    badge("both", title="Both", when=rules.has_all(left, right))
    sync()


def from_the_database(left, right):
    sync()
    both = Badge.objects.create(slug="both", title="Both")
    both.prerequisites.set(Badge.objects.filter(slug__in=[left.slug, right.slug]))


@pytest.mark.parametrize("wait_for_both", [from_code, from_the_database])
def test_two_people_award_the_last_two_prerequisites(wait_for_both, people, heard):
    left, right = badge("left", title="Left"), badge("right", title="Right")
    wait_for_both(left, right)
    number = PEOPLE if wait_for_both is from_code else 100
    members = people(number)

    together(members, lambda one: award(left, to=one), lambda one: award(right, to=one))

    assert (holders("left"), holders("right"), holders("both")) == (number, number, number)
    assert len(heard) == 3 * number


@pytest.mark.parametrize("wait_for_both", [from_code, from_the_database])
def test_two_saved_rows_earn_the_last_two_prerequisites(wait_for_both, people, heard):
    left = badge("left", title="Left", when=rules.created(Entry, by="author", where=Q(message="left")))
    right = badge("right", title="Right", when=rules.created(Entry, by="author", where=Q(message="right")))
    wait_for_both(left, right)
    number = PEOPLE if wait_for_both is from_code else 100
    members = people(number)

    together(
        members,
        lambda one: Entry.objects.create(author=one, message="left"),
        lambda one: Entry.objects.create(author=one, message="right"),
    )

    assert (holders("left"), holders("right"), holders("both")) == (number, number, number)
    assert len(heard) == 3 * number


def test_a_chain_of_five_comes_to_its_end(people, heard):
    left, right = badge("left", title="Left"), badge("right", title="Right")
    last = badge("meta-1", title="Meta", when=rules.has_all(left, right))
    for number in (2, 3, 4, 5):
        last = badge(f"meta-{number}", title="Meta", when=rules.has_all(last, left))
    sync()
    members = people(20)

    together(members, lambda one: award(left, to=one), lambda one: award(right, to=one))

    assert [holders(f"meta-{number}") for number in (1, 2, 3, 4, 5)] == [20] * 5
    assert len(heard) == 7 * 20


def test_a_chain_half_in_code_and_half_in_the_database_comes_to_its_end(people):
    left, right = badge("left", title="Left"), badge("right", title="Right")
    first = badge("meta-1", title="Meta", when=rules.has_all(left, right))
    sync()
    second = Badge.objects.create(slug="meta-2", title="Meta")
    second.prerequisites.set(Badge.objects.filter(slug=first.slug))
    badge("meta-3", title="Meta", when=rules.has_all("meta-2", left))
    members = people(20)

    together(members, lambda one: award(left, to=one), lambda one: award(right, to=one))

    assert [holders(f"meta-{number}") for number in (1, 2, 3)] == [20] * 3
