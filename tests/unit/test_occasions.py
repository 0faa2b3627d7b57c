"""Occasions: what is going on now, and which fields cannot be one."""

import datetime

import pytest
import time_machine

from django_badger.rules import day, month, year
from django_badger.rules.occasions import PerField, Period, occasions_of, refuse_long
from tests.studio.models import Piece, Remark

NEW_YEAR = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)


def test_the_occasion_that_is_going_on_is_told_by_the_clock_of_the_site():
    with time_machine.travel(NEW_YEAR, tick=False):  # half past midnight in Berlin
        assert [each("created_at").now() for each in (year, month, day)] == ["2027", "2027-01", "2027-01-01"]


def test_no_value_of_a_field_is_going_on():
    assert PerField("course").now() == ""


def test_a_name_means_once_for_each_value():
    assert occasions_of("course") == PerField("course")
    assert occasions_of(year("created_at")) == Period("year", "created_at")
    assert occasions_of(None) is None


def test_how_often_is_told_in_words():
    told = [str(each.text) for each in (year("x"), month("x"), day("x"), PerField("x"))]
    assert told == [
        "{what} in one year", "{what} in one month", "{what} in one day", "{what}, once for each {field}",
    ]  # fmt: skip


@pytest.mark.parametrize("field", ["course", "kind", "points", "made_on", "created_at", "author"])
def test_keys_numbers_dates_and_short_texts_can_be_occasions(field):
    assert refuse_long(Piece, PerField(field)) == ""


def test_a_path_can_be_an_occasion():
    assert refuse_long(Remark, PerField("piece__course")) == ""
    assert "too long" in refuse_long(Remark, PerField("piece__note"))


def test_a_calendar_always_fits():
    assert refuse_long(Piece, year("created_at")) == ""


def test_a_text_without_end_cannot_be_an_occasion():
    assert refuse_long(Piece, PerField("note")) == (
        "each='note' can be too long for an occasion: name a key, a number or a date"
    )
