"""An event that brings nothing is noted, and told to those who want to know who came closer."""

import pytest

from django_badger import badge, rules, signals
from django_badger._engine import noting
from django_badger._engine.sync import sync
from django_badger.testing import happened
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def test_what_brings_nothing_is_noted_and_told(user):
    badge("ten", title="Ten", when=rules.count(Entry, by="author", reaches=10))
    sync()
    noting.forget()
    heard = []

    def hear(badge, current, **_rest):
        heard.append((badge, current))

    with happened():
        Entry.objects.create(author=user, message="Hello")
    assert "ten" in noting.noted()
    signals.progressed.connect(hear)
    try:
        with happened():
            Entry.objects.create(author=user, message="Hello")
    finally:
        signals.progressed.disconnect(hear)
    assert heard == [("ten", 2)]
