"""Awards that last for a time: whoever has one is warned, a person renews it, or its rule does where it says so."""

import datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from django_badger import badge, rules, signals
from django_badger._engine import overdue, renewing
from django_badger._engine.sync import sync
from django_badger.awarding import Refused, Renewed, arenew, award, progress, renew, revoke
from django_badger.exceptions import BadgerError
from django_badger.models import Award, Badge
from django_badger.rules.whom import Span
from django_badger.testing import happened
from guestbook.models import Entry
from tests.core.test_lapsing import Broken
from tests.core.test_query_counts import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]

DAY = datetime.timedelta(days=1)
YEAR = 365 * DAY


@pytest.fixture
def aid():
    return badge("first-aid", title="First aid", valid_for=YEAR)


@pytest.fixture
def editor(make_person):
    return make_person("editor", may=["add_award"])


def ages(given, by) -> Any:
    """Let time go by for an award, and give it as it is then."""
    Award.objects.filter(pk=given.pk).update(expires_at=given.expires_at - by)
    given.refresh_from_db()
    return given


def hearing(signal):
    told = []

    def hear(signal, sender, **said):
        told.append(said)

    signal.connect(hear)
    yield told
    signal.disconnect(hear)


@pytest.fixture
def warned():
    """What the site was told of awards that expire soon."""
    yield from hearing(signals.badge_expiring)


@pytest.fixture
def renewed():
    """What the site was told of awards that were renewed."""
    yield from hearing(signals.badge_renewed)


# --- warned ------------------------------------------------------------------------------------------------------------


def test_whoever_has_an_award_is_warned_once_before_it_expires(user, aid, warned):
    given: Any = award(aid, to=user).award
    given = ages(given, YEAR - 15 * DAY)
    assert overdue.warn() == 0
    given = ages(given, 2 * DAY)
    before = timezone.now()
    assert overdue.warn() == 1
    assert warned == [{"award": given, "expires_at": given.expires_at}]
    given.refresh_from_db()
    assert before <= given.warned_at <= timezone.now()
    assert overdue.warn() == 0
    assert len(warned) == 1


def test_how_early_is_a_setting(user, aid, warned, settings):
    ages(award(aid, to=user).award, YEAR - 15 * DAY)
    settings.BADGER_EXPIRY_WARNING = datetime.timedelta(0)
    assert overdue.warn() == 0
    settings.BADGER_EXPIRY_WARNING = 30 * DAY
    assert overdue.warn() == 1


def test_nobody_is_warned_of_what_does_not_stand_or_does_not_expire(user, make_person, aid, warned):
    award(badge("thanks", title="Thanks"), to=user)
    ages(award(aid, to=user).award, YEAR + DAY)
    taken = ages(award(aid, to=make_person()).award, YEAR - DAY)
    revoke(taken, reason="A mistake.")
    assert overdue.warn() == 0
    assert warned == []


def test_all_are_warned_in_lots_the_first_to_expire_first(make_person, aid, warned, monkeypatch):
    monkeypatch.setattr(overdue, "LOT", 2)
    given = [ages(award(aid, to=make_person()).award, YEAR - days * DAY) for days in (5, 1, 3, 2, 4)]
    assert overdue.warn() == 5
    assert [said["award"] for said in warned] == [given[index] for index in (1, 3, 2, 4, 0)]


def test_a_warning_that_a_crash_interrupts_is_given_again(make_person, aid, warned):
    given = [ages(award(aid, to=make_person()).award, YEAR - days * DAY) for days in (1, 2)]

    def crash(award, **_rest):
        if award == given[1]:
            raise SystemExit

    signals.badge_expiring.connect(crash)
    try:
        with pytest.raises(SystemExit):
            overdue.warn()
    finally:
        signals.badge_expiring.disconnect(crash)
    assert overdue.warn() == 2
    assert [said["award"] for said in warned] == [*given, *given]


