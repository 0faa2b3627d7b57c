"""Awards from a file of CSV: what becomes of each line, once and again."""

import datetime
import logging

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_badger import badge, rules, runs, signals
from django_badger._engine import importing
from django_badger._engine.award import insert_here
from django_badger._engine.sync import row_of, sync
from django_badger.awarding import award, revoke
from django_badger.exceptions import BadFile, RunRefused
from django_badger.models import Award, Badge, Run, RunRange
from django_badger.runs import ImportedLine
from django_badger.testing import happened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


@pytest.fixture
def thanks():
    return row_of(badge("thanks", title="Thanks"))


@pytest.fixture
def ann(make_person):
    return make_person("ann")


@pytest.fixture
def ben(make_person):
    return make_person("ben")


@pytest.fixture
def site(make_person):
    """A superuser."""
    return make_person("root", is_superuser=True)


def name(person):
    return person.get_username()


def sheet(*lines):
    """Return a file of these lines, whose cells are given; people stand for their user names."""
    cells = ([one if isinstance(one, str) else name(one) for one in line] for line in lines)
    return [",".join(line) for line in cells]


def imported(source, **options):
    """Import, and return what was told of each line: its number, the outcome, and why."""
    told: list[ImportedLine] = []
    done = runs.import_awards(source, told=told.extend, **options)
    assert [line.line for line in told] == sorted({line.line for line in told})
    assert done.looked_at == len(told)
    assert {"awarded": done.awarded, "already": done.already, "refused": done.refused} == counted(told)
    return [(line.line, line.outcome, line.why) for line in told]


def counted(lines):
    return {word: sum(line.outcome == word for line in lines) for word in ("awarded", "already", "refused")}


def simulated(source, **options):
    told: list[ImportedLine] = []
    done = runs.simulate_import(source, told=told.extend, **options)
    assert done.run is None
    assert (done.lines, done.looked_at) == (len(told), len(told))
    assert {"awarded": done.awarded, "already": done.already, "refused": done.refused} == counted(told)
    return [(line.line, line.outcome, line.why) for line in told]


def rows():
    """Everything that an import could write."""
    return [sorted(map(str, model.objects.values())) for model in (Award, Badge, Run, RunRange)]


class TestAnAward:
    def test_is_what_its_line_says(self, thanks, ann, site):
        source = sheet(
            ["Reason", "BADGE", " occasion", "earned_at", "User"],
            ["For all.", "thanks", "2025", "2025-12-24T18:30", ann],
        )
        done = runs.import_awards(source, by=site)
        made = Award.objects.get()
        assert (made.badge, made.recipient, made.occasion, made.slot) == (thanks, ann, "2025", "2025")
        assert (made.route, made.awarded_by, made.reason, made.run) == ("import", site, "For all.", done.run)
        assert made.earned_at == datetime.datetime(2025, 12, 24, 17, 30, tzinfo=datetime.UTC)  # Berlin
        assert made.evidence == {"line": 2}
        assert (done.run.kind, done.run.status, done.run.asked_by) == ("import", "finished", site)
        assert (done.run.people, done.run.looked_at, done.run.added, done.run.failed) == (1, 1, 1, 0)
        assert done
        assert not runs.import_awards(source, by=site)

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-01-31", "2026-01-30T23:00:00+00:00"),
            ("2026-01-31 08:15", "2026-01-31T07:15:00+00:00"),
            ("2025-07-31T08:15:01Z", "2025-07-31T08:15:01+00:00"),
            ("2025-07-31T08:15+05:30", "2025-07-31T02:45:00+00:00"),
        ],
    )
    def test_is_dated(self, text, moment, thanks, ann):
        runs.import_awards(sheet(["user", "badge", "earned_at"], [ann, "thanks", text]))
        assert Award.objects.get().earned_at == datetime.datetime.fromisoformat(moment)

    def test_has_a_date_without_a_zone_where_the_site_has_none(self, thanks, ann, settings):
        settings.USE_TZ = False
        source = sheet(["user", "badge", "earned_at"], [ann, "thanks", "2025-07-31T08:15Z"])
        assert simulated(source) == [(2, "awarded", "")]

    def test_expires_as_others_do(self, ann):
        badge("aid", title="First aid", valid_for=datetime.timedelta(days=730))
        runs.import_awards(sheet(["user"], [ann]), badge="aid")
        made = Award.objects.get()
        assert made.expires_at == made.awarded_at + datetime.timedelta(days=730)
        assert made.run.badge.slug == "aid"

    def test_of_ones_own_is_logged(self, thanks, site, caplog):
        with caplog.at_level(logging.WARNING, "django_badger"):
            runs.import_awards(sheet(["user", "reason"], [site, "I was there."]), badge="thanks", by=site)
        assert "awarded badge 'thanks' to themself: I was there." in caplog.text


