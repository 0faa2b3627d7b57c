"""``manage.py badger``: what it prints, and what it says to a wrong name."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from django_badger import badge, rules
from django_badger.awarding import award
from django_badger.models import Award
from django_badger.signals import badge_awarded
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


@pytest.fixture
def badger(capsys):
    """Run an act, and give the lines it printed and those it printed on the side."""

    def run(*words):
        call_command("badger", *words)
        out, err = capsys.readouterr()
        return out.splitlines(), err.splitlines()

    return run


def test_sync_says_what_it_did(badger):
    badge("a", title="A")
    lines, _ = badger("sync")
    assert lines[0] == "made: a"
    assert lines[-1].startswith("1 made, 0 changed, ")
    assert badger("sync") == (["0 made, 0 changed, 0 orphaned."], [])


def test_backfill_says_how_many(badger, user):
    badge("a", title="A", when=rules.created(Entry, by="author"))
    badge("b", title="B", when=rules.created(Entry, by="author"))
    badger("sync")
    Entry.objects.bulk_create([Entry(author=user, message="…")])
    [line], [shown] = badger("backfill", "a")
    assert line.endswith(": 1 awards made.")
    assert shown == "1 people looked at, 1 awards made"
    assert badger("backfill", "--notify", "each")[0][0].endswith(": 1 awards made.")
    assert Award.objects.count() == 2


def test_backfill_of_a_badge_that_is_not_there(badger):
    with pytest.raises(
        CommandError, match=r"There is no badge 'nope'. `manage.py badger sync` makes those that code declares."
    ):
        badger("backfill", "nope")


def test_explain_prints_the_tree_with_the_numbers(badger, user, day):
    member = badge("member", title="Member")
    badge("tree", title="Tree", when=rules.count(Entry, by="author", reaches=4) & rules.has(member))
    Entry.objects.create(author=user, message="…")
    award(member, to=user, at=day(3))
    assert badger("explain", user.get_username(), "tree")[0] == [
        "Not held.",
        "· All of these: 1 / 2",
        "  · 4 entries: 1 / 4",
        "  ✓ the badge “Member”: 1 / 1 (2026-01-03 12:00)",
    ]
    assert badger("explain", str(user.pk), "member")[0][0] == "Held."


def test_explain_takes_a_user_name_before_a_key(badger, make_person):
    first = make_person()
    namesake = make_person(str(first.pk))
    badge("a", title="A")
    award("a", to=namesake)
    assert badger("explain", namesake.get_username(), "a")[0][0] == "Held."


@pytest.mark.parametrize("name", ["nobody", "0", "99999999999999999999", "x@y", "00000000-0000-0000-0000-000000000000"])
def test_explain_of_somebody_who_is_not_there(badger, name):
    with pytest.raises(
        CommandError, match=f"There is no user '{name}': give the user name, or the key of the account."
    ):
        badger("explain", name, "a")


def test_explain_of_a_badge_that_is_not_there(badger, user):
    with pytest.raises(CommandError, match="There is no badge 'nope'"):
        badger("explain", user.get_username(), "nope")


def test_deliver_says_how_many(badger, user):
    def hear(**_rest):
        pass

    badge_awarded.connect(hear)
    try:
        given = award(badge("a", title="A"), to=user).award
        Award.objects.update(awarded_at=given.awarded_at - datetime.timedelta(hours=1))
        assert badger("deliver")[0] == ["1 awards told of."]
        assert badger("deliver")[0] == ["0 awards told of."]
    finally:
        badge_awarded.disconnect(hear)


def test_an_act_is_named(badger):
    with pytest.raises(CommandError, match="act"):
        badger()
