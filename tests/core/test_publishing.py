"""A badge can be earned from now on, or no more; whoever comes second is told so."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from model_bakery import baker

from django_badger.models import Badge
from django_badger.publishing import disable, publish
from django_badger.signals import badge_published

pytestmark = pytest.mark.django_db


def badge(status):
    return baker.make(Badge, slug="helper", title="Helper", status=status)


def stored(one):
    return Badge.objects.get(pk=one.pk).status


@pytest.fixture
def told():
    heard = []

    def note(badge, **_rest):
        heard.append(badge)

    badge_published.connect(note)
    yield heard
    badge_published.disconnect(note)


@pytest.mark.parametrize("status", ["draft", "disabled"])
def test_a_badge_that_could_not_be_earned_is_published(status):
    one = badge(status)

    answer = publish(one)

    assert answer
    assert answer.text == "“Helper” can be earned from now on."
    assert (one.status, stored(one)) == ("published", "published")
    assert one.published_at == Badge.objects.get(pk=one.pk).published_at


@pytest.mark.parametrize("status", ["published", "orphaned"])
def test_one_that_can_be_earned_or_whose_declaration_is_gone_is_not(status):
    one = badge(status)

    answer = publish(one)

    assert not answer
    assert answer.text == "“Helper” was not published: it is published already, or its declaration is gone."
    assert stored(one) == status


def test_a_published_badge_is_disabled():
    one = badge("published")

    answer = disable(one)

    assert answer
    assert answer.text == "“Helper” cannot be earned any more."
    assert (one.status, stored(one)) == ("disabled", "disabled")


@pytest.mark.parametrize("status", ["draft", "disabled", "orphaned"])
def test_only_a_published_badge_is_disabled(status):
    one = badge(status)

    answer = disable(one)

    assert not answer
    assert answer.text == "“Helper” was not disabled: only a published badge can be."
    assert stored(one) == status


def test_the_second_of_two_who_publish_one_badge_is_told_so(told, django_capture_on_commit_callbacks):
    one = badge("draft")
    same = Badge.objects.get(pk=one.pk)

    with django_capture_on_commit_callbacks(execute=True):
        answers = [publish(one), publish(same)]

    assert [bool(answer) for answer in answers] == [True, False]
    assert told == [one]


def test_published_again_it_keeps_the_time_of_the_first(told, django_capture_on_commit_callbacks):
    one = badge("draft")
    with django_capture_on_commit_callbacks(execute=True):
        publish(one)
        first = one.published_at
        disable(one)
        publish(one)

    assert one.published_at == first == Badge.objects.get(pk=one.pk).published_at
    assert told == [one, one]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_of_what_was_rolled_back(told):
    one = badge("draft")

    with transaction.atomic():
        publish(one)
        transaction.set_rollback(True)

    assert (stored(one), told) == ("draft", [])


@pytest.mark.parametrize(("door", "status", "verb"), [(publish, "draft", "publish"), (disable, "published", "disable")])
def test_only_those_who_may_change_badges_decide(door, status, verb):
    one, somebody = badge(status), baker.make(get_user_model())

    refused = door(one, by=somebody)
    somebody.user_permissions.add(Permission.objects.get(codename="change_badge"))
    done = door(one, by=get_user_model().objects.get(pk=somebody.pk))

    assert (bool(refused), refused.text) == (False, f"You may not {verb} this badge.")
    assert done


def test_a_receiver_that_raises_is_logged_and_counted_and_the_others_are_told(
    told, settings, caplog, django_capture_on_commit_callbacks
):
    settings.BADGER_RAISE_ERRORS = False

    def broken(**_rest):
        raise ValueError("no")

    one = badge("draft")
    badge_published.connect(broken)
    try:
        with caplog.at_level(logging.ERROR, "django_badger"), django_capture_on_commit_callbacks(execute=True):
            assert publish(one)
    finally:
        badge_published.disconnect(broken)

    assert told == [one]
    assert "a receiver failed" in caplog.text
    assert Badge.objects.get(pk=one.pk).errors == 1