class TestALine:
    """Its outcome is the same whether it is simulated or done."""

    @pytest.fixture
    def both(self):
        def outcomes(source, **options):
            sync()  # as after migrate: badges of code that is not run in this test have gone
            before = rows()
            first = simulated(source, **options)
            assert rows() == before
            assert imported(source, **options) == first
            return [(outcome, why) for _line, outcome, why in first]

        return outcomes

    @pytest.fixture
    def named(self, thanks, ann, make_person, day):
        """Badges that cannot be earned, and people by their names in the tables below."""
        Badge.objects.create(slug="draft", title="Draft", status=Badge.Status.DRAFT)
        Badge.objects.create(slug="over", title="Over", ends_at=day(2))
        return {"ann": ann, "blocked": make_person("blocked", is_active=False)}

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            (["nobody", "thanks"], "Nobody here is known as “nobody”."),
            (["", "thanks"], "This line names nobody."),
            (["ann", ""], "This line names no badge."),
            (["ann", "nope"], "There is no badge “nope”."),
            (["ann", "Thanks"], "There is no badge “Thanks”."),
            (["ann", "draft"], "This badge cannot be earned: it is draft."),
            (["ann", "over"], "This badge could be earned until Jan. 2, 2026, 1 p.m., and cannot any more."),
            (["blocked", "thanks"], "This account is blocked, so it cannot be awarded a badge."),
            (["ann", "thanks", "x" * 101], "The occasion is longer than 100 letters."),
            (["ann", "thanks", "", "31.1.2026"], "“31.1.2026” is no date: write 2026-01-31, or 2026-01-31T18:30."),
            (["ann", "thanks", "", "0001-01-01"], "“0001-01-01” is no date: write 2026-01-31, or 2026-01-31T18:30."),
            (["ann", "thanks", "", "1850-01-01"], "“1850-01-01” is no date: write 2026-01-31, or 2026-01-31T18:30."),
            (["ann", "thanks", "", "2999-01-01"], "2999-01-01 lies in the future."),
            (["ann", "thanks", "", "", "a", "b"], "This line has 6 cells, and the header names 5 columns."),
        ],
    )
    def test_is_refused(self, line, why, both, ann, named):
        first = named.get(line[0], line[0])
        assert both(
            sheet(["user", "badge", "occasion", "earned_at", "reason"], [first, *line[1:]], [ann, "thanks"])
        ) == [("refused", why), ("awarded", "")]

    def test_is_refused_where_who_awards_may_not(self, both, thanks, ann, ben, make_person):
        source = sheet(["user", "badge"], [ann, "thanks"], [ben, "thanks"])
        assert both(source, by=ann) == [("refused", "You may not award this badge.")] * 2
        helper = make_person(may=["add_award"])
        assert both(source, by=helper) == [("awarded", "")] * 2

    def test_about_who_awards_is_refused_unless_a_superuser_says_why(self, both, thanks, site, make_person):
        helper = make_person("helper", may=["add_award"])
        source = sheet(["user", "badge", "reason"], [helper, "thanks", "Me."], [site, "thanks", ""])
        assert both(source, by=helper) == [
            ("refused", "Nobody decides their own case: ask somebody else."),
            ("awarded", ""),
        ]
        source = sheet(["user", "badge", "reason"], [site, "thanks", ""], [site, "thanks", "Me."])
        Award.objects.all().delete()
        assert both(source, by=site) == [("refused", "This is your own case: say why."), ("awarded", "")]

    def test_that_says_what_stands_already_is_counted(self, both, thanks, ann, ben):
        award(thanks, to=ann)
        source = sheet(["user", "badge"], [ann, "thanks"], [ben, "thanks"], [ben, "thanks"])
        assert both(source) == [("already", ""), ("awarded", ""), ("already", "Line 3 says the same.")]
        assert both([*source, ""]) == [("already", "")] * 3

    def test_gives_nothing_again_that_a_person_took(self, both, thanks, ann):
        revoke(award(thanks, to=ann).award, reason="Spam.")
        why = "It was revoked before: only a person can award it again, by hand."
        assert both(sheet(["user", "badge"], [ann, "thanks"])) == [("refused", why)]

    def test_renews_nothing_that_has_expired(self, both, thanks, ann):
        award(thanks, to=ann)
        Award.objects.update(expires_at=timezone.now())
        why = "It was awarded before, and has expired: award it again by hand."
        assert both(sheet(["user", "badge"], [ann, "thanks"])) == [("refused", why)]

    def test_counts_once_for_each_occasion(self, both, thanks, ann):
        source = sheet(["user", "badge", "occasion"], [ann, "thanks", "2025"], [ann, "thanks", "2026"], [ann, "thanks"])
        assert both(source) == [("awarded", "")] * 3

    def test_of_a_repeatable_badge_counts_once_for_each_date_and_reason(self, both, ann):
        Badge.objects.create(slug="again", title="Again", repeatable=True)
        lines = [[ann, "2026-01-01", "a"], [ann, "2026-01-02", "a"], [ann, "2026-01-01", "b"], [ann, "2026-01-01", "a"]]
        source = sheet(["user", "earned_at", "reason"], *lines)
        same = ("already", "Line 2 says the same.")
        assert both(source, badge="again") == [*[("awarded", "")] * 3, same]
        # A file that has grown brings only what is new.
        grown = sheet(["user", "earned_at", "reason"], [ann, "2026-01-09", "a"], *lines)
        assert both(grown, badge="again") == [("awarded", ""), *[("already", "")] * 4]

    def test_that_is_the_same_as_one_of_another_range_is_told_so(self, both, thanks, ann, ben, monkeypatch):
        monkeypatch.setattr(importing, "AT_ONCE", 2)
        source = sheet(["user", "badge"], [ann, "thanks"], ["x", "thanks"], [ben, "thanks"], [ann, "thanks"])
        assert both(source)[-1] == ("already", "Line 2 says the same.")

    def test_that_is_blank_is_none(self, both, thanks, ann, ben):
        assert (
            both(["", "user,badge", " , ", "", f"{name(ann)} , thanks", ",", f"{name(ben)},thanks", ""])
            == [("awarded", "")] * 2
        )


