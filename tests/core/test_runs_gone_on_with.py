"""Runs that stop in the middle: cancelled, failed, left behind; and runs that are taken back."""

import datetime

import pytest
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from django_badger import badge, rules, showcase
from django_badger import runs as doors
from django_badger._engine import ranges, recent, runs
from django_badger._engine.sync import sync
from django_badger.awarding import award, revoke
from django_badger.exceptions import RunRefused
from django_badger.models import Award, Badge, Run, RunRange
from django_badger.publishing import disable, publish
from django_badger.signals import badge_awarded, badge_retracted, badges_awarded
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


@pytest.fixture
def writers(make_person):
    people = sorted((make_person() for _ in range(5)), key=lambda person: person.pk)
    Entry.objects.bulk_create(Entry(author=person, message="…") for person in people)
    return people


@pytest.fixture
def small(monkeypatch):
    """Ranges of one person."""
    monkeypatch.setattr(ranges, "FIRST", 1)
    monkeypatch.setattr(ranges, "LEAST", 1)
    monkeypatch.setattr(ranges, "GAINED", 1)
    monkeypatch.setattr(ranges, "next_size", lambda *_given: 1)


@pytest.fixture
def heard():
    """Connect a receiver that keeps what it is told."""
    connected = []

    def listen(signal):
        told = []

        def hear(**what):
            told.append(what)

        signal.connect(hear)
        connected.append((signal, hear))
        return told

    yield listen
    for signal, hear in connected:
        signal.disconnect(hear)


def declare(slug="a", **more):
    return badge(slug, title=slug, when=rules.created(Entry, by="author"), **more)


def stop_after(number):
    """Return what is shown a run, and cancels it after so many ranges."""
    return lambda run: runs.cancel(run) if run.ranges.count() == number else None


class TestStopping:
    def test_a_cancelled_run_keeps_what_it_wrote_and_can_be_gone_on_with(self, writers, small):
        declare()
        run = doors.backfill(["a"], shown=stop_after(2))
        assert (run.status, run.added, run.looked_at) == ("cancelled", 2, 2)
        assert run.cancelled_at is not None
        assert not doors.cancel(run)
        run = doors.resume(run)
        assert (run.status, run.added, run.looked_at, run.cancelled_at) == ("finished", 5, 5, None)

    def test_a_run_that_is_over_is_not_gone_on_with(self, writers):
        declare()
        run = doors.backfill()
        with pytest.raises(RunRefused, match="is finished: only one that is not over can be resumed"):
            doors.resume(run)

    def test_whoever_asks_for_the_same_goes_on_with_what_was_left(self, writers, small):
        declare()
        left = runs.begin(Run.Kind.BACKFILL, ["a"])
        assert runs.do_range(left) is ranges.Outcome.DONE
        assert doors.backfill(["a"]) == left
        left.refresh_from_db()
        assert (left.status, left.added) == ("finished", 5)

    @pytest.mark.parametrize(("slugs", "options"), [(["b"], {}), (["a"], {"notify": "each"})])
    def test_whoever_asks_for_something_else_begins_anew(self, writers, slugs, options):
        declare()
        declare("b")
        left = runs.begin(Run.Kind.BACKFILL, ["a"])
        assert doors.backfill(slugs, **options) != left
        left.refresh_from_db()
        assert left.status == "running"

    def test_what_was_left_long_ago_is_closed_and_everybody_is_looked_at_anew(self, writers, small):
        declare()
        left = runs.begin(Run.Kind.BACKFILL, ["a"])
        runs.do_range(left)
        long_ago = timezone.now() - 2 * runs.STALE_AFTER
        Run.objects.update(started_at=long_ago)
        RunRange.objects.update(started_at=long_ago, finished_at=long_ago)
        run = doors.backfill(["a"])
        assert run != left
        assert (run.looked_at, run.added) == (5, 4)
        left.refresh_from_db()
        assert (left.status, left.error) == ("failed", "It was left unfinished, and everybody was looked at anew.")

    def test_a_range_that_others_have_is_left_to_them(self, writers, small, monkeypatch):
        declare()
        run = runs.begin(Run.Kind.BACKFILL, ["a"])
        RunRange.objects.create(run=run, number=1, first=str(writers[0].pk), last=str(writers[0].pk))
        monkeypatch.setattr(ranges, "_locked", lambda _run, _number: None)
        monkeypatch.setattr(ranges, "people_after", lambda _key, _size: None)
        assert runs.do_range(run) is ranges.Outcome.BUSY
        assert runs.go_on(run, wait=False).status == "running"

    def test_who_shares_a_run_takes_no_more_than_a_share_of_what_is_left(self, writers, small, monkeypatch):
        declare()
        run = runs.begin(Run.Kind.BACKFILL, ["a"])
        monkeypatch.setattr(ranges, "next_size", lambda *_given: 5)
        keys, now = [person.pk for person in writers], timezone.now()
        _mine, theirs = (
            RunRange.objects.create(run=run, number=place, first=str(key), last=str(key), looked_at=1, finished_at=done)
            for place, key, done in [(1, keys[0], now), (2, keys[1], None)]
        )
        assert ranges.next_people(run, theirs) == (keys[2], keys[2], 1)
        theirs.finished_at = now
        assert ranges.next_people(run, theirs) == (keys[2], keys[4], 3)

    @pytest.mark.project("core", "everything", "playdoh")  # a key that is not drawn by lot is the last one
    def test_somebody_who_joins_meanwhile_is_looked_at_too(self, writers, small, make_person):
        declare()

        def join(run):
            if run.looked_at == 5:
                Entry.objects.bulk_create([Entry(author=make_person(), message="…")])

        run = doors.backfill(shown=join)
        assert (run.people, run.looked_at, run.added) == (5, 6, 6)


