"""Versions of rules: noted by sync, told when they change, and compared with those that awards carry."""

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from django_badger import badge, rules
from django_badger._engine import runs
from django_badger._engine.explaining import version_today
from django_badger._engine.sync import sync
from django_badger._engine.versions import note_version
from django_badger.awarding import award, progress
from django_badger.models import Award, Badge
from django_badger.registry import registry as declared
from django_badger.rules.happening import Happened
from django_badger.testing import assert_awarded, happened, isolated_registry
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def row(slug="a"):
    return Badge.objects.get(slug=slug)


def reaches(goal, slug="a", **options):
    return badge(slug, title="A", when=rules.count(Entry, by="author", reaches=goal), **options)


def test_a_new_badge_has_the_version_of_its_rule_which_is_no_change():
    one = reaches(1)
    done = sync()
    assert (done.made, done.rules_changed) == (["a"], [])
    assert row().rule_version == one.when.version()
    assert row().rule_changed_at is None


def test_another_rule_is_noted_logged_and_told_once(caplog):
    with isolated_registry():
        before = reaches(1).when.version()
        sync()
    after = reaches(2).when.version()
    earlier = row().updated_at
    with caplog.at_level(logging.INFO, logger="django_badger"):
        done = sync()
    assert (done.rules_changed, done.changed) == (["a"], [])
    assert row().rule_version == after
    assert earlier < row().rule_changed_at <= timezone.now()
    assert row().updated_at == row().rule_changed_at  # pages say another sentence
    assert f"Badge 'a': its rule changed from version {before} to {after}." in caplog.text
    assert sync().rules_changed == []


def test_a_version_that_is_noted_for_the_first_time_is_no_change(caplog):
    one = reaches(1)
    sync()
    Badge.objects.update(rule_version="")
    earlier = row().updated_at
    with caplog.at_level(logging.INFO, logger="django_badger"):
        done = sync()
    assert (done.rules_changed, done.changed, caplog.text) == ([], [], "")
    assert (row().rule_version, row().rule_changed_at, row().updated_at) == (one.when.version(), None, earlier)


def test_what_somebody_else_noted_meanwhile_is_not_told_twice():
    with isolated_registry():
        reaches(1)
        sync()
    one, stale = reaches(2), row()
    assert sync().rules_changed == ["a"]
    assert not note_version(stale, one, "default")


def test_holders_keep_theirs_when_the_rule_asks_for_more(user):
    with isolated_registry():
        one = reaches(1)
        with assert_awarded(one, to=user):
            Entry.objects.create(author=user, message="…")
    reaches(2)
    assert sync().rules_changed == ["a"]
    assert Award.objects.standing().of("a").to(user).exists()


def test_other_words_are_no_other_rule():
    with isolated_registry():
        reaches(1)
        sync()
    reaches(1, description="New words.")
    done = sync()
    assert (done.changed, done.rules_changed) == (["a"], [])


def test_a_renamed_badge_with_another_rule():
    with isolated_registry():
        reaches(1, "old")
        sync()
    reaches(2, "new", formerly="old")
    done = sync()
    assert (done.changed, done.rules_changed) == (["new"], ["new"])


def test_a_goal_is_a_version_whatever_the_badge_is_called():
    with isolated_registry():
        badge("old", title="A", progress=10)
        sync()
    with isolated_registry():
        badge("new", title="A", progress=10, formerly="old")
        assert sync().rules_changed == []
    badge("new", title="A", progress=20, formerly="old")
    assert sync().rules_changed == ["new"]
    assert row("new").rule_version == "progress:20"


def function(limit):
    @badge("a", title="A", on=rules.created(Entry))
    def owl(entry):
        return entry.author if entry.word_count < limit else None

    return owl


def test_a_function_with_another_value_in_it_is_another_version(user):
    def declare_short():
        @badge("a", title="A", on=rules.created(Entry))
        def owl(entry):
            return entry.author if entry.word_count < 5 else None

    def declare_long():
        @badge("a", title="A", on=rules.created(Entry))
        def owl(entry):
            return entry.author if entry.word_count < 500 else None

    with isolated_registry():
        declare_short()
        sync()
        assert sync().rules_changed == []
    declare_long()
    assert sync().rules_changed == ["a"]


