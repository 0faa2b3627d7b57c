"""Taking an award back, and giving it back."""

import pytest
from django.contrib.auth.models import AnonymousUser

from django_badger import badge, rules
from django_badger.awarding import Already, Refused, Reinstated, Revoked, award, reinstate, revoke
from django_badger.models import Award
from django_badger.signals import badge_reinstated, badge_revoked
from django_badger.testing import happened

pytestmark = pytest.mark.django_db


@pytest.fixture
def thanks(registry):
    return badge("thanks", title="Thanks")


@pytest.fixture
def editor(make_person):
    return make_person("editor", may=["add_award", "change_award"])


@pytest.fixture
def given(user, thanks):
    return award(thanks, to=user).award


def test_a_revoked_award_stays_with_who_and_why(given, editor):
    result = revoke(given, by=editor, reason="Meant for \x00Bob.")
    assert isinstance(result, Revoked)
    assert result
    assert result.text == "The award was revoked."
    assert result.award is given
    assert not given.stands
    given.refresh_from_db()
    assert (given.ended, given.revoked_by, given.revoked_reason) == ("revoked", editor, "Meant for Bob.")
    assert given.revoked_at is not None
    assert not Award.objects.standing().exists()


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_revocation_says_why(given, reason):
    result = revoke(given, reason=reason)
    assert isinstance(result, Refused)
    assert result.text == "Say why the award is revoked."
    assert given.stands


def test_it_takes_a_permission_and_is_nobodys_own_case(given, user, make_person, editor, thanks):
    for stranger in (make_person(), AnonymousUser(), user):
        assert revoke(given, by=stranger, reason="No.").text == "You may not change this award."
        assert reinstate(given, by=stranger, reason="No.").text == "You may not change this award."
    own = award(thanks, to=editor).award
    assert revoke(own, by=editor, reason="No.").text == "Nobody decides their own case: ask somebody else."
    boss = make_person(is_superuser=True)
    own = award(thanks, to=boss).award
    assert revoke(own, by=boss, reason="").text == "This is your own case: say why."
    assert revoke(own, by=boss, reason="Testing.")
    assert reinstate(own, by=boss).text == "This is your own case: say why."
    assert reinstate(own, by=boss, reason="Tested.")


def test_a_second_revocation_changes_nothing(given, editor):
    revoke(given, by=editor, reason="First.")
    result = revoke(Award.objects.get(), reason="Second.")
    assert isinstance(result, Already)
    assert not result
    assert result.award == given
    assert Award.objects.get().revoked_reason == "First."


def test_an_award_that_has_a_successor_is_told_without_its_inner_name(user, editor, registry):
    best = badge("best", title="Best of {occasion}")
    first = award(best, to=user, by=editor, occasion="2026").award
    revoke(first, by=editor, reason="A mistake.")
    second = award(best, to=user, by=editor, occasion="2026").award
    result = revoke(Award.objects.get(pk=first.pk), by=editor, reason="Again.")
    assert result.text.startswith("The award of “Best of 2026” to ")
    assert result.text.endswith(" had ended before.")
    assert result.award == second


def test_a_revoked_award_stands_again_with_its_public_id(given, editor):
    uuid = given.uuid
    revoke(given, by=editor, reason="A mistake.")
    result = reinstate(given, by=editor)
    assert isinstance(result, Reinstated)
    assert result
    assert result.text == "The award stands again."
    stored = Award.objects.standing().get()
    assert (stored.uuid, stored.revoked_reason, stored.revoked_at, stored.revoked_by) == (uuid, "", None, None)
    assert given.stands


def test_what_stands_cannot_be_reinstated(given, editor):
    result = reinstate(given, by=editor)
    assert isinstance(result, Refused)
    assert result.text == "This award is not revoked, or another one has taken its place."


def test_an_award_of_a_repeatable_badge_stands_again(user, editor, registry):
    kudos = badge("kudos", title="Kudos", repeatable=True)
    first, _second = award(kudos, to=user).award, award(kudos, to=user).award
    revoke(first, by=editor, reason="A mistake.")
    assert reinstate(first, by=editor)
    assert Award.objects.standing().count() == 2


def test_both_are_told_after_the_commit(given):
    told = []

    def hear(award, signal, **_rest):
        told.append((signal is badge_revoked, award.stands))

    badge_revoked.connect(hear)
    badge_reinstated.connect(hear)
    try:
        with happened():
            revoke(given, reason="A mistake.")
            assert told == []
        assert told == [(True, False)]
        with happened():
            reinstate(given)
        assert told == [(True, False), (False, True)]
    finally:
        badge_revoked.disconnect(hear)
        badge_reinstated.disconnect(hear)


def test_a_reinstated_award_completes_what_waits_for_it(user, editor, given, thanks):
    other = badge("other", title="Other")
    meta = badge("meta", title="Meta", when=rules.has_all(thanks, other))
    revoke(given, by=editor, reason="A mistake.")
    with happened():
        award(other, to=user)
    assert not Award.objects.of(meta).exists()
    with happened():
        reinstate(given, by=editor)
    assert Award.objects.of(meta).to(user).exists()


def test_a_meta_badge_outlives_what_it_was_earned_with(user, editor, given, thanks):
    meta = badge("meta", title="Meta", when=rules.has(thanks))
    with happened():
        reinstate(given, by=editor)
        revoke(given, by=editor, reason="A mistake.")
        reinstate(given, by=editor)
    with happened():
        revoke(given, by=editor, reason="A mistake.")
    assert Award.objects.standing().of(meta).to(user).exists()
