"""Errors say what to do."""

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied

from django_badger import exceptions


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (exceptions.BadDeclaration, ImproperlyConfigured),
        (exceptions.UnknownBadge, LookupError),
        (exceptions.NotAllowed, PermissionDenied),
        (exceptions.BadAmount, ValueError),
    ],
)
def test_an_error_is_caught_by_its_family_and_says_what_to_do(error, family):
    with pytest.raises(family) as caught:
        raise error
    assert isinstance(caught.value, exceptions.BadgerError)
    assert str(caught.value) == " ".join(error.__doc__.split())


def test_a_cycle_is_an_error_of_a_form():
    assert exceptions.PrerequisiteCycle().messages == [" ".join(exceptions.PrerequisiteCycle.__doc__.split())]


def test_a_message_of_its_own_wins():
    assert str(exceptions.UnknownBadge("no such thing")) == "no such thing"
