"""The doors on real transactions: in async code, and around a host's own."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.db import transaction

from django_badger import awarding, badge, rules
from django_badger.awarding import Already, Awarded, Refused
from django_badger.models import Award, Progress
from django_badger.signals import badge_awarded, badge_reinstated, badge_revoked
from guestbook import badges
from guestbook.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard():
    """What receivers were told, in order."""
    told = []
    signals = {"awarded": badge_awarded, "revoked": badge_revoked, "reinstated": badge_reinstated}
    receivers = {word: (lambda award, word=word, **_rest: told.append((word, award.badge.slug))) for word in signals}
    for word, signal in signals.items():
        signal.connect(receivers[word])
    yield told
    for word, signal in signals.items():
        signal.disconnect(receivers[word])


def slugs(user):
    return set(Award.objects.standing().to(user).values_list("badge__slug", flat=True))


def test_the_asynchronous_twins_do_the_same(user):
    @async_to_sync
    async def visit():
        result = await awarding.aaward(badges.regular.gold, to=user)
        assert isinstance(result, Awarded)
        assert isinstance(await awarding.aaward("regular-gold", to=user), Already)
        assert await awarding.arevoke(result.award, reason="Too early.")
        assert await awarding.areinstate(result.award)
        many = await awarding.aaward_many(badges.regular.silver, to=[user])
        assert len(many.awarded) == 1
        await awarding.arecord("nobody.listens", user=user)
        why = await awarding.aexplain(badges.first_post, user)
        assert not why.holds
        closest = await awarding.anext_badges(user, limit=1)
        assert len(closest) == 1

    visit()
    assert slugs(user) == {"regular-gold", "regular-silver"}


def test_a_saved_row_is_evaluated_at_once_outside_of_a_transaction(user, heard, day):
    Entry.objects.create(author=user, message="…", created_at=day(1))
    assert slugs(user) == {"first-post"}
    assert heard == [("awarded", "first-post")]


def test_everything_of_a_transaction_comes_after_its_commit(user, heard, day):
    with transaction.atomic():
        for _ in range(10):
            Entry.objects.create(author=user, message="…", word_count=30, created_at=day(1))
        given = awarding.award(badges.regular.gold, to=user).award
        assert slugs(user) == {"regular-gold"}
        assert heard == []
    expected = {"first-post", "250-words", "regular-bronze", "regular-gold", "master-badger"}
    assert slugs(user) == expected
    assert {slug for _, slug in heard} == expected
    heard.clear()
    with transaction.atomic():
        awarding.revoke(given, reason="Too early.")
        awarding.reinstate(given)
        assert heard == []
    assert heard == [("revoked", "regular-gold"), ("reinstated", "regular-gold")]


def test_a_rollback_leaves_nothing_behind(user, heard):

    @transaction.atomic
    def act():
        Entry.objects.create(author=user, message="…")
        awarding.award(badges.regular.gold, to=user)
        awarding.progress(badges.button_clicker, user).increment(10)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert slugs(user) == set()
    assert heard == []
    assert not Progress.objects.exists()


def test_progress_in_a_transaction_counts_with_it(user, heard):
    with transaction.atomic():
        reported = awarding.progress(badges.button_clicker, user).increment(10)
        assert reported
        assert heard == []
    assert heard == [("awarded", "button-clicker")]
    assert not awarding.progress(badges.button_clicker, user).increment(1)


def test_who_was_deleted_meanwhile_is_refused_and_the_others_get_theirs(make_person):
    stays, ghost = make_person(), make_person()
    get_user_model().objects.filter(pk=ghost.pk).delete()
    result = awarding.award(badges.regular.gold, to=ghost)
    assert isinstance(result, Refused)
    assert result.text == "This account or this badge does not exist any more."
    many = awarding.award_many(badges.regular.gold, to=[ghost, stays])
    assert [made.recipient_id for made in many.awarded] == [stays.pk]
    assert Award.objects.count() == 1


def test_an_event_recorded_outside_of_a_transaction_is_evaluated_at_once(user, registry):
    from django_badger import badge, rules

    rang = badge("rang", title="Rang", when=rules.event("rang"))
    awarding.record("rang", user=user)
    assert Award.objects.of(rang).to(user).exists()


def test_what_a_receiver_writes_in_a_transaction_of_its_own_is_evaluated_too(user, day):
    def write_more(award, **_rest):
        if award.badge.slug == "first-post":
            with transaction.atomic():
                Entry.objects.create(author=user, message="…", word_count=300, created_at=day(2))

    badge_awarded.connect(write_more)
    try:
        with transaction.atomic():
            Entry.objects.create(author=user, message="…", created_at=day(1))
    finally:
        badge_awarded.disconnect(write_more)
    assert slugs(user) == {"first-post", "250-words", "master-badger"}


@pytest.mark.usefixtures("registry")
def test_what_a_callback_of_the_host_takes_back_is_not_told_to_functions(user):
    """It runs before what its transaction has saved is looked at, and has a transaction of its own."""
    asked = []

    @badge("function", title="Function", on=rules.created(Entry))
    def function(entry):
        asked.append(entry.message)

    def fail():
        with transaction.atomic():
            Entry.objects.create(author=user, message="lost")
            raise ZeroDivisionError

    with transaction.atomic():
        transaction.on_commit(fail, robust=True)
        Entry.objects.create(author=user, message="kept")
    assert asked == ["kept"]
