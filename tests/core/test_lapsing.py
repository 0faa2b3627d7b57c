"""Badges that are held only while their rule is true: they lapse at once or after a grace, and can be earned again."""

import datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q
from django.db.models.signals import post_delete
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_badger import badge, rules, signals
from django_badger._engine import overdue, runs
from django_badger._engine.evaluate import evaluate
from django_badger._engine.lapsing import doubt
from django_badger._engine.sync import sync
from django_badger.awarding import award, progress, reinstate, revoke
from django_badger.models import Award, Badge
from django_badger.registry import registry
from django_badger.testing import happened
from django_badger.verdicts import Reading
from guestbook.models import Entry
from tests.core.test_query_counts import cost_of
from tests.studio.models import Course, Piece, Remark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]

WEEK = datetime.timedelta(days=7)


def writer(**options):
    """Whoever has written two public entries, for as long as they have."""
    options = {"retention": "while_true", **options}
    two = rules.count(Entry, by="author", where=Q(is_public=True), reaches=2)
    return badge("writer", title="Writer", when=two, **options)


def write(user, number=1):
    with happened():
        return [Entry.objects.create(author=user, message="…") for _ in range(number)]


def unpublish(entry):
    with happened():
        entry.is_public = False
        entry.save()


def publish(entry):
    with happened():
        entry.is_public = True
        entry.save()


def delete(entry):
    with happened():
        entry.delete()


def stored(*badges) -> Any:
    """Give the one award there is (of these badges)."""
    return (Award.objects.of(*badges) if badges else Award.objects).get()


def states(declared, user):
    return list(Award.objects.of(declared).to(user).order_by("pk").values_list("ended", flat=True))


def later(user, **ago):
    """Let time go by for the awards of somebody."""
    awards: Any = Award.objects.to(user).exclude(lapses_at=None)
    for one in awards:
        Award.objects.filter(pk=one.pk).update(lapses_at=one.lapses_at - datetime.timedelta(**ago))


@pytest.fixture
def lapsed():
    """The awards of which the site was told that they lapsed."""
    told = []

    def hear(award, **_rest):
        told.append(award)

    signals.badge_lapsed.connect(hear)
    yield told
    signals.badge_lapsed.disconnect(hear)


# --- at once -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("undo", [unpublish, delete])
def test_an_award_lapses_when_its_rule_is_no_longer_true(user, lapsed, undo):
    declared = writer()
    entries = write(user, 2)
    given = Award.objects.get()
    before = timezone.now()
    undo(entries[0])
    ended = stored()
    assert (ended.ended, ended.slot, ended.stands) == ("lapsed", ended.freed_slot, False)
    assert before <= ended.ended_at <= timezone.now()
    assert ended.revoked_at is None
    assert lapsed == [given]
    assert (lapsed[0].ended, lapsed[0].ended_at, lapsed[0].slot) == (ended.ended, ended.ended_at, ended.slot)
    assert not Award.objects.standing().of(declared).exists()


def test_an_award_stays_while_enough_is_left(user, lapsed):
    declared = writer()
    entries = write(user, 3)
    unpublish(entries[0])
    assert states(declared, user) == [""]
    assert lapsed == []


def test_lapsed_and_earned_again_are_two_awards_with_two_public_ids(user, lapsed):
    declared = writer()
    entries = write(user, 2)
    unpublish(entries[0])
    publish(entries[0])
    first, second = Award.objects.of(declared).order_by("pk")
    assert (first.ended, second.ended, second.slot) == ("lapsed", "", "")
    assert first.uuid != second.uuid
    unpublish(entries[0])
    assert states(declared, user) == ["lapsed", "lapsed"]
    assert len(lapsed) == 2


def test_a_badge_that_is_kept_for_ever_stays(user, lapsed):
    declared = writer(retention="forever")
    entries = write(user, 2)
    for entry in entries:
        delete(entry)
    assert states(declared, user) == [""]
    assert lapsed == []


