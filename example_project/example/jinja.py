"""The Jinja2 environment: what Django's own templates have as a tag."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from jinja2 import Environment

from example.templatetags.faces import called, face


def environment(**options: Any) -> Environment:
    """Return an environment with ``url("home")`` and the faces of people."""
    made = Environment(**options)  # noqa: S701  Django's backend turns autoescape on
    made.globals.update(url=reverse, face=face, called=called)
    return made