def test_awards_say_by_which_version_they_came(user):
    owl, clicks = function(5), badge("clicks", title="Clicks", progress=1)
    with happened():
        Entry.objects.create(author=user, message="…", word_count=1)
    progress(clicks, user).increment()
    for one in (owl, clicks):
        assert Award.objects.of(one).get().evidence["rule"] == row(one.slug).rule_version


def test_a_badge_that_people_award_has_no_version():
    badge("a", title="A")
    sync()
    assert (row().rule_version, version_today(row())) == ("", "")


def test_a_rule_that_is_taken_away_is_a_change(caplog):
    with isolated_registry():
        reaches(1)
        sync()
    badge("a", title="A")
    with caplog.at_level(logging.INFO, logger="django_badger"):
        assert sync().rules_changed == ["a"]
    assert "to none." in caplog.text
    assert row().rule_version == ""


@dataclass(frozen=True)
class Own(Happened):
    """A rule of a site's, with a version that is long, or none at all."""

    answer: Any = field(default=None, compare=False)

    def version(self):
        return self.answer()


def test_a_rule_that_cannot_say_its_version_is_counted_and_keeps_the_noted_one(settings):
    settings.BADGER_RAISE_ERRORS = False
    with isolated_registry():
        badge("a", title="A", when=Own("x", answer=lambda: "1"))
        sync()
    badge("a", title="A", when=Own("x", answer=lambda: 1 / 0))
    assert sync().rules_changed == []
    assert row().rule_version == "1"
    assert "saying its version: ZeroDivisionError" in row().last_error


def test_a_long_version_is_kept_as_far_as_it_fits(user):
    badge("a", title="A", when=Own("x", answer=lambda: "v" * 100))
    sync()
    assert row().rule_version == "v" * 64
    assert sync().rules_changed == []
    Badge.objects.update(rule_changed_at=timezone.now())
    given = award("a", to=user, route="rule", evidence={"rule": "v" * 100}).award
    assert given not in Award.objects.by_earlier_rules()


def test_prerequisites_of_the_admin_have_a_version_too():
    one, other = Badge.objects.create(slug="one", title="One"), Badge.objects.create(slug="other", title="Other")
    one.prerequisites.add(other)
    assert version_today(one) == rules.has_all("other").version()


# --- awards of earlier versions ----------------------------------------------------------------------------------------


def test_awards_of_an_earlier_version_are_told_from_others(make_person):
    ann, bob, cid = make_person(), make_person(), make_person()
    with isolated_registry():
        reaches(1)
        with happened():
            Entry.objects.create(author=ann, message="…")
        sync()
    reaches(2)
    award("a", to=cid)  # people know no versions
    assert not Award.objects.by_earlier_rules().exists()  # nobody has noted a change yet
    sync()
    with happened():
        for _ in range(2):
            Entry.objects.create(author=bob, message="…")
    assert Award.objects.of("a").count() == 3
    assert [one.recipient for one in Award.objects.by_earlier_rules()] == [ann]


def test_a_rule_that_changes_back_is_not_an_earlier_one(user):
    def noted(goal):
        with isolated_registry():
            one = reaches(goal)
            sync()
            return one

    one = noted(1)
    declared.add(one)
    with happened():
        Entry.objects.create(author=user, message="…")
    noted(2)
    assert Award.objects.by_earlier_rules().count() == 1
    noted(1)
    assert not Award.objects.by_earlier_rules().exists()


def test_an_award_that_says_no_version_goes_by_its_date(user, make_person):
    reaches(1)
    sync()
    before = award("a", to=user, route="rule").award
    Badge.objects.update(rule_changed_at=timezone.now())
    award("a", to=make_person(), route="rule")
    assert [one.pk for one in Award.objects.by_earlier_rules()] == [before.pk]


def test_a_run_brings_awards_of_the_version_of_today(user):
    with isolated_registry():
        reaches(9)
        sync()
    reaches(1)
    Entry.objects.create(author=user, message="…")
    assert runs.backfill().added == 1
    assert row().rule_changed_at is not None
    assert not Award.objects.by_earlier_rules().exists()
