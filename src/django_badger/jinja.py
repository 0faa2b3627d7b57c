"""Badges in Jinja2: one line in the engine's OPTIONS, ``"extensions": ["django_badger.jinja.BadgerExtension"]``.

It brings ``{% trans %}`` with Django's translations, and one global, ``badger``, with the same functions that
Django templates get from ``{% load badger %}``. Works in Django's own Jinja2 backend and in django-jinja.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from jinja2 import Environment, pass_context
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context

from django_badger import people, wording
from django_badger.models import Badge
from django_badger.parts import rendered
from django_badger.parts.people import date_text, number_text, person_url, viewer_of


class Badger:
    """What templates call ``badger``."""

    @pass_context
    def badge_list(self, context: Context, user: Any, *, viewer: Any = None, limit: int | None = None) -> SafeString:
        """Show the badges that a person has: ``{{ badger.badge_list(user) }}``."""
        return rendered.badge_list(user, viewer=viewer or viewer_of(context.get("request")), limit=limit)

    @pass_context
    def badge_progress(self, context: Context, user: Any, badge: Any, *, viewer: Any = None) -> SafeString:
        """Show how far a person is with a badge: ``{{ badger.badge_progress(user, "250-words") }}``."""
        return rendered.badge_progress(user, badge, viewer=viewer or viewer_of(context.get("request")))

    @pass_context
    def recent_awards(self, context: Context, *, limit: int = 5, viewer: Any = None) -> SafeString:
        """Show the newest awards of everybody: ``{{ badger.recent_awards(limit=5) }}``."""
        return rendered.recent_awards(limit=limit, viewer=viewer or viewer_of(context.get("request")))

    @pass_context
    def just_earned(self, context: Context, whom: Any = None) -> SafeString:
        """Show what the reader (or ``whom``) has earned since they last looked, once."""
        return rendered.just_earned(whom or context.get("request"))

    def title(self, badge: Badge, occasion: str = "") -> str:
        """Give a badge's title in the reader's language."""
        return wording.title(badge, occasion)

    def description(self, badge: Badge) -> str:
        """Give what a badge says about itself."""
        return wording.description(badge)

    def criteria(self, badge: Badge) -> str:
        """Give what it takes."""
        return wording.criteria(badge)

    def person(self, user: Any) -> str:
        """Give what a person is called."""
        return people.display_of(user)

    def person_page(self, user: Any) -> str:
        """Give the address of a person's page; nothing where they have none."""
        return person_url(user)

    def date(self, at: datetime) -> str:
        """Give the day of a moment."""
        return date_text(at)

    def number(self, number: Decimal | int) -> str:
        """Give a number as the reader's language writes it, as Django templates do by themselves."""
        return number_text(number)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Give the address of a page by its name: ``badger.url("badge_detail", slug="first-post")``."""
        return reverse(f"badger:{name}", args=args, kwargs=kwargs)

    def static(self, path: str) -> str:
        """Give the address of a static file."""
        return static(path)

    def language(self) -> str:
        """Give the code of the reader's language."""
        return translation.get_language() or "en"

    def direction(self) -> str:
        """Give the direction in which it is written: ``ltr`` or ``rtl``."""
        return "rtl" if translation.get_language_bidi() else "ltr"


class BadgerExtension(InternationalizationExtension):
    """Adds ``badger`` and Django's translations to a Jinja2 environment."""

    def __init__(self, environment: Environment) -> None:
        """Take Django's gettext, which knows the reader's language at the time of the call."""
        super().__init__(environment)
        environment.globals["badger"] = Badger()
        install: Any = getattr(environment, "install_gettext_callables")  # noqa: B009  the line above adds it
        install(
            translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext,
            npgettext=translation.npgettext,
        )  # fmt: skip