def test_a_receiver_that_raises_does_not_keep_the_others_from_being_warned(user, make_person, aid, warned, settings):
    settings.BADGER_RAISE_ERRORS = False
    for person in (user, make_person()):
        ages(award(aid, to=person).award, YEAR - DAY)

    def fail(award, **_rest):
        msg = "the mail server is not well"
        raise ValueError(msg)

    signals.badge_expiring.connect(fail)
    try:
        assert overdue.warn() == 2
    finally:
        signals.badge_expiring.disconnect(fail)
    assert len(warned) == 2
    assert Badge.objects.get(slug="first-aid").errors == 2


# --- renewed by people -------------------------------------------------------------------------------------------------


def test_who_renews_early_loses_nothing(user, aid, editor, warned, renewed):
    given = ages(award(aid, to=user).award, YEAR - DAY)
    overdue.warn()
    given.refresh_from_db()
    uuid, expired = given.uuid, given.expires_at
    with happened():
        result = renew(given, by=editor, reason="Passed the course again.")
        assert renewed == []
    assert isinstance(result, Renewed)
    assert result
    assert not result.anew
    assert result.text == "The award was renewed."
    stored = Award.objects.get()
    assert (stored.uuid, stored.expires_at, stored.warned_at) == (uuid, expired + YEAR, None)
    assert (given.expires_at, given.warned_at) == (stored.expires_at, None)
    assert renewed == [{"award": given, "by": editor, "reason": "Passed the course again.", "anew": False}]


def test_after_a_renewal_there_is_another_warning(user, aid, warned):
    given = ages(award(aid, to=user).award, YEAR - DAY)
    overdue.warn()
    given.refresh_from_db()
    renew(given)
    assert overdue.warn() == 0
    ages(given, YEAR)
    assert overdue.warn() == 1
    assert len(warned) == 2


def test_until_a_moment(user, aid):
    given: Any = award(aid, to=user).award
    until = given.expires_at + 3 * DAY
    assert renew(given, until=until)
    given.refresh_from_db()
    assert given.expires_at == until


def test_an_expired_award_is_awarded_anew(user, aid, editor, renewed):
    given = award(aid, to=user, reason="The first course.", evidence={"course": 1}).award
    ages(given, YEAR + DAY)
    told = []

    def hear(award, **_rest):
        told.append(award)

    signals.badge_awarded.connect(hear)
    try:
        before = timezone.now()
        with happened():
            result = renew(given, by=editor, reason="The second course.")
    finally:
        signals.badge_awarded.disconnect(hear)
    assert result
    assert result.anew
    new: Any = Award.objects.get(pk=result.award.pk)
    given.refresh_from_db()
    assert (given.slot, given.ended, given.ended_at) == (given.freed_slot, "", given.expires_at)
    assert not given.stands
    assert new.uuid != given.uuid
    assert (new.slot, new.awarded_by, new.route, new.reason) == ("", editor, "hand", "The second course.")
    assert new.evidence == {"course": 1}
    assert before + YEAR <= new.expires_at <= timezone.now() + YEAR
    assert told == [new]
    assert renewed == [{"award": new, "by": editor, "reason": "The second course.", "anew": True}]


def test_an_expired_award_is_renewed_until_a_moment_and_completes_what_waits_for_it(user, aid):
    meta = badge("meta", title="Meta", when=rules.has(aid))
    given = ages(award(aid, to=user, occasion="2026").award, YEAR + DAY)
    until = timezone.now() + 3 * DAY
    with happened():
        new = renew(given, until=until).award
    assert (new.occasion, new.slot, new.expires_at) == ("2026", "2026", until)
    assert Award.objects.standing().of(meta).to(user).exists()


@pytest.mark.parametrize("repeatable", [False, True])
def test_an_expired_award_is_renewed_once(user, repeatable):
    course = badge("course", title="Course", valid_for=YEAR, repeatable=repeatable)
    given = ages(award(course, to=user).award, YEAR + DAY)
    assert renew(given)
    for again in (given, Award.objects.get(pk=given.pk)):
        result = renew(again)
        assert isinstance(result, Refused)
        assert result.text == "This award was changed, ended or renewed meanwhile: look at it again."
    assert Award.objects.standing().count() == 1