def test_only_the_occasion_that_is_no_longer_true_lapses(user, lapsed):
    declared = badge(
        "yearly", title="Yearly", retention="while_true",
        when=rules.count(Entry, by="author", reaches=1, each=rules.year("created_at")),
    )  # fmt: skip
    with happened():
        kept, gone = (
            Entry.objects.create(
                author=user, message="…", created_at=datetime.datetime(year, 6, 1, tzinfo=datetime.UTC)
            )
            for year in (2024, 2025)
        )
    delete(gone)
    found = dict(Award.objects.of(declared).values_list("occasion", "ended"))
    assert found == {"2024": "", "2025": "lapsed"}
    assert kept.pk


def test_each_loses_the_occasion_that_was_theirs(user, make_person):
    friend, years = make_person(), (2024, 2025)
    declared = badge(
        "yearly", title="Yearly", retention="while_true",
        when=rules.count(Entry, by="author", reaches=1, each=rules.year("created_at")),
    )  # fmt: skip
    with happened():
        for person in (user, friend):
            for year in years:
                at = datetime.datetime(year, 6, 1, tzinfo=datetime.UTC)
                Entry.objects.create(author=person, message="…", created_at=at)
    with happened():
        for person, year in zip((user, friend), years, strict=True):
            Entry.objects.get(author=person, created_at__year=year).delete()
    for person, kept in ((user, "2025"), (friend, "2024")):
        assert list(Award.objects.standing().of(declared).to(person).values_list("occasion", flat=True)) == [kept]


def test_only_the_person_whose_row_it_was_loses_the_badge(user, make_person):
    declared, friend = writer(), make_person()
    mine = write(user, 2)
    write(friend, 2)
    delete(mine[0])
    assert states(declared, user) == ["lapsed"]
    assert states(declared, friend) == [""]


def test_several_people_and_badges_lapse_together(user, make_person, lapsed):
    declared, friend = writer(), make_person()
    one = badge("one", title="One", when=rules.created(Entry, by="author"), retention="while_true")
    write(user, 2)
    write(friend, 2)
    with happened():
        for entry in Entry.objects.all():
            entry.delete()
    assert states(declared, user) == states(one, user) == states(declared, friend) == states(one, friend) == ["lapsed"]
    assert len(lapsed) == 4


def test_what_people_have_awarded_never_lapses(user, make_person, lapsed):
    declared = writer()
    entries = write(user)
    given = award(declared, to=user, by=make_person("editor", may=["add_award"]), reason="For the first one.").award
    with happened():
        entries[0].delete()
    assert states(declared, user) == [""]
    assert Award.objects.get() == given
    assert lapsed == []


def test_awards_of_a_disabled_badge_stay_as_they_are(user, lapsed):
    declared = writer()
    entries = write(user, 2)
    Badge.objects.filter(slug="writer").update(status=Badge.Status.DISABLED)
    delete(entries[0])
    assert states(declared, user) == [""]
    assert lapsed == []


def test_an_award_that_expired_does_not_lapse_besides(user):
    declared = writer(valid_for=WEEK)
    entries = write(user, 2)
    Award.objects.update(expires_at=timezone.now())
    delete(entries[0])
    assert states(declared, user) == [""]


def test_an_award_of_a_person_who_is_blocked_lapses_like_any_other(user):
    declared = writer()
    entries = write(user, 2)
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    delete(entries[0])
    assert states(declared, user) == ["lapsed"]


def test_what_a_transaction_takes_and_gives_back_changes_nothing(user, lapsed):
    declared = writer()
    entries = write(user, 2)
    with happened():
        entries[0].delete()
        Entry.objects.create(author=user, message="…")
    assert states(declared, user) == [""]
    assert lapsed == []


def test_reported_progress_that_goes_down_again(user, lapsed):
    declared = badge("clicks", title="Clicks", progress=10, retention="while_true")
    with happened():
        progress(declared, user).set(10)
    assert states(declared, user) == [""]
    with happened():
        progress(declared, user).set(9)
    assert states(declared, user) == ["lapsed"]
    with happened():
        progress(declared, user).increment(1)
    assert states(declared, user) == ["lapsed", ""]
    assert len(lapsed) == 1