class TestRecent:
    """Only people with rows that the last finished run has not seen."""

    def test_people_with_newer_rows_are_awarded_and_others_wait_for_a_complete_run(self, writers, make_person):
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        assert doors.backfill().added == 0
        first, second = writers[:2]
        Entry.objects.bulk_create([Entry(author=first, message="…")])
        Entry.objects.filter(author=writers[4]).update(author=second)  # changed, not new
        run = doors.backfill(recent=True)
        assert (run.added, run.looked_at) == (1, 5)
        assert list(run.awards.values_list("recipient", flat=True)) == [first.pk]
        assert doors.backfill(recent=True).added == 0
        assert doors.backfill().added == 1

    def test_of_whoever_has_new_rows_the_same_is_read_as_in_a_complete_run(self, writers):
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        badge("words", title="Words", when=rules.total(Entry, "word_count", by="author", reaches=10))
        badge("kinds", title="Kinds", when=rules.distinct(Entry, "message", by="author", reaches=2))
        badge("yearly", title="Yearly", when=rules.count(Entry, by="author", reaches=2, each=rules.year("created_at")))
        doors.backfill()
        newer = [Entry(author=one, message="new", word_count=10) for one in (writers[1], writers[3], writers[3])]
        Entry.objects.bulk_create(newer)

        def read(run):
            names = ("badge__slug", "recipient", "occasion", "earned_at", "evidence")
            return sorted(map(str, run.awards.values_list(*names)))

        run = doors.backfill(recent=True)
        recent = read(run)
        assert len(recent) == 2 * 4
        doors.undo(run)
        assert read(doors.backfill()) == recent

    def test_what_a_run_that_stopped_has_not_seen_is_seen_later(self, writers, small):
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        doors.backfill()
        Entry.objects.bulk_create([Entry(author=person, message="…") for person in writers])
        assert doors.backfill(recent=True, shown=stop_after(1)).added == 1
        assert doors.backfill(recent=True).added == 4

    def test_ranges_are_cut_by_people_with_new_rows(self, writers, small):
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        badge("long", title="Long", when=rules.count(Entry, by="author", reaches=2, where=Q(word_count=0)))
        doors.backfill()
        Entry.objects.bulk_create([Entry(author=person, message="…") for person in (writers[1], writers[3])])
        run = doors.backfill(recent=True)
        cut = list(run.ranges.order_by("number").values_list("first", "last", "looked_at"))
        keys = [str(person.pk) for person in writers]
        assert cut == [(keys[0], keys[1], 2), (keys[2], keys[3], 2), (keys[4], keys[4], 1)]
        assert (run.added, run.looked_at) == (4, 5)

    def test_the_more_badges_the_fewer_people_a_range_holds(self, writers, monkeypatch):
        monkeypatch.setattr(ranges, "LEAST", 1)
        monkeypatch.setattr(ranges, "GAINED", 4)
        for slug in ("one", "two"):
            badge(slug, title="Two", when=rules.count(Entry, by="author", reaches=2))
        doors.backfill()
        Entry.objects.bulk_create([Entry(author=person, message="…") for person in writers])
        run = doors.backfill(recent=True)
        assert list(run.ranges.order_by("number").values_list("looked_at", "added")) == [(2, 4), (2, 4), (1, 2)]

    def test_ranges_are_cut_as_ever_where_others_are_looked_at_too(self, writers, small):
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        badge("both", title="Both", when=rules.has_all("two", "given"))
        badge("given", title="Given")
        doors.backfill()
        Entry.objects.bulk_create([Entry(author=writers[3], message="…")])
        run = doors.backfill(recent=True)
        assert (run.ranges.count(), run.added, run.looked_at) == (5, 1, 5)

    @pytest.mark.parametrize(("named", "added"), [(2, 2), (1, 3)])
    def test_where_too_many_have_new_rows_everybody_of_the_range_is_looked_at(self, writers, monkeypatch, named, added):
        monkeypatch.setattr(recent, "NAMED", named)
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        doors.backfill()
        Entry.objects.filter(author=writers[4]).update(author=writers[3])  # changed, not new
        Entry.objects.bulk_create([Entry(author=person, message="…") for person in writers[:2]])
        assert doors.backfill(recent=True).added == added

    def test_without_a_run_before_everybody_is_looked_at(self, writers):
        declare()
        assert doors.backfill(recent=True).added == 5

    @pytest.mark.parametrize("change", ["new", "reopened"])
    def test_a_badge_that_was_not_there_is_looked_at_for_everybody(self, writers, change):
        declare("a")
        declare("b")
        sync()
        if change == "new":
            Badge.objects.filter(slug="b").delete()
        else:
            disable(Badge.objects.get(slug="b"))
        doors.backfill(["a"] if change == "new" else [])
        if change == "new":
            sync()
        else:
            publish(Badge.objects.get(slug="b"))
        assert doors.backfill(recent=True).added == 5

    def test_a_run_of_other_badges_has_seen_nothing(self, writers):
        declare("a")
        declare("b")
        doors.backfill(["a"])
        assert doors.backfill(["b"], recent=True).added == 5

    def test_what_waits_for_it_comes_too(self, writers):
        badge("two", title="Two", when=rules.count(Entry, by="author", reaches=2))
        badge("meta", title="Meta", when=rules.has("two"))
        doors.backfill()
        Entry.objects.bulk_create([Entry(author=writers[0], message="…")])
        assert doors.backfill(recent=True).added == 2