def test_an_expired_award_that_a_person_awarded_again_is_not_renewed(user, aid, editor):
    given = ages(award(aid, to=user).award, YEAR + DAY)
    assert award(aid, to=user, by=editor)
    assert not renew(given)
    assert not renew(Award.objects.get(pk=given.pk))
    assert Award.objects.get(pk=given.pk).ended_at == given.expires_at
    assert Award.objects.standing().count() == 1


def test_two_who_renew_at_once_renew_it_once(user, aid):
    given = award(aid, to=user).award
    stale = Award.objects.get()
    assert renew(given)
    assert not renew(stale)
    assert Award.objects.get().expires_at == given.expires_at


def test_it_takes_what_awarding_takes(user, aid, editor, make_person):
    given = award(aid, to=user).award
    for stranger in (user, make_person()):
        assert renew(given, by=stranger).text == "You may not award this badge."
    own = award(aid, to=editor).award
    assert renew(own, by=editor).text == "Nobody decides their own case: ask somebody else."
    boss = make_person(is_superuser=True)
    own = award(aid, to=boss).award
    assert renew(own, by=boss).text == "This is your own case: say why."
    assert renew(own, by=boss, reason="Nobody else is there.")
    Badge.objects.filter(slug="first-aid").update(status=Badge.Status.DISABLED)
    given = Award.objects.get(pk=given.pk)
    assert renew(given, by=editor).text == "This badge cannot be earned: it is disabled."


def test_what_cannot_be_renewed_is_told_why(user, aid, make_person):
    for_ever = award(badge("thanks", title="Thanks"), to=user).award
    assert renew(for_ever).text == "This award does not expire."
    given = award(aid, to=user).award
    for until in (given.expires_at, timezone.now()):
        assert renew(given, until=until).text == "Choose a later moment: the award would not last longer."
    ages(given, YEAR + DAY)
    assert not renew(given, until=timezone.now() - DAY / 2)
    taken = award(aid, to=make_person()).award
    revoke(taken, reason="A mistake.")
    assert renew(taken).text == "This award has ended: award the badge anew."
    Badge.objects.filter(slug="first-aid").update(valid_for=None)
    open_end = Award.objects.get(pk=given.pk)
    assert renew(open_end).text == "Say until when: the badge does not say how long its awards last."
    assert renew(open_end, until=timezone.now() + DAY)
    with pytest.raises(BadgerError, match="has no time zone: pass an aware datetime"):
        renew(open_end, until=datetime.datetime(2099, 1, 1))  # noqa: DTZ001  what is refused


def test_there_is_a_twin_for_async_code(user, aid):
    assert async_to_sync(arenew)(award(aid, to=user).award)


# --- renewed by their rule ---------------------------------------------------------------------------------------------


def active(**options):
    """Whoever has written a public entry."""
    options = {"valid_for": YEAR, "renews": True, **options}
    return badge("active", title="Active", when=rules.count(Entry, by="author", reaches=2), **options)


def write(user, number=1):
    with happened():
        return [Entry.objects.create(author=user, message="…") for _ in range(number)]


def expire(declared):
    given = Award.objects.of(declared).order_by("pk").last()
    return ages(given, YEAR + DAY)


def test_an_expired_award_is_earned_again_when_the_rule_says_so_and_is_true(user):
    declared = active()
    entries = write(user, 2)
    old = expire(declared)
    with happened():
        entries[0].save()
    new: Any = Award.objects.standing().get()
    old.refresh_from_db()
    assert new.uuid != old.uuid
    assert (old.slot, old.ended, old.ended_at) == (old.freed_slot, "", old.expires_at)
    assert (new.slot, new.route, new.earned_at) == ("", "rule", old.earned_at)
    assert new.expires_at > timezone.now() + YEAR - DAY
    write(user)
    assert Award.objects.count() == 2


def test_without_the_word_it_stays_expired(user):
    declared = active(renews=False)
    write(user, 2)
    expire(declared)
    write(user)
    assert not Award.objects.standing().exists()
    assert Award.objects.count() == 1