class Broken:
    """A rule that cannot say whether it is still true."""

    broken = False

    def __init__(self):
        self.sound: Any = rules.created(Entry, by="author")

    def __getattr__(self, name):
        return getattr(self.sound, name)

    def wakes_on(self):
        return self.sound.wakes_on()

    def people(self, event):
        return self.sound.people(event)

    def reads(self):
        return self.sound.reads()

    def readings(self, facts, user_id):
        if Broken.broken:
            msg = "somebody's mistake"
            raise ValueError(msg)
        return self.sound.readings(facts, user_id)

    def explain(self, facts, user_id):
        return self.sound.explain(facts, user_id)

    def text(self):
        return "somebody's own rule"

    def version(self):
        return "1"


def test_of_a_rule_that_raises_nothing_lapses_and_other_badges_go_on(user, settings, monkeypatch):
    settings.BADGER_RAISE_ERRORS = False
    broken = badge("broken", title="Broken", when=Broken(), retention="while_true")
    declared = writer()
    entries = write(user, 2)
    monkeypatch.setattr(Broken, "broken", True)
    with happened():
        for entry in entries:
            entry.delete()
    assert states(broken, user) == [""]
    assert states(declared, user) == ["lapsed"]
    assert "asking whether it is still earned: ValueError" in Badge.objects.get(slug="broken").last_error


# --- grace -------------------------------------------------------------------------------------------------------------


def test_with_a_grace_the_award_stands_until_it_is_over(user, lapsed):
    declared = writer(grace=WEEK)
    entries = write(user, 2)
    before = timezone.now()
    unpublish(entries[0])
    doubted = stored()
    assert doubted.stands
    assert before + WEEK <= doubted.lapses_at <= timezone.now() + WEEK
    unpublish(entries[1])
    assert Award.objects.get().lapses_at == doubted.lapses_at, "the grace begins once"
    later(user, days=6)
    unpublish(entries[1])
    assert Award.objects.get().stands
    later(user, days=1)
    unpublish(entries[1])
    assert states(declared, user) == ["lapsed"]
    assert lapsed == [doubted]


def test_a_rule_that_is_true_again_in_time_ends_the_grace(user, lapsed):
    writer(grace=WEEK)
    entries = write(user, 2)
    unpublish(entries[0])
    publish(entries[0])
    stays = Award.objects.get()
    assert (stays.lapses_at, stays.ended) == (None, "")
    assert overdue.lapse_overdue() == 0
    assert lapsed == []


def test_the_delivery_lets_lapse_what_is_overdue(user, make_person, lapsed):
    declared, friend = writer(grace=WEEK), make_person()
    for person in (user, friend):
        unpublish(write(person, 2)[0])
    assert overdue.lapse_overdue() == 0
    later(user, days=8)
    with happened():
        assert overdue.lapse_overdue() == 1
    assert (states(declared, user), states(declared, friend)) == (["lapsed"], [""])
    assert [one.recipient for one in lapsed] == [user]
    assert overdue.lapse_overdue() == 0


def test_the_delivery_lets_stay_what_came_true_without_an_event(user, lapsed):
    writer(grace=WEEK)
    entries = write(user, 2)
    unpublish(entries[0])
    later(user, days=8)
    Entry.objects.bulk_create([Entry(author=user, message="…")])
    assert overdue.lapse_overdue() == 0
    stays = Award.objects.get()
    assert (stays.lapses_at, stays.ended) == (None, "")
    assert lapsed == []


def test_the_delivery_goes_on_in_lots(make_person, monkeypatch):
    monkeypatch.setattr(overdue, "LOT", 2)
    declared, people = writer(grace=WEEK), [make_person() for _ in range(5)]
    for person in people:
        unpublish(write(person, 2)[0])
        later(person, days=8)
    assert overdue.lapse_overdue() == 5
    assert Award.objects.of(declared).filter(ended="lapsed").count() == 5


