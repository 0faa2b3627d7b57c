"""Three sites that replace only ``badger/base.html``: the files that the documentation shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROCESSORS = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
EXTENSION = "django_badger.jinja.BadgerExtension"

VANILLA: dict[str, Any] = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": PROCESSORS},
}
PLAYDOH: dict[str, Any] = {
    "BACKEND": "django.template.backends.jinja2.Jinja2",
    "APP_DIRS": True,
    "OPTIONS": {"extensions": [EXTENSION], "context_processors": PROCESSORS},
}
#: Under django-jinja, which draws the files it is told to by their names.
DJANGO_JINJA: dict[str, Any] = {
    "BACKEND": "django_jinja.jinja2.Jinja2",
    "APP_DIRS": True,
    "OPTIONS": {
        "app_dirname": "jinja2",
        "match_extension": "",
        "match_regex": r"^badger/.*\.html$",
        "extensions": [EXTENSION],
        "context_processors": PROCESSORS,
    },
}
#: What each site is called on all of its pages.
BRANDS = {"plain": "The Garden Club", "bootstrap": "Harbour Rowing", "jinja2": "Night School"}
#: Where its templates are.
FOLDERS = {"plain": "templates", "bootstrap": "templates", "jinja2": "jinja2"}


def settle(settings: Any, host: str, engine: dict[str, Any]) -> None:
    """Let the site of the tests be this host, with its templates and its static files."""
    settings.TEMPLATES = [{**engine, "DIRS": [HERE / host / FOLDERS[host]]}]
    settings.STATICFILES_DIRS = [HERE / host / "static"]
