"""Awarding by hand: what each answer says, and who may."""

import datetime
import logging

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from model_bakery import baker

from django_badger import badge, rules
from django_badger.awarding import Already, Awarded, AwardedMany, Refused, award, award_many, reinstate, revoke
from django_badger.exceptions import BadgerError, UnknownBadge
from django_badger.models import Award, Badge
from django_badger.people import display_of
from django_badger.signals import badge_awarded
from django_badger.testing import happened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


@pytest.fixture
def thanks(registry):
    return badge("thanks", title="Thanks")


@pytest.fixture
def editor(make_person):
    return make_person("editor", may=["add_award", "change_award"])


@pytest.fixture
def told():
    """Awards that a receiver was told of."""
    heard = []

    def hear(award, **_rest):
        heard.append(award.pk)

    badge_awarded.connect(hear)
    yield heard
    badge_awarded.disconnect(hear)


# --- what is answered ------------------------------------------------------------------------------------------------------


def test_a_new_award_is_true_and_says_who_has_what(user, editor, thanks, day):
    result = award(
        thanks, to=user, by=editor, reason="For the cake.", evidence={"link": "…"}, occasion="2026", at=day(3)
    )
    assert isinstance(result, Awarded)
    assert result
    assert result.text == f"{display_of(user)} was awarded “Thanks”."
    stored = Award.objects.get()
    assert (stored.reason, stored.evidence, stored.occasion) == ("For the cake.", {"link": "…"}, "2026")
    assert (stored.awarded_by, stored.route, stored.earned_at) == (editor, "hand", day(3))
    assert stored.stands
    assert result.award == stored


def test_a_second_award_is_false_and_shows_the_first(user, thanks):
    first = award(thanks, to=user).award
    result = award(thanks, to=user)
    assert isinstance(result, Already)
    assert not result
    assert result.award == first
    assert result.text == f"{display_of(user)} was awarded “Thanks” before."
    assert Award.objects.count() == 1


def test_each_occasion_is_an_award_of_its_own(user, registry):
    best = badge("best", title="Best of {occasion}")
    assert award(best, to=user, occasion="2025").text.endswith("was awarded “Best of 2025”.")
    assert award(best, to=user, occasion="2026")
    assert award(best, to=user, occasion="2026").text.endswith("was awarded “Best of 2026” before.")


def test_a_repeatable_badge_is_given_again_and_again(user, registry):
    kudos = badge("kudos", title="Kudos", repeatable=True)
    assert [bool(award(kudos, to=user)) for _ in range(3)] == [True, True, True]
    assert Award.objects.of(kudos).to(user).standing().count() == 3
    assert bool(award(kudos, to=user, occasion="2026"))
    assert not award(kudos, to=user, occasion="2026")


def test_a_badge_is_named_by_declaration_row_or_slug(make_person, thanks):
    row = baker.make(Badge, slug="site", title="Site")
    for named in (thanks, "thanks", row, "site"):
        assert award(named, to=make_person())


@pytest.mark.parametrize("slug", ["nope", "", "THANKS", "th\x00anks", "🦡", "x" * 500])
def test_an_unknown_badge_is_an_error_that_says_what_to_do(user, thanks, slug):
    with pytest.raises(UnknownBadge, match=r"there is no badge .* declare it in a badges.py, or make it in the admin"):
        award(slug, to=user)


@pytest.mark.parametrize(("status", "word"), [("draft", "draft"), ("disabled", "disabled"), ("orphaned", "orphaned")])
def test_a_badge_that_is_not_published_cannot_be_had(user, status, word):
    closed = baker.make(Badge, slug="closed", status=status)
    result = award(closed, to=user)
    assert isinstance(result, Refused)
    assert not result
    assert result.text == f"This badge cannot be earned: it is {word}."
    assert not Award.objects.exists()


def test_nobody_cannot_be_awarded(thanks):
    for nobody in (None, AnonymousUser(), get_user_model()()):
        assert award(thanks, to=nobody).text == "There is nobody to award this badge to: sign up first."


def test_a_blocked_account_cannot_be_awarded(make_person, thanks):
    result = award(thanks, to=make_person(is_active=False))
    assert result.text == "This account is blocked, so it cannot be awarded a badge."


def test_nul_bytes_are_left_out_of_what_is_kept(user, thanks):
    made = award(thanks, to=user, reason="For\x00 you", occasion="2\x00026").award
    made.refresh_from_db()
    assert (made.reason, made.occasion) == ("For you", "2026")
    assert not award(thanks, to=user, occasion="2026")


def test_an_occasion_fits_its_column(user, thanks):
    assert award(thanks, to=user, occasion="x" * 100)
    with pytest.raises(BadgerError, match=r"the occasion 'x{40}'… is too long: keep it within 100 characters"):
        award(thanks, to=user, occasion="x" * 101)


# --- who may ---------------------------------------------------------------------------------------------------------------


def test_only_whoever_has_the_permission_awards(make_person, user, editor, thanks):
    assert award(thanks, to=user, by=make_person()).text == "You may not award this badge."
    assert award(thanks, to=user, by=AnonymousUser()).text == "You may not award this badge."
    assert award(thanks, to=user, by=editor)