class TestWhoIsMeant:
    def test_a_user_name_before_a_key(self, thanks, make_person):
        first = make_person("first")
        namesake = make_person(str(first.pk))
        runs.import_awards(sheet(["user"], [namesake]), badge="thanks")
        assert Award.objects.get().recipient == namesake

    def test_a_key(self, thanks, ann):
        runs.import_awards(sheet(["user"], [str(ann.pk)]), badge="thanks")
        assert Award.objects.get().recipient == ann

    @pytest.mark.project("core", "everything", "playdoh")
    @pytest.mark.parametrize("written", ["{}_0", "+{}0", "{}٠", "{}0.0", "99999999999999999999999", "-{}0"])
    def test_a_key_as_nobody_writes_it(self, written, thanks, make_person):
        make_person(pk=70)
        assert simulated(sheet(["user"], [written.format(7)]), badge="thanks")[0][1] == "refused"

    @pytest.mark.project("core", "everything", "playdoh")
    def test_a_name_to_the_letter(self, thanks, ann):
        assert simulated(sheet(["user"], ["Ann"]), badge="thanks")[0][1] == "refused"

    @pytest.mark.project("core", "everything", "playdoh")
    def test_no_address_unless_it_is_asked_for(self, thanks, make_person):
        person = make_person("ann", email="ann@example.org")
        source = sheet(["user"], ["ANN@example.org"])
        assert simulated(source, badge="thanks")[0][1:] == ("refused", "Nobody here is known as “ANN@example.org”.")
        assert imported(source, badge="thanks", match="email") == [(2, "awarded", "")]
        assert Award.objects.get().recipient == person

    @pytest.mark.project("core", "everything", "playdoh")
    def test_an_address_and_no_name(self, thanks, make_person):
        make_person("ann@example.org")
        assert simulated(sheet(["user"], ["ann@example.org"]), badge="thanks", match="email")[0][1] == "refused"

    @pytest.mark.project("core", "everything", "playdoh")
    def test_an_address_that_several_have(self, thanks, make_person):
        make_person("ann", email="ann@example.org")
        other = make_person("anna", email="Ann@example.org")
        source = sheet(["user"], ["ann@example.org"])
        why = "Several accounts have the address “ann@example.org”: write the user name instead."
        assert simulated(source, badge="thanks", match="email") == [(2, "refused", why)]
        get_user_model().objects.filter(pk=other.pk).update(is_active=False)
        assert simulated(source, badge="thanks", match="email") == [(2, "awarded", "")]
        get_user_model().objects.update(is_active=False)
        assert simulated(source, badge="thanks", match="email") == [(2, "refused", why)]

    @pytest.mark.project("core", "everything", "playdoh")
    def test_no_address_that_only_looks_the_same(self, thanks, make_person):
        make_person("kim", email="\N{KELVIN SIGN}im@example.org")
        assert simulated(sheet(["user"], ["kim@example.org"]), badge="thanks", match="email")[0][1] == "refused"

    @pytest.mark.project("core", "everything", "playdoh")
    def test_addresses_of_a_site_that_keeps_none(self, thanks, ann, monkeypatch):
        monkeypatch.setattr(get_user_model(), "EMAIL_FIELD", "contact", raising=False)
        with pytest.raises(BadFile, match="Accounts have no e-mail addresses here"):
            runs.simulate_import(sheet(["user"], [ann]), badge="thanks", match="email")