class TestUndoing:
    @pytest.fixture
    def tables(self):
        """All rows of awards, as the database has them."""
        return lambda: sorted(map(str, Award.objects.values()))

    def test_leaves_every_award_as_before(self, writers, tables):
        first = declare()
        declare("b", retention="while_true")
        badge("both", title="Both", when=rules.has_all("a", "b"))
        award(first, to=writers[0])
        revoke(award(first, to=writers[1]).award, reason="Spam.")
        before = tables()
        run = doors.backfill()
        assert run.added == 3 + 5 + 4
        undone = doors.undo(run)
        assert tables() == before
        assert (undone.status, undone.retracted, undone.added) == ("undone", 12, 12)
        assert undone.undone_at is not None
        assert doors.backfill().added == 12

    def test_brings_back_what_lapsed(self, writers, tables):
        declare(retention="while_true")
        doors.backfill()
        before = tables()
        Entry.objects.filter(author=writers[0]).delete()
        run = doors.reconcile()
        assert run.lapsed == 1
        doors.undo(run)
        assert tables() == before

    def test_leaves_lapsed_what_was_earned_anew(self, writers):
        declare(retention="while_true")
        doors.backfill()
        Entry.objects.filter(author=writers[0]).delete()
        lapse = doors.reconcile()
        Entry.objects.bulk_create([Entry(author=writers[0], message="…")])
        assert doors.backfill().added == 1
        doors.undo(lapse)
        mine = Award.objects.filter(recipient=writers[0]).order_by("pk")
        assert [one.ended for one in mine] == ["lapsed", ""]
        assert len({one.uuid for one in mine}) == 2

    def test_what_somebody_knows_of_is_retracted_and_what_ended_is_left(
        self, writers, heard, django_capture_on_commit_callbacks
    ):
        told = heard(badge_retracted)
        declare()
        run = doors.backfill()
        seen, hidden, revoked, *others = Award.objects.order_by("recipient_id")
        Award.objects.filter(pk=seen.pk).update(seen_at=timezone.now())
        showcase.hide(hidden, by=writers[1])
        revoke(revoked, reason="Spam.")
        with django_capture_on_commit_callbacks(execute=True):
            run = doors.undo(run)
        assert run.retracted == 4
        kept = {one.pk: one.ended for one in Award.objects.all()}
        assert kept == {seen.pk: "retracted", hidden.pk: "retracted", revoked.pk: "revoked"}
        assert {what["award"].pk for what in told} == {seen.pk, hidden.pk}
        assert not Award.objects.filter(pk__in=[one.pk for one in others]).exists()
        assert doors.backfill().added == 4  # as if never made; what a person revoked stays so

    def test_awards_that_were_told_of_are_retracted(self, writers, heard, django_capture_on_commit_callbacks):
        heard(badge_awarded)
        declare()
        with django_capture_on_commit_callbacks(execute=True):
            run = doors.backfill(notify="each")
        doors.undo(run)
        assert set(Award.objects.values_list("ended", flat=True)) == {"retracted"}

    def test_shows_how_far_it_is(self, writers, monkeypatch):
        from django_badger._engine import undoing

        monkeypatch.setattr(undoing, "AT_ONCE", 2)
        declare()
        shown = []
        doors.undo(doors.backfill(), shown=lambda run: shown.append(run.retracted))
        assert shown == [2, 4, 5]

    def test_only_what_is_over_and_once(self, writers):
        declare()
        run = runs.begin(Run.Kind.BACKFILL, ["a"])
        with pytest.raises(
            RunRefused, match="is running: only a run that is over can be undone, once; cancel it first"
        ):
            doors.undo(run)
        run = doors.undo(runs.go_on(run))
        with pytest.raises(RunRefused, match="is undone"):
            doors.undo(run)


