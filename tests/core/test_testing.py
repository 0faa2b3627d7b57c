"""What hosts' tests use."""

import pytest
from django.db import connection

from django_badger import badge, rules
from django_badger.models import Award
from django_badger.testing import assert_awarded, happened, isolated_registry
from guestbook.models import Entry


@pytest.fixture
def first(registry):
    return badge("first", title="First", when=rules.created(Entry, by="author"))


@pytest.mark.django_db
def test_a_badge_that_did_not_come_is_told_with_what_came(make_person, first):
    ann, bob = make_person(), make_person()
    with (
        pytest.raises(AssertionError, match="was awarded 'first' 0 times, not 1; now they hold no badge"),
        assert_awarded(first, to=ann),
    ):
        Entry.objects.create(author=bob, message="…")
    with (
        pytest.raises(AssertionError, match="was awarded 'other' 0 times, not 1; now they hold first"),
        assert_awarded("other", to=ann),
    ):
        Entry.objects.create(author=ann, message="…")


@pytest.mark.django_db
def test_a_badge_that_came_against_expectation_is_told(user, first):
    with (
        pytest.raises(AssertionError, match="was awarded 'first' 1 times, not 0"),
        assert_awarded(first, to=user, times=0),
    ):
        Entry.objects.create(author=user, message="…")


@pytest.mark.django_db
def test_several_may_be_expected(user, registry):
    yearly = badge("y", title="Y", when=rules.created(Entry, by="author", each="word_count"))
    with assert_awarded(yearly, to=user, times=2):
        for number in (1, 2):
            Entry.objects.create(author=user, message="…", word_count=number)


@pytest.mark.django_db
def test_what_was_to_happen_after_the_commit_before_stays_so(user, first):
    Entry.objects.create(author=user, message="…")
    with happened():
        pass
    assert not Award.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_the_block_is_one(user, first):
    assert not connection.in_atomic_block
    with happened():
        Entry.objects.create(author=user, message="…")
        assert not Award.objects.exists()
    assert Award.objects.of(first).to(user).exists()


def test_a_registry_of_ones_own():
    with isolated_registry() as empty:
        assert list(empty) == []
        badge("a", title="A")
        assert len(empty) == 1
