"""A rule's version: the same in every process and language, another one for another rule."""

import os
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from django_badger import rules
from guestbook.models import Entry
from tests.studio.models import Course, Piece


def passed(event, minimum=50):
    return event.data["score"] >= minimum


class AtLeastScore:
    """A callable of a host's, with a state."""

    def __init__(self, minimum):
        self.minimum = minimum

    def __call__(self, event):
        return event.data["score"] >= self.minimum

    def method(self, event):
        return self(event)


class OwnRule:
    """A host's own rule, which is no dataclass."""

    def __init__(self, version):
        self._version = version

    def version(self):
        return self._version

    def wakes_on(self):
        return frozenset()

    people = reads = readings = explain = text = wakes_on


def all_rules():
    """Give rules that all differ."""
    people = get_user_model().objects
    return [
        rules.created(Entry, by="author"),
        rules.created(Entry, by="author", where=Q(is_public=True)),
        rules.created(Entry, by="author", where=~Q(is_public=True)),
        rules.created(Entry, by="author", where=Q(is_public=True) | Q(word_count=1)),
        rules.created(Entry, by="author", where=Q(word_count__in={1, 2, 3})),
        rules.created(Entry, by="author", where=Q(word_count__in=[1, 2, 3])),
        rules.created(Entry, by="author", where=Q(message=_("Yes"))),
        rules.created(Entry, by="author", where=Q(word_count=F("pk"))),
        rules.created(Entry, by="author", where=Q(author__in=people.filter(is_staff=True))),
        rules.created(Entry, by="author", where=Q(author__in=people.filter(is_staff=False))),
        rules.created(Piece, by="author", where=Q(course=Course(pk=1))),
        rules.created(Piece, by="author", where=Q(course=Course(pk=2))),
        rules.created(Piece, by="author"),
        rules.created(Piece, by="author", at="finished_at"),
        rules.created(Piece, by="author", each="course"),
        rules.created(Piece, by="author", each=rules.year("created_at")),
        rules.created(Piece, by="author", each=rules.month("created_at")),
        rules.count(Entry, by="author", reaches=2),
        rules.count(Entry, by="author", reaches=3),
        rules.total(Piece, "points", by="author", reaches=Decimal("2.5")),
        rules.distinct(Piece, "points", by="author", reaches=3),
        rules.count(Entry, by="author", reaches=2, within=timedelta(days=7)),
        rules.count(Entry, by="author", reaches=2, within=timedelta(days=30)),
        rules.count(Entry, by="author", reaches=2, since=date(2026, 1, 1)),
        rules.count(Entry, by="author", reaches=2, since=date(2026, 1, 2)),
        rules.streak(Entry, by="author", reaches=2),
        rules.streak(Entry, by="author", reaches=3),
        rules.streak(Entry, by="author", reaches=2, gap=1),
        rules.streak(Entry, by="author", reaches=2, unit="week"),
        rules.streak(Entry, by="author", reaches=2, timezone="home__timezone"),
        rules.age(timedelta(days=365), at="home__moved_in"),
        rules.age(timedelta(days=366), at="home__moved_in"),
        rules.has("a"),
        rules.has("a", times=2),
        rules.has("b"),
        rules.has_all("a", "b"),
        rules.has_any("a", "b"),
        rules.at_least(2, "a", "b", "c"),
        rules.has("a") & rules.created(Entry, by="author"),
        rules.event("x"),
        rules.event("y"),
        rules.event("x", where=passed),
        rules.event("x", where=partial(passed, minimum=60)),
        rules.event("x", where=partial(passed, minimum=70)),
        rules.event("x", where=AtLeastScore(1)),
        rules.event("x", where=AtLeastScore(2)),
        rules.event("x", where=AtLeastScore(2).method),
        rules.event("x", where=lambda event: event.data["score"] > 1),
        rules.event("x", where=lambda event: event.data["score"] > 2),
        rules.every(lambda: Entry.objects.top_authors(limit=10), text="…"),
        rules.every(lambda: Entry.objects.top_authors(limit=11), text="…"),
        rules.every(lambda: Entry.objects.top_authors(limit=10), text="…", wakes_on=[Entry], by="author"),
        rules.every(passed, text="…"),
        rules.every(AtLeastScore({"a": timedelta(days=1), "b": None}), text="…"),
        rules.at_least(1, rules.has("a"), OwnRule("1")),
        rules.at_least(1, rules.has("a"), OwnRule("2")),
    ]


def versions():
    return [rule.version() for rule in all_rules()]


def test_rules_that_differ_have_versions_that_differ():
    found = versions()
    assert len(set(found)) == len(found)
    assert {len(version) for version in found} == {12}


def test_a_version_is_the_same_when_a_rule_is_made_again_in_whatever_language():
    with translation.override("en"):
        before = rules.has("a").version(), rules.event("x", text=_("Yes")).version()
    with translation.override("de"):
        assert (rules.has("a").version(), rules.event("x", text=_("Yes")).version()) == before


def test_words_may_be_corrected_freely():
    assert rules.event("x", text="Pas the quiz.").version() == rules.event("x", text="Pass the quiz.").version()


def test_every_process_has_the_same_versions():
    code = "import django; django.setup(); from tests.unit.test_versions import versions; print(*versions())"
    made = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert made[0] == made[1] == versions()