class TestTelling:
    def test_a_digest_is_one_message_a_person(self, writers, heard, django_capture_on_commit_callbacks):
        told = heard(badges_awarded)
        each = heard(badge_awarded)
        declare()
        declare("b")
        with django_capture_on_commit_callbacks(execute=True):
            run = doors.backfill(notify="digest")
        assert not each
        assert [what["recipient"] for what in told] == writers
        assert all(what["run"] == run and what["sender"] is Run for what in told)
        assert [sorted(one.badge.slug for one in what["awards"]) for what in told] == [["a", "b"]] * 5
        assert not Award.objects.filter(announced_at=None).exists()

    def test_what_is_read_person_by_person_is_in_the_digest_too(
        self, writers, heard, django_capture_on_commit_callbacks
    ):
        told = heard(badges_awarded)
        declare("a")
        both = rules.created(Entry, by="author", each=rules.year("created_at")) & rules.created(Entry, by="author")
        badge("b", title="B", when=both)
        with django_capture_on_commit_callbacks(execute=True):
            doors.backfill(notify="digest")
        assert [sorted(one.badge.slug for one in what["awards"]) for what in told] == [["a", "b"]] * 5

    def test_a_person_s_awards_are_not_torn_apart(self, writers, heard, monkeypatch):
        from django_badger._engine import announce

        monkeypatch.setattr(announce, "AT_ONCE", 3)
        told = heard(badges_awarded)
        declare()
        declare("b")
        doors.backfill(notify="digest")
        assert [len(what["awards"]) for what in told] == [2] * 5

    def test_a_digest_that_a_crash_left_untold_is_told_later(self, writers, heard, monkeypatch):
        from django_badger._engine import announce

        told, each = heard(badges_awarded), heard(badge_awarded)
        declare()
        declare("b")
        monkeypatch.setattr(runs, "announce_run", lambda _run: None)
        doors.backfill(notify="digest")
        long_ago = timezone.now() - 2 * announce.FORGOTTEN_AFTER
        Award.objects.update(awarded_at=long_ago)
        assert announce.deliver() == 10
        assert [len(what["awards"]) for what in told] == [2] * 5
        assert not each
        assert announce.deliver() == 0

    def test_a_receiver_that_fails_stops_nobody(self, writers, settings, caplog):
        settings.BADGER_RAISE_ERRORS = False

        def fail(**_what):
            msg = "no mail today"
            raise RuntimeError(msg)

        declare()
        badges_awarded.connect(fail)
        try:
            assert doors.backfill(notify="digest").added == 5
        finally:
            badges_awarded.disconnect(fail)
        assert "no mail today" in caplog.text
        assert not Award.objects.filter(announced_at=None).exists()