def test_nobody_awards_themself_but_a_superuser_who_says_why(make_person, editor, thanks, caplog):
    assert award(thanks, to=editor, by=editor, reason="Me!").text == "Nobody decides their own case: ask somebody else."
    boss = make_person(is_superuser=True)
    assert award(thanks, to=boss, by=boss, reason="  ").text == "This is your own case: say why."
    with caplog.at_level(logging.WARNING, logger="django_badger"):
        assert award(thanks, to=boss, by=boss, reason="Testing.")
    assert "awarded badge 'thanks' to themself: Testing." in caplog.text


def test_makers_award_what_they_made_where_the_site_lets_them(make_person, user, settings):
    maker = make_person()
    made = baker.make(Badge, slug="made", origin="member", created_by=maker)
    others = baker.make(Badge, slug="others", origin="member", created_by=user)
    sites = baker.make(Badge, slug="sites", origin="site", created_by=maker)
    assert not award(made, to=user, by=maker)
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.ModelBackend",
        "django_badger.backends.BadgerBackend",
    ]
    assert award(made, to=user, by=maker)
    assert not award(others, to=make_person(), by=maker)
    assert not award(sites, to=user, by=maker)
    assert not maker.has_perm("badger.change_badge", made)
    maker.is_active = False
    assert not award(made, to=make_person(), by=maker)


# --- again -----------------------------------------------------------------------------------------------------------------


def test_what_a_person_revoked_a_person_can_give_again(user, editor, thanks):
    first = award(thanks, to=user, by=editor).award
    revoke(first, by=editor, reason="A mistake.")
    assert isinstance(award(thanks, to=user), Already)  # the site itself is a machine
    second = award(thanks, to=user, by=editor)
    assert second
    assert second.award.uuid != first.uuid
    first.refresh_from_db()
    assert first.slot == f"#{first.uuid}"
    assert first.ended == "revoked"
    assert reinstate(first, by=editor).text == "This award is not revoked, or another one has taken its place."


def test_what_a_person_revoked_no_rule_gives_again(user, editor, registry):
    from guestbook.models import Entry

    first_post = badge("first-post", title="First", when=rules.created(Entry, by="author"))
    with happened():
        Entry.objects.create(author=user, message="…")
    revoke(Award.objects.get(), by=editor, reason="Spam.")
    with happened():
        Entry.objects.create(author=user, message="…")
    assert not Award.objects.standing().of(first_post).exists()


def test_what_expired_can_be_renewed_by_a_person_only(user, editor, registry):
    aid = badge("aid", title="First aid", valid_for=datetime.timedelta(days=365))
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False):
        first = award(aid, to=user, by=editor).award
        assert first.expires_at == timezone.now() + datetime.timedelta(days=365)
    with time_machine.travel("2027-01-01T11:59:59Z", tick=False):
        assert first.stands
        assert Award.objects.standing().to(user).exists()
        assert not award(aid, to=user, by=editor)
    with time_machine.travel("2027-01-01T12:00:00Z", tick=False):
        assert not first.stands
        assert not Award.objects.standing().to(user).exists()
        assert not award(aid, to=user)
        renewed = award(aid, to=user, by=editor)
        assert renewed
        assert list(Award.objects.standing().to(user)) == [renewed.award]
        assert not award(aid, to=user, by=editor)


# --- many ------------------------------------------------------------------------------------------------------------------


def test_many_are_awarded_at_once_and_each_answer_is_counted(make_person, editor, thanks):
    people = [make_person() for _ in range(3)]
    blocked = make_person("blocked", is_active=False)
    award(thanks, to=people[0])
    result = award_many(thanks, to=[*people, blocked, people[1], editor], by=editor, reason="Spring.")
    assert isinstance(result, AwardedMany)
    assert result
    assert {made.recipient_id for made in result.awarded} == {people[1].pk, people[2].pk}
    assert result.already == 2
    assert result.refused == [
        (blocked, "This account is blocked, so it cannot be awarded a badge."),
        (editor, "Nobody decides their own case: ask somebody else."),
    ]
    assert result.text == (
        "2 people were awarded the badge. 2 had it before. "
        f"{display_of(blocked)}: This account is blocked, so it cannot be awarded a badge. "
        f"{display_of(editor)}: Nobody decides their own case: ask somebody else."
    )


def test_a_queryset_of_people_is_awarded(make_person, thanks):
    make_person()
    result = award_many(thanks, to=get_user_model().objects.all())
    assert result.text == "1 person was awarded the badge."
    again = award_many(thanks, to=get_user_model().objects.all())
    assert not again
    assert again.text == "0 people were awarded the badge. 1 had it before."
    assert not award_many(thanks, to=[])


def test_many_get_a_repeatable_badge_again(make_person, registry):
    kudos = badge("kudos", title="Kudos", repeatable=True)
    people = [make_person(), make_person()]
    assert len(award_many(kudos, to=people).awarded) == 2
    assert len(award_many(kudos, to=people).awarded) == 2


# --- told ------------------------------------------------------------------------------------------------------------------


def test_each_new_award_is_told_once_after_the_commit(make_person, thanks, told):
    ann, bob = make_person(), make_person()
    with happened():
        first = award(thanks, to=ann).award
        award(thanks, to=ann)
        assert told == []
    assert told == [first.pk]
    with happened():
        award_many(thanks, to=[ann, bob])
    assert len(told) == 2
    assert not Award.objects.filter(announced_at=None).exists()


def test_a_badge_that_waits_for_it_comes_with_it(user, thanks):
    meta = badge("meta", title="Meta", when=rules.has(thanks))
    with happened():
        award(thanks, to=user)
    assert Award.objects.of(meta).to(user).exists()
