"""Declarations become rows: made, corrected, renamed, orphaned, and taken in again."""

import datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from django_badger import badge, rules, wording
from django_badger._engine.sync import row_of, sync, sync_missing
from django_badger.awarding import award
from django_badger.models import Award, Badge, Tag
from django_badger.testing import isolated_registry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def row(slug):
    return Badge.objects.get(slug=slug)


def tags(slug):
    return set(row(slug).tags.values_list("name", flat=True))


def test_a_declaration_becomes_a_row():
    badge(
        "aid", title="First aid", description="You help.", criteria="Help.", image_alt="A cross", secret=True,
        repeatable=True, series="help", tier="gold", tags=["Health", "日本", "!!"], valid_for=datetime.timedelta(days=1),
        retention="while_true",
    )  # fmt: skip
    assert sync().made == ["aid"]
    made = row("aid")
    assert (made.title, made.description, made.criteria, made.image_alt) == (
        "First aid",
        "You help.",
        "Help.",
        "A cross",
    )
    assert (made.secret, made.repeatable, made.series, made.tier, made.retention) == (
        True,
        True,
        "help",
        "gold",
        "while_true",
    )
    assert (made.origin, made.status, made.valid_for) == ("code", "published", datetime.timedelta(days=1))
    assert made.published_at is not None
    assert tags("aid") == {"Health", "日本", "!!"}
    assert set(Tag.objects.values_list("slug", flat=True)) == {"health", "日本", "!!"}


@pytest.mark.parametrize("tagged", [False, True])
def test_a_second_sync_asks_once_and_writes_nothing(tagged, django_assert_num_queries):
    badge("a", title="A", tags=["x"] if tagged else [])
    badge("b", title="B", when=rules.event("x"))
    sync()
    with django_assert_num_queries(2 if tagged else 1):  # the badges; their tags where there are any
        done = sync()
    assert (done.made, done.changed) == ([], [])


def test_what_code_states_is_corrected_and_what_it_leaves_out_is_the_staffs():
    badge("a", title="A")
    sync()
    Badge.objects.filter(slug="a").update(title="Staff", description="Staff", criteria="Staff", secret=True)
    assert sync().changed == ["a"]
    assert (row("a").title, row("a").description, row("a").criteria, row("a").secret) == ("A", "Staff", "Staff", False)


def test_tags_that_come_into_code_are_added_to_those_of_the_staff():
    badge("a", title="A", tags=["one"])
    sync()
    row("a").tags.add(Tag.objects.create(name="staff", slug="staff"))
    with isolated_registry():
        badge("a", title="A", tags=["one", "two"])
        assert sync().changed == ["a"]
        assert sync().changed == []
    assert tags("a") == {"one", "two", "staff"}


def test_a_badge_is_renamed_with_its_awards(user):
    with isolated_registry():
        old = badge("old", title="Old")
        given = award(old, to=user).award
    badge("new", title="New", formerly="old")
    done = sync()
    assert (done.changed, done.made) == (["new"], [])
    assert "old" not in done.orphaned
    assert not Badge.objects.filter(slug="old").exists()
    assert Award.objects.of("new").to(user).get() == given
    assert row("new").title == "New"


def test_a_badge_is_renamed_also_when_it_is_first_needed(user):
    with isolated_registry():
        award(badge("old", title="Old"), to=user)
    new = badge("new", title="New", formerly="old")
    assert not award(new, to=user)
    assert row_of("old") is None


def test_a_name_that_was_never_there_is_no_trouble():
    badge("new", title="New", formerly="never")
    assert sync().made == ["new"]
    badge("other", title="Other", formerly="never")
    assert sync_missing(["other"])


def test_a_badge_of_the_site_is_not_taken_for_a_former_one():
    Badge.objects.create(slug="old", title="Old", origin="site")
    badge("new", title="New", formerly="old")
    sync()
    assert {"old", "new"} <= set(Badge.objects.values_list("slug", flat=True))


def test_what_is_declared_no_more_is_orphaned_and_back_when_it_returns(user):
    with isolated_registry():
        lost = badge("lost", title="Lost")
        given = award(lost, to=user).award
    assert "lost" in sync().orphaned
    assert row("lost").status == "orphaned"
    assert given in Award.objects.standing()
    assert not award("lost", to=user)
    assert "lost" not in sync().orphaned
    badge("lost", title="Lost")
    assert sync().changed == ["lost"]
    assert row("lost").status == "published"


def test_what_staff_disabled_stays_so_when_its_declaration_comes_back():
    with isolated_registry():
        badge("closed", title="Closed")
        sync()
        Badge.objects.filter(slug="closed").update(status="disabled")
    sync()
    badge("closed", title="Closed")
    sync()
    assert row("closed").status == "disabled"


def test_a_site_that_made_the_badge_first_hands_it_over_to_code():
    Badge.objects.create(slug="a", title="Site", origin="site")
    badge("a", title="Code")
    sync()
    assert (row("a").title, row("a").origin) == ("Code", "code")


@pytest.mark.parametrize("length", [255, 256, 1000])
def test_titles_of_emoji_of_any_length(length, user):
    long = badge("long", title="🦡" * length, image_alt="🏅" * length)
    assert award(long, to=user)
    assert row("long").title == "🦡" * 255
    assert row("long").image_alt == "🏅" * 255
    assert wording.title(row("long")) == "🦡" * length


def test_the_row_keeps_the_sites_language_and_pages_show_the_readers(settings):
    settings.LANGUAGE_CODE = "de"
    badge("yes", title=_("Yes"))  # Django's own catalogue has it
    with translation.override("fr"):
        sync()
    made = row("yes")
    assert made.title == "Ja"
    with translation.override("fr"):
        assert wording.title(made) == "Oui"
        assert sync().changed == []


def test_a_row_is_made_when_a_badge_is_first_needed(user):
    late = badge("late", title="Late", tags=["x"])
    assert not Badge.objects.filter(slug="late").exists()
    assert award(late, to=user)
    assert tags("late") == {"x"}


def test_a_row_that_somebody_else_made_meanwhile_is_left_as_it_is():
    badge("late", title="Late", tags=["x"])
    assert sync_missing(["late"])
    Badge.objects.update(description="Staff's.")
    assert sync_missing(["late"])
    assert row("late").description == "Staff's."
    assert tags("late") == {"x"}
    assert not sync_missing(["nobody-declares-this"])


def test_a_slug_is_told_from_its_neighbours_by_every_letter():
    badge("late", title="Late")
    sync()
    assert row_of("LATE") is None
    assert row_of("late").slug == "late"


def test_a_row_that_cannot_be_made_is_an_error():
    badge("a", title="A", retention=None)
    with pytest.raises(IntegrityError):
        sync()


def test_migrate_syncs(registry):
    badge("fresh", title="Fresh")
    call_command("migrate", verbosity=0)
    assert row("fresh").title == "Fresh"
