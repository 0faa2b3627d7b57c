"""A site that people visit: errors of badges stay inside, and what is saved is committed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from django_badger import badge, rules
from django_badger.models import Award
from django_badger.registry import Registry
from guestbook.models import Entry


@pytest.fixture(autouse=True)
def careful(declared: Registry, settings: Any) -> None:
    """Errors stay inside, as on a site that people visit; and only the badges of the test are declared."""
    settings.BADGER_RAISE_ERRORS = False


@pytest.fixture
def user():
    return baker.make(get_user_model())


@pytest.fixture
def errors(caplog):
    """What was logged as going wrong."""
    return lambda: [record.getMessage() for record in caplog.records if record.name == "django_badger"]


@pytest.fixture
def sound():
    """Badges that have nothing to do with the broken one, but wake on the same events: before it and after it."""
    badge("a-first", title="First", when=rules.created(Entry, by="author"))
    badge("z-last", title="Last", when=rules.total(Entry, "word_count", by="author", reaches=1))
    badge("z-meta", title="Meta", when=rules.has_all("a-first", "z-last"))

    @badge("b-function", title="Function", on=rules.created(Entry))
    def greeter(entry):
        return entry.author

    return ["a-first", "b-function", "z-last", "z-meta"]


def held(user):
    return sorted(Award.objects.standing().to(user).values_list("badge__slug", flat=True))


class Faulty:
    """A rule of a host's own that answers all but one question as it should."""

    def __init__(self, question="", answer=None):
        self.question = question
        self.answer = answer
        self.sound = rules.created(Entry, by="author")

    def asked(self, question, *arguments):
        if question == self.question:
            if isinstance(self.answer, type) and issubclass(self.answer, Exception):
                raise self.answer("somebody's mistake")
            return self.answer() if callable(self.answer) else self.answer
        return getattr(self.sound, question)(*arguments)

    def wakes_on(self):
        return self.sound.wakes_on()

    def people(self, event):
        return self.asked("people", event)

    def reads(self):
        return self.asked("reads")

    def readings(self, facts, user_id):
        return self.asked("readings", facts, user_id)

    def explain(self, facts, user_id):
        return self.asked("explain", facts, user_id)

    def text(self):
        return "somebody's own rule"

    def version(self):
        return self.asked("version")