class TestARun:
    @pytest.fixture
    def small(self, monkeypatch):
        """Ranges of two lines."""
        monkeypatch.setattr(importing, "AT_ONCE", 2)

    @pytest.fixture
    def source(self, make_person):
        return sheet(["user"], *[[make_person()] for _ in range(3)], ["nobody"], [make_person()])

    def test_brings_nothing_the_second_time(self, thanks, source):
        assert [outcome for _line, outcome, _why in imported(source, badge="thanks")].count("awarded") == 4
        assert [outcome for _line, outcome, _why in imported(source, badge="thanks")].count("awarded") == 0
        assert Run.objects.filter(status="finished").count() == 2

    def test_is_cut_in_ranges_of_lines(self, thanks, source, small):
        seen = []
        runs.import_awards(source, badge="thanks", shown=lambda run: seen.append((run.looked_at, run.people)))
        assert seen == [(2, 5), (4, 5), (5, 5)]
        ranges = RunRange.objects.order_by("number").values_list(
            "first", "last", "looked_at", "added", "failed", "error"
        )
        assert list(ranges) == [
            ("2", "3", 2, 2, 0, ""), ("4", "5", 2, 1, 1, "line 5: Nobody here is known as “nobody”."), ("6", "6", 1, 1, 0, "")
        ]  # fmt: skip

    def test_keeps_no_endless_list_of_errors(self, thanks):
        runs.import_awards(sheet(["user"], *[["nobody"]] * 400), badge="thanks")
        assert len(RunRange.objects.get().error) == importing.MOST_KEPT

    def test_goes_on_when_the_same_file_comes_again(self, thanks, source, small):
        def stop(run):
            runs.cancel(run)

        first = runs.import_awards(source, badge="thanks", shown=stop)
        assert (first.run.status, first.looked_at, first.awarded, first.lines) == ("cancelled", 2, 2, 5)
        other = runs.import_awards(sheet(["user"], ["nobody"]), badge="thanks")
        assert other.run != first.run
        assert [outcome for _line, outcome, _why in imported(source, badge="thanks")] == [
            "awarded", "awarded", "awarded", "refused", "awarded"
        ]  # fmt: skip
        first.run.refresh_from_db()
        assert (first.run.status, first.run.looked_at, first.run.added, first.run.failed) == ("finished", 5, 4, 1)
        assert Run.objects.count() == 2

    @pytest.mark.parametrize("terms", [{"badge": "other"}, {"notify": "each"}, {"match": "email"}, {"by": "site"}])
    def test_on_other_terms_is_another_one(self, terms, thanks, source, site, small):
        badge("other", title="Other")
        first = runs.import_awards(source, badge="thanks", shown=runs.cancel)
        terms = {"badge": "thanks", **terms} | ({"by": site} if "by" in terms else {})
        assert runs.import_awards(source, **terms).run != first.run

    def test_that_failed_is_gone_on_with(self, thanks, source, small):
        def fail(run):
            msg = "disk full"
            raise OSError(msg)

        with pytest.raises(OSError, match="disk full"):
            runs.import_awards(source, badge="thanks", shown=fail)
        run = Run.objects.get()
        assert (run.status, run.error, run.looked_at) == ("failed", "OSError: disk full", 2)
        assert runs.import_awards(source, badge="thanks").run == run

    def test_tells_of_lines_that_others_did_as_far_as_it_can(self, thanks, ann, ben, small):
        source = sheet(["user"], [ann], ["late"], [ann], [ben])
        runs.import_awards(source, badge="thanks", shown=runs.cancel)
        late = get_user_model().objects.create(**{get_user_model().USERNAME_FIELD: "late"})
        assert imported(source, badge="thanks") == [
            (2, "awarded", ""),
            (3, "refused", "It was refused when it was looked at, and could be awarded now: import the file again."),
            (4, "already", "Line 2 says the same."),
            (5, "awarded", ""),
        ]
        assert not Award.objects.filter(recipient=late).exists()

    def test_says_what_to_type_instead_of_resume(self, thanks, source, site, small):
        run = runs.import_awards(source, badge="thanks", shown=runs.cancel, by=site, notify="each", match="email").run
        words = f"import FILE --badge thanks --match email --by {site.pk} --notify each` with the same file"
        with pytest.raises(RunRefused, match=words):
            runs.resume(run)
        source = [line.replace(",", "\t") for line in sheet(["user", "badge"], ["x", "thanks"], ["y", "thanks"], ["z"])]
        run = runs.import_awards(source, delimiter="\t", shown=runs.cancel).run
        with pytest.raises(RunRefused, match=r"`manage\.py badger import FILE --delimiter tab`"):
            runs.resume(run)

    def test_can_be_undone_and_done_again(self, thanks, source):
        before = sorted(map(str, Award.objects.values()))
        run = runs.import_awards(source, badge="thanks").run
        undone = runs.undo(run)
        assert (undone.status, undone.retracted) == ("undone", 4)
        assert sorted(map(str, Award.objects.values())) == before
        again = runs.import_awards(source, badge="thanks")
        assert (again.awarded, again.run == run) == (4, False)

    def test_passes_on_what_is_wrong_with_the_database_itself(self, thanks):
        with pytest.raises(IntegrityError):
            insert_here([Award(badge=thanks, recipient=None)])

    def test_can_be_simulated_without_being_told_of_each_line(self, thanks, source):
        assert runs.simulate_import(source, badge="thanks").awarded == 4

    def test_takes_a_place_that_was_taken_in_that_moment_for_taken(self, thanks, ann, ben, monkeypatch):
        monkeypatch.setattr("django_badger._engine.judging._taken", lambda _awards: {})
        award(thanks, to=ann)
        assert imported(sheet(["user"], [ann], [ben]), badge="thanks") == [(2, "already", ""), (3, "awarded", "")]

    @pytest.mark.mariadb
    def test_a_place_is_as_the_database_sees_it(self, thanks, ann):
        source = sheet(["user", "occasion"], [ann, "a"], [ann, "A"])
        assert sorted(outcome for _line, outcome, _why in imported(source, badge="thanks")) == ["already", "awarded"]

    def test_takes_little_notice_of_how_many_lines_a_range_has(self, thanks, make_person, small, monkeypatch):
        badge("meta", title="Meta", when=rules.has("thanks"))
        sync()

        def cost(number):
            monkeypatch.setattr(importing, "AT_ONCE", number)
            source = sheet(["user"], *[[make_person()] for _ in range(number)])
            with (
                CaptureQueriesContext(
                    connection,
                ) as few,
                happened(),
            ):
                assert runs.import_awards(source, badge="thanks").awarded == number
            return len(few)

        assert cost(2) == cost(20)


