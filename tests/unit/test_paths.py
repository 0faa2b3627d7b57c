"""Fields named by a path: what a typing mistake gets to read, and what a path leads to."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist

from django_badger.rules.paths import field_at, follow, when_field
from guestbook.models import Entry
from tests.studio.models import Piece, Remark, Sculpture, Visit


def test_a_path_ends_in_a_field_also_behind_relations():
    assert field_at(Remark, "piece__author") is Piece._meta.get_field("author")
    assert field_at(Remark, "piece_id") is Remark._meta.get_field("piece")
    assert field_at(Entry, "pk") is Entry._meta.pk
    assert field_at(Remark, "piece__pk") is Piece._meta.pk


def test_a_misspelt_field_says_what_was_meant():
    with pytest.raises(
        FieldDoesNotExist, match=r"guestbook\.Entry has no field 'word_cont': did you mean 'word_count'\?"
    ):
        field_at(Entry, "word_cont")


def test_a_misspelt_step_names_the_model_it_was_looked_for_in():
    with pytest.raises(FieldDoesNotExist, match=r"studio\.Piece has no field 'autor': did you mean 'author'\?"):
        field_at(Remark, "piece__autor")


def test_a_field_like_no_other_lists_those_that_there_are():
    with pytest.raises(FieldDoesNotExist, match=r"studio\.Visit has no field 'zzz': it has guest, id"):
        field_at(Visit, "zzz")


def test_a_path_that_goes_on_behind_a_plain_field_leads_nowhere():
    with pytest.raises(FieldDoesNotExist, match=r"guestbook\.Entry: 'message__author' goes on behind 'message'"):
        field_at(Entry, "message__author")


def test_the_moment_is_found_by_itself():
    assert when_field(Remark) == "posted"  # auto_now_add, before any usual name
    assert when_field(Entry) == "created_at"  # a usual name
    assert when_field(Sculpture) == "created_at"  # of the parent
    assert when_field(Visit) is None


def test_following_a_path_gives_keys_and_loads_no_row_for_them():
    user = get_user_model()(pk=7)
    piece = Piece(pk=3, author=user, kind="oil")
    remark = Remark(piece=piece)
    assert follow(remark, "piece") == 3
    assert follow(remark, "piece__author") == 7
    assert follow(remark, "piece__pk") == 3
    assert follow(remark, "piece__kind") == "oil"
    assert follow(user, "pk") == 7


def test_a_path_over_nothing_leads_to_nothing():
    assert follow(Piece(author=None), "author__pk") is None
    assert follow(Piece(author=None), "author") is None


def test_a_path_over_a_row_that_was_never_there_leads_to_nothing():
    assert follow(Remark(), "piece__author") is None
