"""People and rows that are gone when badges are decided, or that came without an event: no error, and nothing lost."""

import datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from model_bakery import baker

from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.awarding import Refused, award, award_many, explain, next_badges, progress, record
from django_badger.models import Award, Progress
from django_badger.testing import happened
from django_badger.verdicts import ONE, Reading
from guestbook.models import Entry
from tests.core.careful import Faulty, careful, errors, held, sound, user
from tests.races.committed import committed, declared
from tests.studio.models import Piece, Remark

__all__ = ["careful", "committed", "declared", "errors", "sound", "user"]


# --- people who are gone -----------------------------------------------------------------------------------------------


def test_a_person_who_is_deleted_before_the_commit(user, sound, errors):
    sync()
    with transaction.atomic():
        entry = Entry.objects.create(author=user, message="Hello", word_count=5)
        record("quiz.passed", user=user, subject=entry)
        get_user_model().objects.filter(pk=user.pk).delete()
    assert not Award.objects.exists()
    assert errors() == []


def test_a_person_who_is_deleted_by_the_object_at_hand(user, sound, errors):
    sync()
    with transaction.atomic():
        Entry.objects.create(author=user, message="Hello", word_count=5)
        user.delete()
    assert not Award.objects.exists()
    assert errors() == []


def test_a_person_who_is_deleted_while_badges_are_decided(user, sound):
    """Between the question and the insert: the others who wrote in the same transaction keep what they earned."""
    friend = baker.make(get_user_model())

    class Deleting(Faulty):
        def readings(self, facts, user_id):
            get_user_model().objects.filter(pk=user.pk).delete()
            return {"": Reading(ONE, ONE)}

    badge("c-deleting", title="Deleting", when=Deleting())
    sync()
    with transaction.atomic():
        for person in (user, friend):
            Entry.objects.create(author=person, message="Hello", word_count=5)
    assert held(friend) == sorted([*sound, "c-deleting"])
    assert Award.objects.count() == len(sound) + 1


def test_a_blocked_person_earns_nothing_and_nothing_breaks(user, sound, errors):
    sync()
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    Entry.objects.create(author=user, message="Hello", word_count=5)
    assert held(user) == []
    assert errors() == []


@pytest.fixture
def doors():
    badge("thanks", title="Thanks")
    badge("clicks", title="Clicks", progress=1)
    badge("passed", title="Passed", when=rules.event("quiz.passed"))
    sync()


def test_somebody_who_was_never_saved(doors, errors):
    for nobody in (get_user_model()(), AnonymousUser()):
        assert isinstance(award("thanks", to=nobody), Refused)
        assert not award_many("thanks", to=[nobody])
        record("quiz.passed", user=nobody)
        assert progress("clicks", nobody).increment().current == 0
        assert progress("clicks", nobody).current == 0
        assert explain("passed", nobody).holds is False
    assert next_badges(AnonymousUser()) == []
    assert not Award.objects.exists()
    assert errors() == []


def test_somebody_whose_account_was_deleted_elsewhere(doors, user, errors):
    friend = baker.make(get_user_model())
    get_user_model().objects.filter(pk=user.pk).delete()
    assert isinstance(award("thanks", to=user), Refused)
    assert [one.recipient for one in award_many("thanks", to=[user, friend]).awarded] == [friend]
    record("quiz.passed", user=user)
    for key in ("", "click:1"):
        assert progress("clicks", user).increment(key=key).current == 0
    assert progress("clicks", user).set(5).current == 0
    assert explain("passed", user).holds is False
    assert next_badges(user)
    assert not Progress.objects.exists()
    assert held(user) == []


# --- rows that are gone, or come another way ---------------------------------------------------------------------------


def test_a_row_that_is_deleted_before_the_commit(user, sound, errors):
    sync()
    with transaction.atomic():
        Entry.objects.create(author=user, message="Hello", word_count=5).delete()
    assert held(user) == []
    assert errors() == []


def test_a_row_whose_way_to_its_person_is_deleted_before_the_commit(user, errors):
    badge("remarkable", title="Remarkable", when=rules.created(Remark, by="piece__author"))
    sync()
    piece = Piece.objects.create(author=user)
    with transaction.atomic():
        Remark.objects.create(piece_id=piece.pk, text="Beautiful!")
        Piece.objects.filter(pk=piece.pk).delete()
    assert held(user) == []
    assert errors() == []


def test_fixtures_and_rows_in_bulk_award_nothing_and_the_next_row_catches_up(user, sound, errors, tmp_path):
    sync()
    entries = [Entry(pk=number, author=user, message="Hello", word_count=5) for number in (1, 2)]
    fixture = tmp_path / "entries.json"
    fixture.write_text(serializers.serialize("json", entries), encoding="utf-8")
    call_command("loaddata", fixture, verbosity=0)
    Entry.objects.bulk_create([Entry(author=user, message="Hello")])
    Entry.objects.update(word_count=6)
    assert Entry.objects.count() == 3
    assert held(user) == []
    Entry.objects.create(author=user, message="Hello")
    assert held(user) == sound
    assert errors() == []


def test_a_source_row_that_is_deleted_later_takes_no_award_along(user, sound):
    sync()
    entry = Entry.objects.create(author=user, message="Hello", word_count=5)
    entry.delete()
    assert held(user) == sound
    assert explain("z-last", user).current == 0


def test_a_row_with_odd_values(user, errors):
    badge("words", title="Words", when=rules.total(Piece, "size", by="author", reaches=1))
    badge("weights", title="Weights", when=rules.total(Piece, "weight", by="author", reaches=1))
    badge("kinds", title="Kinds", when=rules.created(Piece, by="author", each="kind"))
    badge("days", title="Days", when=rules.created(Piece, by="author", each="made_on"))
    sync()
    Piece.objects.create(author=None)
    Piece.objects.create(
        author=user, kind="🦡" * 20, note="\ud7ff\x01", created_at=datetime.datetime.min.replace(tzinfo=datetime.UTC)
    )
    Piece.objects.create(author=user, kind="")
    assert "kinds" in held(user)
    assert errors() == []


# --- the host's own tests ----------------------------------------------------------------------------------------------


@pytest.fixture
def transaction_of_a_test():
    """What Django's own TestCase puts around a test."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def test_what_a_test_prepared_before_does_not_keep_a_block_from_happening(
    user, sound, transaction_of_a_test, django_capture_on_commit_callbacks
):
    Entry.objects.create(author=user, message="prepared")
    with happened():
        Entry.objects.create(author=user, message="Hello", word_count=5)
    assert held(user) == sound
    friend = baker.make(get_user_model())
    Entry.objects.create(author=friend, message="prepared")
    with django_capture_on_commit_callbacks(execute=True):
        Entry.objects.create(author=friend, message="Hello", word_count=5)
    assert held(friend) == sound