class TestReconciling:
    def test_lets_lapse_what_is_no_longer_true_and_only_where_the_badge_says_so(self, writers):
        declare("kept")
        declare("lent", retention="while_true")
        doors.backfill()
        Entry.objects.filter(author__in=writers[:2]).delete()
        run = doors.reconcile()
        assert (run.added, run.lapsed) == (0, 2)
        lapsed = Award.objects.get(badge__slug="lent", recipient=writers[0])
        assert (lapsed.ended, lapsed.ended_in) == ("lapsed", run)
        assert lapsed.slot.replace("-", "") == f"#{lapsed.uuid.hex}"
        assert lapsed.ended_at is not None
        assert Award.objects.standing().of("kept").count() == 5
        assert Award.objects.standing().of("lent").count() == 3
        assert doors.reconcile().lapsed == 0

    def test_what_people_gave_or_took_is_left_alone(self, writers):
        lent = declare("lent", retention="while_true")
        Entry.objects.all().delete()
        given = award(lent, to=writers[0]).award
        taken = award(lent, to=writers[1]).award
        Award.objects.update(route="rule")
        Award.objects.filter(pk=given.pk).update(route="hand")
        revoke(taken, reason="Spam.")
        assert doors.reconcile(allow_empty=True).lapsed == 0
        assert Award.objects.get(pk=given.pk).stands
        assert Award.objects.get(pk=taken.pk).ended == "revoked"

    def test_grace_gives_time(self, writers, time_machine):
        now = timezone.now()
        time_machine.move_to(now, tick=False)
        declare("lent", retention="while_true", grace=datetime.timedelta(days=7))
        doors.backfill()
        Entry.objects.filter(author__in=writers[:2]).delete()
        assert doors.reconcile().lapsed == 0
        assert set(Award.objects.filter(recipient__in=writers[:2]).values_list("lapses_at", flat=True)) == {
            now + datetime.timedelta(days=7)
        }
        Entry.objects.bulk_create([Entry(author=writers[0], message="…")])
        time_machine.move_to(now + datetime.timedelta(days=8), tick=False)
        assert doors.reconcile().lapsed == 1
        assert Award.objects.get(recipient=writers[0]).lapses_at is None
        assert Award.objects.get(recipient=writers[1]).ended == "lapsed"

    def test_a_meta_badge_goes_with_what_it_needs_only_if_it_says_so(self, writers):
        declare("lent", retention="while_true")
        badge("meta", title="M", when=rules.has("lent"), retention="while_true")
        badge("kept", title="K", when=rules.has("lent"))
        doors.backfill()
        Entry.objects.filter(author=writers[0]).delete()
        assert doors.reconcile().lapsed == 2
        assert Award.objects.standing().of("kept").count() == 5

    def test_all_holders_of_a_changed_rule_can_be_looked_at_again(self, writers, registry):
        declare("a")
        doors.backfill()
        Entry.objects.filter(author=writers[0]).delete()
        assert doors.reconcile().lapsed == 0
        assert doors.reconcile(all_holders=True).lapsed == 1