def test_a_grace_that_code_takes_away_is_over(user):
    declared = writer(grace=WEEK)
    entries = write(user, 2)
    unpublish(entries[0])
    object.__setattr__(declared, "grace", None)
    registry._tell()  # as a process does that starts with another declaration
    unpublish(entries[1])
    assert states(declared, user) == ["lapsed"]


# --- badges that wait for badges ---------------------------------------------------------------------------------------


@pytest.fixture
def thanks():
    return badge("thanks", title="Thanks")


def from_code(thanks, **options):
    return badge("meta", title="Meta", when=rules.has_all(thanks), **options)


def from_the_database(thanks, **options):
    sync()
    meta = Badge.objects.create(slug="meta", title="Meta", **options)
    meta.prerequisites.set(Badge.objects.filter(slug=thanks.slug))
    return meta


BOTH = pytest.mark.parametrize("made", [from_code, from_the_database])


@BOTH
def test_revoking_what_it_waits_for_lets_a_meta_badge_lapse(user, thanks, lapsed, made):
    meta = made(thanks, retention="while_true")
    with happened():
        given = award(thanks, to=user).award
    assert states(meta, user) == [""]
    with happened():
        revoke(given, reason="A mistake.")
    assert states(meta, user) == ["lapsed"]
    assert [one.badge.slug for one in lapsed] == ["meta"]
    with happened():
        reinstate(given)
    assert states(meta, user) == ["lapsed", ""]


@BOTH
def test_a_meta_badge_without_the_word_stays(user, thanks, lapsed, made):
    meta = made(thanks)
    with happened():
        given = award(thanks, to=user).award
    with happened():
        revoke(given, reason="A mistake.")
    assert states(meta, user) == [""]
    assert lapsed == []


def test_a_meta_badge_of_two_stays_also_when_one_of_them_comes_back(user, thanks):
    other = badge("other", title="Other")
    meta = from_the_database(thanks)
    meta.prerequisites.add(Badge.objects.get(slug="other"))
    with happened():
        first, second = (award(one, to=user).award for one in (thanks, other))
    assert states(meta, user) == [""]
    with happened():
        for one in (first, second):
            revoke(one, reason="A mistake.")
    with happened():
        reinstate(second)
    assert states(meta, user) == [""]


@BOTH
def test_a_meta_badge_has_its_own_grace(user, thanks, made):
    meta = made(thanks, retention="while_true", grace=WEEK)
    with happened():
        given = award(thanks, to=user).award
    with happened():
        revoke(given, reason="A mistake.")
    assert Award.objects.of(meta).get().lapses_at is not None
    with happened():
        reinstate(given)
    assert Award.objects.of(meta).get().lapses_at is None
    with happened():
        revoke(given, reason="Again.")
    later(user, days=8)
    assert overdue.lapse_overdue() == 1
    assert states(meta, user) == ["lapsed"]


@BOTH
def test_lapsing_goes_on_through_what_waits(user, lapsed, made):
    declared = writer()
    meta = made(declared, retention="while_true")
    sync()
    higher = Badge.objects.create(slug="higher", title="Higher", retention="while_true")
    higher.prerequisites.set(Badge.objects.filter(slug="meta"))
    entries = write(user, 2)
    assert states(meta, user) == states(higher, user) == [""]
    unpublish(entries[0])
    assert states(declared, user) == states(meta, user) == states(higher, user) == ["lapsed"]
    assert sorted(one.badge.slug for one in lapsed) == ["higher", "meta", "writer"]
    publish(entries[0])
    assert states(declared, user) == states(meta, user) == states(higher, user) == ["lapsed", ""]


def test_a_prerequisite_that_comes_back_ends_the_grace_of_what_waits(user):
    declared = writer()
    meta = from_code(declared, retention="while_true", grace=WEEK)
    entries = write(user, 2)
    unpublish(entries[0])
    assert Award.objects.of(meta).get().lapses_at is not None
    publish(entries[0])
    assert states(declared, user) == ["lapsed", ""]
    stays = Award.objects.of(meta).get()
    assert (stays.ended, stays.lapses_at) == ("", None)