def test_an_expired_award_whose_rule_is_not_true_stays_expired(user):
    declared = active()
    entries = write(user, 2)
    old = expire(declared)
    Entry.objects.filter(pk=entries[0].pk).delete()
    with happened():
        entries[1].save()
    old.refresh_from_db()
    assert (old.slot, old.ended_at) == ("", None)
    write(user)
    assert Award.objects.standing().count() == 1


def test_a_standing_and_a_revoked_award_are_not_renewed(user):
    declared = active()
    write(user, 2)
    write(user)
    assert Award.objects.count() == 1
    with happened():
        revoke(Award.objects.get(), reason="A mistake.")
    expire(declared)
    write(user)
    assert list(Award.objects.values_list("ended", flat=True)) == ["revoked"]


def test_progress_that_is_still_reached(user):
    declared = badge("clicks", title="Clicks", progress=2, valid_for=YEAR, renews=True)
    with happened():
        progress(declared, user).increment(2)
    expire(declared)
    with happened():
        progress(declared, user).increment(1)
    assert Award.objects.standing().count() == 1
    assert Award.objects.count() == 2


def test_a_meta_badge_that_has_expired(user, aid):
    meta = badge("meta", title="Meta", when=rules.has(aid), valid_for=YEAR, renews=True)
    with happened():
        given = award(aid, to=user).award
    expire(meta)
    ages(given, YEAR + DAY)
    with happened():
        renew(given)
    assert Award.objects.standing().of(meta).exists()


def test_a_meta_badge_that_expired_comes_back_with_what_a_rule_renews(user):
    declared = active()
    meta = badge("meta", title="Meta", when=rules.has(declared), valid_for=YEAR, renews=True)
    write(user, 2)
    for one in (meta, declared):
        expire(one)
    write(user)
    assert set(Award.objects.standing().values_list("badge__slug", flat=True)) == {"active", "meta"}


def test_what_renewal_costs(user):
    declared = active()
    sync()
    entry = write(user, 2)[0]
    assert cost_of(entry.save) == 1 + 1
    expire(declared)
    assert cost_of(entry.save) == 1 + 1 + 2 + 1, "a question, the old row and its slot, the new row"


# --- by a run ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whom", ["everybody", "some", "a span"])
def test_a_run_frees_the_slots_of_all_whose_rule_is_true(make_person, whom, monkeypatch):
    monkeypatch.setattr("django_badger._engine.award.LOT", 1)
    declared = active()
    still, again, gone, never = (make_person() for _ in range(4))
    for person in (still, again, gone):
        write(person, 2)
    for person in (again, gone):
        ages(Award.objects.to(person).get(), YEAR + DAY)
    Entry.objects.filter(author=gone).delete()
    row = Badge.objects.get(slug="active")
    keys = sorted(person.pk for person in (still, again, gone, never))
    people = {"everybody": None, "some": keys, "a span": Span(keys[0], keys[-1])}[whom]
    assert renewing.free_expired(row, declared.when, people, timezone.now()) == 1
    freed = Award.objects.to(again).get()
    assert (freed.slot, freed.ended_at) == (freed.freed_slot, freed.expires_at)
    assert set(Award.objects.exclude(pk=freed.pk).values_list("slot", "ended_at")) == {("", None)}
    assert renewing.free_expired(row, declared.when, people, timezone.now()) == 0


def test_a_run_asks_one_question_where_nothing_has_expired(user):
    declared = active()
    write(user, 2)
    row = Badge.objects.get(slug="active")
    assert cost_of(lambda: renewing.free_expired(row, declared.when, None, timezone.now())) == 1


def test_a_run_frees_nothing_where_the_rule_raises(user, monkeypatch, settings):
    settings.BADGER_RAISE_ERRORS = False
    declared = badge("active", title="Active", when=Broken(), valid_for=YEAR, renews=True)
    write(user)
    expire(declared)
    monkeypatch.setattr(Broken, "broken", True)
    row = Badge.objects.get(slug="active")
    assert renewing.free_expired(row, declared.when, None, timezone.now()) == 0
    row.refresh_from_db()
    assert row.last_error == "asking whether it is still earned: ValueError: somebody's mistake"
