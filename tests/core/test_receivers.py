"""Which signals become events: those of models that some badge listens to."""

import logging

import pytest
from django.core.management import call_command
from django.core.serializers import serialize
from django.db.models.signals import post_save

from django_badger import badge, receivers, rules
from django_badger._engine import runs
from django_badger.apps import _sync
from django_badger.models import Award, Badge
from django_badger.testing import happened, isolated_registry
from guestbook.models import Entry
from tests.studio.models import Piece, Sculpture, Sketch

pytestmark = pytest.mark.django_db


def listening(*models):
    return [model for model in models if post_save.has_listeners(model)]


def test_a_model_that_no_badge_listens_to_has_no_receiver(registry):
    assert listening(Entry, Piece, Sculpture, Sketch) == []
    badge("a", title="A", when=rules.created(Sculpture, by="author"))
    assert listening(Entry, Piece, Sculpture, Sketch) == [Sculpture]
    with isolated_registry():
        badge("a", title="A", when=rules.created(Piece, by="author"))
        assert listening(Entry, Piece, Sculpture, Sketch) == [Piece, Sculpture, Sketch]
    assert listening(Entry, Piece, Sculpture, Sketch) == [Sculpture]


def test_fixtures_are_left_to_a_run(user, registry, tmp_path):
    badge("a", title="A", when=rules.created(Entry, by="author"))
    fixture = tmp_path / "entries.json"
    fixture.write_text(serialize("json", [Entry(pk=1, author=user, message="…")]))
    with happened():
        call_command("loaddata", str(fixture), verbosity=0)
    assert Entry.objects.count() == 1
    assert not Award.objects.exists()
    runs.backfill()
    assert Award.objects.of("a").to(user).exists()


@pytest.mark.parametrize("loud", [True, False])
def test_an_event_that_cannot_be_noted_is_logged_and_the_row_is_saved(user, registry, settings, caplog, loud):
    settings.BADGER_RAISE_ERRORS = loud
    badge("a", title="A", when=rules.created(Entry, by="author"))
    entry = Entry(author=user, message="…")

    def save():
        receivers._saved(Entry, entry, created=True, raw=False, using="no such database")

    if loud:
        with pytest.raises(Exception, match="no such database"):
            save()
    else:
        with caplog.at_level(logging.ERROR, logger="django_badger"):
            save()
        assert "guestbook.Entry could not be noted: `badger backfill` catches up." in caplog.text


def test_another_database_is_not_synced(registry, django_assert_num_queries):
    badge("a", title="A")
    with django_assert_num_queries(0):
        _sync(using="other")
    assert not Badge.objects.filter(slug="a").exists()