def test_one_of_two_is_enough_for_what_needs_one(user):
    first, second = (badge(slug, title=slug) for slug in ("first", "second"))
    meta = badge("meta", title="Meta", when=rules.has_any(first, second), retention="while_true")
    with happened():
        one, two = (award(each, to=user).award for each in (first, second))
    with happened():
        revoke(one, reason="A mistake.")
    assert states(meta, user) == [""]
    with happened():
        revoke(two, reason="A mistake.")
    assert states(meta, user) == ["lapsed"]


def test_badges_that_need_and_exclude_each_other_come_to_rest(user):
    """Such badges are refused by `manage.py check`; where nobody listens to it, requests must still end."""

    class Without(Broken):
        """Not to hold the other one."""

        def __init__(self):
            self.sound: Any = rules.has("b")

        def readings(self, facts, user_id):
            reading = self.sound.readings(facts, user_id)[""]
            return {"": Reading(1 - reading.current, reading.goal, timezone.now())}

    first = badge("a", title="A", when=Without(), retention="while_true")
    second = badge("b", title="B", when=rules.has("a"), retention="while_true")
    sync()
    for _ in range(3):
        evaluate([doubt("a", user.pk), doubt("b", user.pk)])
        assert len(states(first, user)) <= 4
        assert len(states(second, user)) <= 4
    assert "lapsed" in states(first, user)


# --- rows that are deleted ---------------------------------------------------------------------------------------------


def test_only_models_that_may_let_awards_lapse_are_watched_for_deletions():
    badge("forever", title="For ever", when=rules.created(Piece, by="author"))
    assert not post_delete.has_listeners(Piece)
    writer()
    assert post_delete.has_listeners(Entry)
    assert not post_delete.has_listeners(Piece)


def test_a_row_that_is_deleted_with_the_one_that_leads_to_its_person(user):
    remarked = badge(
        "remarked", title="Remarked", when=rules.count(Remark, by="piece__author", reaches=1), retention="while_true"
    )
    with happened():
        piece = Piece.objects.create(author=user)
        Remark.objects.create(piece=piece, text="Beautiful!")
    assert states(remarked, user) == [""]
    with happened():
        Piece.objects.get().delete()
    assert states(remarked, user) == ["lapsed"]


def test_a_queryset_that_is_deleted(user):
    declared = writer()
    write(user, 2)
    with happened():
        Entry.objects.all().delete()
    assert states(declared, user) == ["lapsed"]


def test_a_row_of_nobody_and_one_of_another_kind(user):
    pieces = badge("pieces", title="Pieces", when=rules.created(Piece, by="author"), retention="while_true")
    course = Course.objects.create(name="Clay")
    with happened():
        Piece.objects.create(author=user, course=course)
        nobodys = Piece.objects.create(author=None)
    with happened():
        nobodys.delete()
        course.delete()
    assert states(pieces, user) == [""]


def test_a_person_who_goes_with_all_their_rows_costs_nothing_more(user, make_person):
    writer()
    write(user, 30)
    assert Award.objects.count() == 1
    with CaptureQueriesContext(connection) as captured, happened():
        user.delete()
    assert not Award.objects.exists()
    assert not [query for query in captured if "UNION ALL" in query["sql"]]


# --- what it costs -----------------------------------------------------------------------------------------------------


def test_a_badge_that_is_kept_for_ever_costs_what_it_did(user):
    writer(retention="forever")
    sync()
    entries = write(user, 2)
    assert cost_of(entries[0].save) == 1 + 1
    assert cost_of(entries[0].delete) == 1


def test_a_standing_award_that_might_lapse_costs_no_query_more(user):
    writer(grace=WEEK)
    sync()
    entries = write(user, 3)
    assert cost_of(entries[0].save) == 1 + 1
    assert cost_of(entries[0].delete) == 1 + 1