class TestWhatFollows:
    @pytest.fixture
    def told(self):
        """What a site is told: of whom, and of which badges."""
        heard = []

        def each(award, **_rest):
            heard.append(("each", award.recipient, award.badge.slug))

        def digest(recipient, awards, **_rest):
            heard.append(("digest", recipient, sorted(award.badge.slug for award in awards)))

        signals.badge_awarded.connect(each)
        signals.badges_awarded.connect(digest)
        yield heard
        signals.badge_awarded.disconnect(each)
        signals.badges_awarded.disconnect(digest)

    @pytest.fixture(autouse=True)
    def badges(self, registry):
        badge("thanks", title="Thanks")
        badge("kind", title="Kind")
        badge("both", title="Both", when=rules.has_all("thanks", "kind"))
        sync()
        stored = Badge.objects.create(slug="stored", title="Stored")
        stored.prerequisites.set(Badge.objects.filter(slug="both"))

    def held(self, person):
        return sorted(Award.objects.standing().to(person).values_list("badge__slug", flat=True))

    def test_meta_badges_come_and_are_not_the_imports_own(self, ann, ben):
        source = sheet(["user", "badge"], [ann, "thanks"], [ben, "thanks"], [ann, "kind"])
        with happened():
            run = runs.import_awards(source).run
        assert self.held(ann) == ["both", "kind", "stored", "thanks"]
        assert self.held(ben) == ["thanks"]
        assert run.added == 3
        assert not Award.objects.exclude(badge__slug__in=["thanks", "kind"]).exclude(run=None).exists()
        runs.undo(run)
        assert self.held(ann) == ["both", "stored"]

    def test_meta_badges_that_a_crash_left_out_come_when_it_goes_on(self, ann, monkeypatch):
        source = sheet(["user", "badge"], [ann, "thanks"], [ann, "kind"])
        with monkeypatch.context() as crash:
            crash.setattr(importing, "evaluate", lambda _happened: runs.cancel(Run.objects.get()))
            crash.setattr(importing, "AT_ONCE", 1)
            with happened():
                runs.import_awards(source, shown=runs.cancel)
                runs.import_awards(source, shown=runs.cancel)
        assert self.held(ann) == ["kind", "thanks"]
        with happened():
            runs.import_awards(source)
        assert self.held(ann) == ["both", "kind", "stored", "thanks"]

    def test_nobody_is_told_by_default(self, ann, told):
        with happened():
            runs.import_awards(sheet(["user", "badge"], [ann, "thanks"], [ann, "kind"]))
        assert self.held(ann) == ["both", "kind", "stored", "thanks"]
        assert told == []
        assert not Award.objects.filter(announced_at=None).exists()

    def test_each_award_may_be_told_of(self, ann, told):
        with happened():
            runs.import_awards(sheet(["user", "badge"], [ann, "thanks"], [ann, "kind"]), notify="each")
        assert told == [("each", ann, slug) for slug in ("thanks", "kind", "both", "stored")]

    def test_each_person_may_be_told_once(self, ann, ben, told):
        source = sheet(["user", "badge"], [ann, "thanks"], [ben, "thanks"], [ann, "kind"])
        with happened():
            runs.import_awards(source, notify="digest")
        digests = sorted(told[:2], key=lambda one: one[2])  # in the order of keys, which may be random
        assert digests == [("digest", ann, ["kind", "thanks"]), ("digest", ben, ["thanks"])]
        assert told[2:] == [("each", ann, "both"), ("each", ann, "stored")]

    def test_progress_is_told_of_if_awards_are(self, ann):
        heard = []

        def hear(badge, **_rest):
            heard.append(badge)

        signals.progressed.connect(hear)
        try:
            for slug, notify in (("thanks", "none"), ("kind", "each")):
                badge(f"of-{slug}", title="Two of a kind", when=rules.at_least(2, rules.has(slug), rules.has("both")))
                with happened():
                    runs.import_awards(sheet(["user"], [ann]), badge=slug, notify=notify)
        finally:
            signals.progressed.disconnect(hear)
        assert heard == ["of-kind"]
