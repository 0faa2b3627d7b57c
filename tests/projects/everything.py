"""A site with everything: the admin, messages, both template engines, every option. Django templates come first."""

from typing import Any

import django

from tests.projects.core import *

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *INSTALLED_APPS,
]
MIDDLEWARE = [*MIDDLEWARE, "django.contrib.messages.middleware.MessageMiddleware"]
if django.VERSION >= (6, 0):
    # Strict, so that the tests in a browser see whatever would be refused on a careful site.
    MIDDLEWARE += ["django.middleware.csp.ContentSecurityPolicyMiddleware"]
    SECURE_CSP = {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
    }

VANILLA = {
    **VANILLA,
    "OPTIONS": {
        "context_processors": [
            *VANILLA["OPTIONS"]["context_processors"],
            "django.contrib.messages.context_processors.messages",
        ],
    },
}
PLAYDOH: dict[str, Any] = {
    "BACKEND": "django.template.backends.jinja2.Jinja2",
    "APP_DIRS": True,
    "OPTIONS": {
        "extensions": ["django_badger.jinja.BadgerExtension"],
        "context_processors": VANILLA["OPTIONS"]["context_processors"],
    },
}
TEMPLATES = [VANILLA, PLAYDOH]