class TestGuards:
    @pytest.fixture
    def lent(self, make_person):
        people = [make_person() for _ in range(12)]
        Entry.objects.bulk_create(Entry(author=person, message="…") for person in people)
        declare("lent", retention="while_true")
        doors.backfill()
        return people

    def test_an_empty_source_stops_it_before_it_begins(self, lent):
        Entry.objects.all().delete()
        with pytest.raises(RunRefused, match=r"guestbook\.Entry is empty, and 12 awards of badge 'lent' rest on it"):
            doors.reconcile()
        assert Run.objects.latest("pk").status == "failed"
        assert Award.objects.standing().count() == 12

    def test_a_large_loss_stops_it_before_it_begins(self, lent):
        Entry.objects.exclude(author=lent[0]).delete()
        with pytest.raises(RunRefused, match=r"badge 'lent' would lose 11 of 12 awards, which is more than 10 %"):
            doors.reconcile()
        assert Award.objects.standing().count() == 12
        assert doors.reconcile(max_loss=95).lapsed == 11

    def test_few_may_always_go(self, lent):
        Entry.objects.filter(author__in=lent[:10]).delete()
        assert doors.reconcile().lapsed == 10

    def test_the_limit_is_a_setting(self, lent, settings):
        settings.BADGER_MAX_LOSS = 100
        Entry.objects.exclude(author=lent[0]).delete()
        assert doors.reconcile().lapsed == 11


class TestSimulating:
    def test_says_what_would_be_and_writes_nothing(self, writers):
        declare("a")
        declare("lent", retention="while_true")
        badge("both", title="Both", when=rules.has_all("a", "lent"))
        doors.backfill(["lent"])
        Entry.objects.filter(author=writers[0]).delete()
        before = (sorted(map(str, Award.objects.values())), Run.objects.count(), RunRange.objects.count())
        found = doors.simulate("reconcile", notify="digest")
        assert (sorted(map(str, Award.objects.values())), Run.objects.count(), RunRange.objects.count()) == before
        numbers = {slug: (change.gained, change.lost) for slug, change in found.changes.items()}
        assert numbers == {"a": (4, 0), "lent": (0, 1), "both": (4, 0)}
        assert (found.gained, found.lost, found.messages, found.looked_at) == (8, 1, 4, 5)
        assert found.changes["lent"].losers == [writers[0].pk]
        assert found.changes["a"].gainers == [person.pk for person in writers[1:]]
        assert not found.plans

    def test_is_what_the_run_then_does(self, writers, small):
        declare("a")
        found = doors.simulate("backfill", ["a"], notify="each")
        assert found.messages == doors.backfill(["a"]).added == 5

    def test_shows_the_plan(self, writers):
        declare("a")
        badge("b", title="B", when=rules.has("a"))
        found = doors.simulate("backfill", plan=True)
        assert len(found.plans) == 2
        assert all("badger_award" in plan for plan in found.plans)

    def test_says_what_would_stop_the_run(self, writers):
        declare("lent", retention="while_true")
        doors.backfill()
        Entry.objects.all().delete()
        assert "guestbook.Entry is empty" in doors.simulate("reconcile").refused

    def test_counts_whose_grace_would_begin(self, writers):
        declare("lent", retention="while_true", grace=datetime.timedelta(days=1))
        doors.backfill()
        Entry.objects.filter(author=writers[0]).delete()
        change = doors.simulate("reconcile").changes["lent"]
        assert (change.lost, change.grace) == (0, 1)
        assert not Award.objects.exclude(lapses_at=None).exists()

    def test_a_rule_that_fails_is_named(self, writers, settings):
        settings.BADGER_RAISE_ERRORS = False

        def broken():
            msg = "no way"
            raise DatabaseError(msg)

        badge("a", title="A", when=rules.every(broken, text="…"))
        declare("b")
        found = doors.simulate("backfill")
        assert found.errors == ["a: DatabaseError: no way"]
        assert found.changes["b"].gained == 5
