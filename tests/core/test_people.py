"""What people are called, what their addresses end in, and who is found there."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from model_bakery import baker

from django_badger import people, policies
from django_badger.models import Badge
from django_badger.people import may_be_awarded

pytestmark = pytest.mark.django_db


class Named:
    """A user with whatever names."""

    pk = 7

    def __init__(self, username, full_name=None):
        self.username = username
        if full_name is not None:
            self.get_full_name = lambda: full_name

    def get_username(self):
        return self.username


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Named("ann"), "ann"),
        (Named("ann", "Ann Lee"), "Ann Lee"),
        (Named("ann", "  "), "ann"),
        (Named("ann@example.com"), "Member 7"),
        (Named("ann@example.com", "Ann Lee"), "Ann Lee"),
        (Named("ann", "ann@example.com"), "Member 7"),
        (Named(12), "12"),
    ],
)
def test_people_are_called_by_their_name_and_never_by_an_address(person, name):
    assert people.display_of(person) == name


def test_whoever_is_gone_is_somebody():
    assert people.display_of(None) == "somebody"


def test_a_site_has_its_own_names_and_addresses(settings, user):
    settings.BADGER_USER_DISPLAY = "tests.core.test_people.shout"
    settings.BADGER_USER_PATH = "tests.core.test_people.handle"
    settings.BADGER_USER_FIND = "tests.core.test_people.by_handle"
    assert people.display_of(user) == f"{user.pk}!"
    assert people.path_of(user) == f"~{user.pk}"
    assert people.found_at(f"~{user.pk}") == user


def shout(user):
    return f"{user.pk}!"


def handle(user):
    return f"~{user.pk}"


def by_handle(text):
    return get_user_model().objects.get(pk=text.removeprefix("~"))


def test_an_address_ends_in_the_key_and_leads_back(user):
    assert people.path_of(user) == str(user.pk)
    assert people.found_at(str(user.pk)) == user


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-1", "9" * 40, "\x00", "1\x00e", "ann@example.com", "🦡", "1.5", "../1"]
)
def test_an_address_that_leads_nowhere_finds_nobody(text):
    assert people.found_at(text) is None


def test_a_blocked_account_has_no_address(make_person):
    assert people.found_at(str(make_person(is_active=False).pk)) is None


def test_a_permission_may_be_for_one_badge_only(user, make_person):
    class OneBadge:
        """A user who may award one badge."""

        def has_perm(self, permission, subject=None):
            return permission == "badger.add_award" and subject is not None and subject.slug == "mine"

    mine, other = (baker.make(Badge, slug=slug) for slug in ("mine", "other"))
    assert policies.may_award(OneBadge(), mine)
    assert not policies.may_award(OneBadge(), other)


def test_who_manages_badges(user, make_person):
    assert policies.may_manage(make_person(may=["change_badge"]))
    assert not policies.may_manage(user)
    assert not policies.may_manage(AnonymousUser())
    assert not policies.may_manage(None)


def test_a_site_whose_accounts_cannot_be_blocked_awards_everybody(settings):
    settings.AUTH_USER_MODEL = "studio.Course"
    assert not may_be_awarded()
