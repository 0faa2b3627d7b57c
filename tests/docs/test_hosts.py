"""What the documentation shows of hosts' modules works."""

import datetime
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.test import RequestFactory
from model_bakery import baker

from django_badger import badge, people
from django_badger.awarding import award_many
from django_badger.models import Award
from django_badger.signals import badge_awarded, badge_expiring
from django_badger.testing import happened, isolated_registry
from guestbook.badges import first_post
from guestbook.models import Entry
from tests.docs.examples import names, views

#: The examples know Django's own user model.
pytestmark = [pytest.mark.django_db, pytest.mark.project("core", "everything", "playdoh")]

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def user():
    return baker.make(get_user_model(), username="alice", email="alice@example.org", is_active=True)


@pytest.fixture
def mailer(settings) -> None:
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    }  # Django 6.1 asks for it


@pytest.fixture
def reminding(mailer) -> Iterator[None]:
    from tests.docs.examples.expiry import remind

    badge_expiring.connect(remind)
    yield
    badge_expiring.disconnect(remind)


@pytest.fixture
def congratulating(mailer) -> Iterator[None]:
    from tests.docs.examples.receivers import congratulate

    badge_awarded.connect(congratulate)
    yield
    badge_awarded.disconnect(congratulate)


def test_the_receiver_mails_whoever_was_awarded(user, congratulating):
    with happened():
        baker.make(Entry, author=user, created_at=NOON)

    assert [(one.to, one.subject) for one in mail.outbox] == [(["alice@example.org"], "You earned “First post!”")]


def test_the_receiver_mails_whoever_has_a_badge_that_expires_soon(user, reminding):
    nobody = baker.make(get_user_model(), email="")
    with isolated_registry():
        aid = badge("first-aid", title="First aid", valid_for=datetime.timedelta(days=3))
        given = award_many(aid, to=[user, nobody]).awarded

        call_command("badger", "deliver")

    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["alice@example.org"], f"“First aid” expires on {given[0].expires_at:%d %B %Y}")
    ]


def test_the_view_thanks_the_author(user):
    editor = baker.make(get_user_model(), username="erin", is_superuser=True, is_active=True)
    entry = baker.make(Entry, author=user)
    request = RequestFactory().post("/thank/", {"reason": "For the kind words."})
    request.user = editor
    with isolated_registry():
        badge("kind-words", title="Kind words")

        first, second = views.thank(request, entry.pk), views.thank(request, entry.pk)

    assert (first.status_code, second.status_code) == (200, 409)
    assert first.content.decode() == "alice was awarded “Kind words”."
    assert Award.objects.of("kind-words").to(user).get().reason == "For the kind words."


def test_people_go_by_the_names_that_the_hooks_give(user, settings):
    settings.BADGER_USER_DISPLAY = f"{names.__name__}.display"
    settings.BADGER_USER_PATH = f"{names.__name__}.path"
    settings.BADGER_USER_FIND = f"{names.__name__}.find"

    assert people.display_of(user) == "@alice"
    assert people.found_at(people.path_of(user)) == user
    assert people.found_at("nobody") is None


def test_the_receiver_leaves_people_without_an_address_alone(congratulating):
    with happened():
        baker.make(Entry, author=baker.make(get_user_model(), email=""))

    assert Award.objects.of(first_post).exists()
    assert not mail.outbox