def test_lapsing_is_a_lock_a_write_and_one_more_question(user):
    writer()
    sync()
    entries = write(user, 2)
    assert cost_of(entries[0].delete) == 1 + 1 + 2 + 1


def test_a_grace_that_begins_or_ends_is_a_lock_and_a_write(user):
    writer(grace=WEEK)
    sync()
    entries = write(user, 2)
    assert cost_of(lambda: unpublish(entries[0])) == 1 + 1 + 2
    assert cost_of(lambda: unpublish(entries[0])) == 1 + 1
    assert cost_of(lambda: publish(entries[0])) == 1 + 1 + 2


# --- revocation that no machine undoes ---------------------------------------------------------------------------------


@pytest.fixture
def revoked(user):
    """A badge that a rule gave and a person took back, for a rule that is still true."""

    def take(declared):
        given = Award.objects.of(declared).to(user).get()
        with happened():
            assert revoke(given, reason="Written by somebody else.")
        return given

    return take


@pytest.mark.parametrize("retention", ["forever", "while_true"])
def test_no_event_and_no_run_gives_a_revoked_award_again(user, revoked, lapsed, retention):
    declared = writer(retention=retention)
    entries = write(user, 2)
    taken = revoked(declared)
    write(user, 3)
    for change in (unpublish, publish, delete):
        change(entries[0])
    runs.backfill()
    runs.backfill(["writer"])
    for entry in list(Entry.objects.all()):
        delete(entry)
    write(user, 2)
    overdue.lapse_overdue()
    assert states(declared, user) == ["revoked"]
    taken.refresh_from_db()
    assert (taken.slot, taken.lapses_at) == ("", None)
    assert lapsed == []


@pytest.mark.parametrize("retention", ["forever", "while_true"])
def test_no_progress_gives_a_revoked_award_again(user, revoked, retention):
    declared = badge("clicks", title="Clicks", progress=2, retention=retention)
    with happened():
        progress(declared, user).increment(2)
    revoked(declared)
    with happened():
        progress(declared, user).set(0)
        progress(declared, user).increment(2)
        progress(declared, user).percent(100)
    runs.backfill()
    assert states(declared, user) == ["revoked"]


@BOTH
@pytest.mark.parametrize("retention", ["forever", "while_true"])
def test_no_prerequisite_gives_a_revoked_meta_badge_again(user, thanks, revoked, made, retention):
    meta = made(thanks, retention=retention)
    with happened():
        given = award(thanks, to=user).award
    revoked(meta)
    with happened():
        revoke(given, reason="A mistake.")
    with happened():
        reinstate(given)
    runs.backfill()
    assert states(meta, user) == ["revoked"]


def test_an_award_that_is_revoked_while_it_is_asked_about_does_not_lapse(user, lapsed):
    class Revoking(Broken):
        """A rule during which somebody else revokes what it is about."""

        def readings(self, facts, user_id):
            for given in Award.objects.standing().to(user_id).filter(ended=""):
                assert revoke(given, reason="Somebody was faster.")
            return self.sound.readings(facts, user_id)

    declared = badge("writer", title="Writer", when=Revoking(), retention="while_true")
    entry = write(user)[0]
    delete(entry)
    taken = Award.objects.of(declared).get()
    assert (taken.ended, taken.slot) == ("revoked", "")
    assert lapsed == []


def test_an_award_revoked_in_its_grace_is_left_alone(user, revoked, lapsed):
    declared = writer(grace=WEEK)
    entries = write(user, 2)
    unpublish(entries[0])
    taken = revoked(declared)
    later(user, days=8)
    assert overdue.lapse_overdue() == 0
    publish(entries[0])
    taken.refresh_from_db()
    assert (taken.ended, taken.slot) == ("revoked", "")
    assert taken.ended_at == taken.revoked_at
    assert lapsed == []


def test_a_reinstated_award_has_not_ended(user, revoked):
    declared = writer()
    write(user, 2)
    taken = revoked(declared)
    with happened():
        assert reinstate(taken)
    taken.refresh_from_db()
    assert (taken.ended, taken.ended_at) == ("", None)
