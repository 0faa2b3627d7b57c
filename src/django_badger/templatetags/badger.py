"""``{% load badger %}``: the parts and words of badges in Django templates. Wrappers only.

The same functions are ``badger.…`` in Jinja2 templates. Who looks at the page is the request's user; where there is
no request, ``viewer=`` says it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from django_badger import people, wording
from django_badger.models import Badge
from django_badger.parts import rendered
from django_badger.parts.people import date_text, person_url, viewer_of

register = template.Library()


def _request(context: Context) -> Any:
    return getattr(context, "request", None) or context.get("request")


@register.simple_tag(takes_context=True)
def badge_list(context: Context, user: Any, *, viewer: Any = None, limit: int | None = None) -> SafeString:
    """Show the badges that a person has: ``{% badge_list user %}``."""
    return rendered.badge_list(user, viewer=viewer or viewer_of(_request(context)), limit=limit)


@register.simple_tag(takes_context=True)
def badge_progress(context: Context, user: Any, badge: Any, *, viewer: Any = None) -> SafeString:
    """Show how far a person is with a badge: ``{% badge_progress user "250-words" %}``."""
    return rendered.badge_progress(user, badge, viewer=viewer or viewer_of(_request(context)))


@register.simple_tag(takes_context=True)
def recent_awards(context: Context, *, limit: int = 5, viewer: Any = None) -> SafeString:
    """Show the newest awards of everybody: ``{% recent_awards limit=5 %}``."""
    return rendered.recent_awards(limit=limit, viewer=viewer or viewer_of(_request(context)))


@register.simple_tag(takes_context=True)
def just_earned(context: Context, whom: Any = None) -> SafeString:
    """Show what the reader (or ``whom``) has earned since they last looked, once: ``{% just_earned %}``."""
    return rendered.just_earned(whom or _request(context))


@register.filter
def badge_title(badge: Badge, occasion: str = "") -> str:
    """Give a badge's title in the reader's language: ``{{ badge|badge_title }}``."""
    return wording.title(badge, occasion)


@register.filter
def badge_description(badge: Badge) -> str:
    """Give what a badge says about itself."""
    return wording.description(badge)


@register.filter
def badge_criteria(badge: Badge) -> str:
    """Give what it takes."""
    return wording.criteria(badge)


@register.filter
def person_name(user: Any) -> str:
    """Give what a person is called."""
    return people.display_of(user)


@register.filter
def person_page(user: Any) -> str:
    """Give the address of a person's page; nothing where they have none."""
    return person_url(user)


@register.filter
def badge_date(at: datetime) -> str:
    """Give the day of a moment."""
    return date_text(at)
