"""``{% load faces %}``: a round face with initials for everybody."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import User
from django.utils.html import format_html
from django.utils.safestring import SafeString

from example.people import name

register = template.Library()
COLOURS = 6


@register.simple_tag
def face(user: User) -> SafeString:
    """Show somebody's initials on a colour of their own: ``{% face entry.author %}``."""
    words = name(user).replace(".", " ").split() or ["?"]
    initials = "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()
    return format_html('<span class="face face-{}" aria-hidden="true">{}</span>', user.pk % COLOURS, initials)


@register.filter
def called(user: User) -> str:
    """Give what somebody is called: ``{{ entry.author|called }}``."""
    return name(user)
