import pytest
from django.contrib.auth import get_user_model
from django.test import TestCase
from model_bakery import baker

from django_badger.models import Award
from django_badger.testing import assert_awarded, happened
from guestbook.badges import first_post, master_badger, regular
from guestbook.models import Entry


@pytest.fixture
def user(db):
    return baker.make(get_user_model())


def test_the_first_entry_earns_a_badge(user):
    with assert_awarded(first_post, to=user):
        Entry.objects.create(author=user, message="Hello")


def test_the_second_entry_earns_nothing(user):
    with happened():
        Entry.objects.create(author=user, message="Hello")

    with assert_awarded(first_post, to=user, times=0):
        Entry.objects.create(author=user, message="Hello again")


def test_ten_entries_are_bronze_and_not_silver(user):
    with happened():
        baker.make(Entry, author=user, _quantity=10)

    assert Award.objects.of(regular.bronze).to(user).exists()
    assert not Award.objects.of(regular.silver).to(user).exists()


class MasterBadgerTests(TestCase):
    def test_comes_with_the_last_badge_that_it_needs(self):
        user = baker.make(get_user_model())

        with assert_awarded(master_badger, to=user):
            Entry.objects.create(author=user, message="A long story", word_count=250)
