"""``manage.py badger``: what it prints, and what it says to a wrong name."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from model_bakery import baker

from django_badger import badge, rules
from django_badger.awarding import award, revoke
from django_badger.models import Award, Badge, Run
from django_badger.signals import badge_awarded
from django_badger.testing import happened, isolated_registry
from guestbook.models import Entry
from tests.studio.models import Piece, Remark

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
    assert shown == "1 of 1 people looked at, 1 awards made"
    assert badger("backfill", "--notify", "each")[0][0].endswith(": 1 awards made.")
    assert Award.objects.count() == 2


def test_backfill_of_a_badge_that_is_not_there(badger):
    with pytest.raises(
        CommandError, match=r"There is no badge 'nope'. `manage.py badger sync` makes those that code declares."
    ):
        badger("backfill", "nope")


def test_sync_tells_of_rules_that_changed(badger):
    with isolated_registry():
        badge("a", title="A", when=rules.count(Entry, by="author", reaches=1))
        badger("sync")
    badge("a", title="A", when=rules.count(Entry, by="author", reaches=2))
    assert badger("sync")[0][0] == "rule changed: a"
    assert badger("sync")[0] == ["0 made, 0 changed, 0 orphaned."]


def test_explain_prints_the_tree_with_the_numbers(badger, user, day):
    member = badge("member", title="Member")
    badge("tree", title="Tree", when=rules.count(Entry, by="author", reaches=4) & rules.has(member))
    Entry.objects.create(author=user, message="…")
    award(member, to=user, at=day(3))
    assert badger("explain", user.get_username(), "tree")[0] == [
        "Not held.",
        "· All of these: 1 / 2",
        "  · 4 entries: 1 / 4",
        "  ✓ the badge “Member”: 1 / 1 (2026-01-03 13:00)",
    ]
    assert badger("explain", str(user.pk), "member")[0][0] == "Held."


def test_explain_tells_of_the_award_and_of_what_was_counted(badger, user, day):
    one = badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
    badger("sync")
    for number in (1, 2):
        Entry.objects.create(author=user, message="…")
        Entry.objects.filter(pk=Entry.objects.latest("pk").pk).update(created_at=day(number))
    badger("backfill")
    run, last = Run.objects.get(), Entry.objects.latest("pk").pk
    given = Award.objects.get()
    Award.objects.update(awarded_at=day(9))
    assert badger("explain", user.get_username(), "two")[0] == [
        "Held.",
        "Awarded on 2026-01-09 13:00, earned on 2026-01-02 13:00.",
        f"  route: rule, in run {run.pk} (backfill)",
        "  evidence: 2 of 2",
        f"  rule: version {one.when.version()}, that of today",
        "✓ 2 entries: 2 / 2 (2026-01-02 13:00)",
        f"    guestbook.Entry {last}, 2026-01-02 13:00",
        f"    guestbook.Entry {last - 1}, 2026-01-01 13:00",
    ]
    Award.objects.update(evidence=given.evidence | {"rule": "older"})
    assert f"  rule: version older, today it is {one.when.version()}" in badger("explain", str(user.pk), "two")[0]


def test_explain_tells_of_the_version_of_prerequisites_and_of_a_rule_that_is_gone(badger, user):
    friend = baker.make(Badge, slug="friend")
    friend.prerequisites.add(award(badge("thanks", title="Thanks"), to=user).award.badge)
    version = badger("explain", user.get_username(), "friend") and rules.has_all("thanks").version()
    award("friend", to=user, route="rule", evidence={"rule": version})
    assert f"  rule: version {version}, that of today" in badger("explain", user.get_username(), "friend")[0]
    friend.prerequisites.clear()
    assert f"  rule: version {version}, gone" in badger("explain", user.get_username(), "friend")[0]


def test_explain_tells_of_awards_that_ended_and_by_whom_they_were_given(badger, user, make_person, day):
    editor = make_person("erin", may=["add_award", "change_award"])
    thanks = badge("thanks", title="Thanks", valid_for=datetime.timedelta(days=1))
    first = award(thanks, to=user, by=editor, evidence={"link": "…"}, occasion="2025", at=day(1)).award
    revoke(first, by=editor, reason="No.")
    second = award(thanks, to=user, at=day(2)).award
    Award.objects.filter(pk=second.pk).update(awarded_at=day(2), expires_at=day(3), evidence=[1])
    Award.objects.filter(pk=first.pk).update(awarded_at=day(1))
    assert badger("explain", user.get_username(), "thanks")[0] == [
        "Not held.",
        "Awarded on 2026-01-02 13:00, earned on 2026-01-02 13:00, expired.",
        "  route: hand",
        '  evidence: {"evidence": [1]}',
        "Awarded for 2025 on 2026-01-01 13:00, earned on 2026-01-01 13:00, revoked.",
        f"  route: hand of {editor}",
        '  evidence: {"link": "…"}',
        "· Awarded by people.: 0 / 1",
    ]


def test_explain_shows_rows_that_do_not_say_when(badger, user):
    badge("pieces", title="Pieces", when=rules.created(Remark, by="piece__author", at="created_at"))
    remark = baker.make(Remark, piece=Piece.objects.create(author=user), created_at=None)
    assert badger("explain", user.get_username(), "pieces")[0][-1] == f"    studio.Remark {remark.pk}"


@pytest.mark.project("everything", "core", "playdoh")
def test_times_are_those_of_a_site_without_time_zones(badger, user, settings):
    settings.USE_TZ = False
    badge("a", title="A")
    moment = datetime.datetime(2026, 1, 3, 12)  # noqa: DTZ001  as such a site has them
    award("a", to=user, at=moment)
    assert badger("explain", user.get_username(), "a")[0][1].endswith(", earned on 2026-01-03 12:00.")
    assert "never" in badger("health", "a")[0][1]


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


# --- health ------------------------------------------------------------------------------------------------------------


LOST = rules.has("nowhere") & rules.event("x")


@pytest.fixture
def ill(make_person):
    """A badge that nobody has earned for long, and which needs one that is not there; and one that people award."""
    make_person()
    badge("lost", title="Lost", when=LOST)
    badge("by-hand", title="By hand")
    call_command("badger", "sync", stdout=io.StringIO())
    old = timezone.now() - datetime.timedelta(days=40)
    Badge.objects.update(published_at=old, evaluated_at=old)


def test_health_prints_a_table_with_what_it_found(badger, ill):
    Badge.objects.filter(slug="lost").update(evaluated_at=timezone.now(), errors=12)
    moment = f"{timezone.localtime(Badge.objects.get(slug='lost').evaluated_at):%Y-%m-%d %H:%M}"
    heading, lost, *findings = badger("health")[0]
    assert heading == "badge  evaluated         earned  awards  errors  findings"
    assert lost == f"lost   {moment}  never        0      12  2"
    assert [line.partition(":")[0] for line in findings] == ["  ! unreachable", "  · person-by-person"]
    assert findings[0] == (
        "  ! unreachable: Nobody can earn it, because of what it needs: “nowhere” (there is no such badge). Let these "
        "badges be earned again, or take them out of what it takes."
    )


def test_health_of_named_badges_tells_of_those_without_a_rule_too(badger, ill):
    Badge.objects.filter(slug="lost").update(status="disabled")
    assert [line.split()[0] for line in badger("health", "by-hand", "lost")[0]] == ["badge", "lost", "by-hand"]
    assert badger("health", "by-hand", "lost")[0][1].endswith("  disabled")
    assert badger("health", "by-hand")[0][1].endswith("  none")
    assert badger("health")[0] == ["badge  evaluated  earned  awards  errors  findings"]


def test_health_as_json(badger, ill, user):
    award("lost", to=user, route="rule", evidence={"rule": "x"})
    Badge.objects.filter(slug="lost").update(rule_changed_at=timezone.now(), errors=1, last_error="no")
    [told] = json.loads("\n".join(badger("health", "--json")[0]))
    given = Award.objects.get()
    assert told["slug"] == "lost"
    assert (told["status"], told["errors"], told["last_error"], told["last_error_at"]) == ("published", 1, "no", None)
    assert (told["awards"], told["awards_of_earlier_rules"]) == (1, 1)
    assert told["earned_at"] == told["evaluated_at"] == given.awarded_at.isoformat()
    assert told["rule_version"] == LOST.version()
    assert told["rule_changed_at"] == Badge.objects.get(slug="lost").rule_changed_at.isoformat()
    assert [(one["code"], one["problem"]) for one in told["findings"]] == [
        ("unreachable", True), ("rule-changed", False), ("person-by-person", False),
    ]  # fmt: skip
    assert all(one["what"] and one["todo"] for one in told["findings"])


def test_health_ends_with_one_where_cron_wants_to_know(badger, ill):
    badger("health")  # as such, it is no error
    with pytest.raises(CommandError, match=r"^2 problems\.$") as failed:
        badger("health", "--fail")
    assert failed.value.returncode == 1
    with pytest.raises(CommandError, match=r"^1 problems\.$"):
        badger("health", "--fail", "--ignore", "unreachable")
    lines, _ = badger("health", "--fail", "--ignore", "unreachable", "--ignore", "not-evaluated")
    assert [line.partition(" ")[0] for line in lines[-3:-1]] == ["badge", "lost"]  # earlier tables are in there, too
    assert lines[-1].startswith("  · person-by-person: ")


def test_health_of_a_badge_that_is_not_there(badger):
    with pytest.raises(CommandError, match="There is no badge 'nope'"):
        badger("health", "nope")


def test_deliver_says_how_many(badger, user):
    def hear(**_rest):
        pass

    badge_awarded.connect(hear)
    try:
        given = award(badge("a", title="A"), to=user).award
        Award.objects.update(awarded_at=given.awarded_at - datetime.timedelta(hours=1))
        assert badger("deliver")[0][0] == "1 awards told of."
        assert badger("deliver")[0][0] == "0 awards told of."
    finally:
        badge_awarded.disconnect(hear)


def test_deliver_warns_and_lets_lapse_what_is_due(badger, user):
    short = badge("short", title="Short", valid_for=datetime.timedelta(days=3))
    award(short, to=user)
    week = datetime.timedelta(days=7)
    badge("writer", title="Writer", when=rules.created(Entry, by="author"), retention="while_true", grace=week)
    with happened():
        entry = Entry.objects.create(author=user, message="…")
    with happened():
        entry.delete()
    Award.objects.exclude(lapses_at=None).update(lapses_at=timezone.now())
    assert badger("deliver")[0][1:] == [
        "1 awards warned of, because they expire soon.",
        "1 awards lapsed, whose grace is over.",
    ]
    assert Award.objects.standing().of(short).exists()
    assert [one[0] for one in badger("deliver")[0]] == ["0", "0", "0"]


def test_an_act_is_named(badger):
    with pytest.raises(CommandError, match="act"):
        badger()
