"""The settings, all optional, read when they are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from appconf import AppConf
from django.conf import settings as django_settings


class BadgerAppConf(AppConf):
    """Defaults of the ``BADGER_…`` settings."""

    #: Let errors of rules and receivers out instead of logging and counting them. For tests.
    RAISE_ERRORS = False
    #: Which template engine renders the pages: the ``NAME`` of one in ``TEMPLATES``; None: the first that has them.
    TEMPLATE_ENGINE: str | None = None
    #: How many badges or awards a page shows.
    PAGE_SIZE = 24
    #: How long before an award expires its holder is warned; ``timedelta(0)``: not at all.
    EXPIRY_WARNING = timedelta(days=14)
    #: What a person is called on pages: a dotted path to a function of the user.
    USER_DISPLAY = "django_badger.people.display"
    #: What a person's address ends in: a dotted path to a function of the user. Never an e-mail address.
    USER_PATH = "django_badger.people.path"
    #: Who has this address: a dotted path to a function of that text, which returns the user or None.
    USER_FIND = "django_badger.people.find"

    #: How many percent of a badge's awards a reconcile may let lapse; above that it stops before it begins.
    MAX_LOSS = 10
    #: Who does bulk acts: "inline" (whoever asks), "tasks" (django.tasks), "celery", or the dotted path of a function.
    RUNNER = "inline"
    #: How many jobs do a run together, where there is a queue.
    RUN_WORKERS = 2

    class Meta:
        """All are written ``BADGER_…``."""

        prefix = "badger"


class _Settings:
    """One typed reader of the settings; nothing is kept, so ``override_settings`` works."""

    def _read(self, name: str) -> Any:
        return getattr(django_settings, f"BADGER_{name}", getattr(BadgerAppConf, name, None))

    @property
    def raise_errors(self) -> bool:
        return bool(self._read("RAISE_ERRORS"))

    @property
    def template_engine(self) -> str | None:
        return self._read("TEMPLATE_ENGINE") or None

    @property
    def page_size(self) -> int:
        return int(self._read("PAGE_SIZE"))

    @property
    def expiry_warning(self) -> timedelta:
        warning: timedelta = self._read("EXPIRY_WARNING")
        return warning

    @property
    def user_display(self) -> str:
        return str(self._read("USER_DISPLAY"))

    @property
    def user_path(self) -> str:
        return str(self._read("USER_PATH"))

    @property
    def user_find(self) -> str:
        return str(self._read("USER_FIND"))

    @property
    def max_loss(self) -> int:
        return int(self._read("MAX_LOSS"))

    @property
    def runner(self) -> str:
        return str(self._read("RUNNER"))

    @property
    def run_workers(self) -> int:
        return int(self._read("RUN_WORKERS"))


settings = _Settings()
