"""A site with everything that a request can meet: sessions, the admin, both template sets, our middleware."""

import os
from pathlib import Path

from benchmarks.databases import settings_of_this_run

DATABASES = {"default": settings_of_this_run()}
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_badger",
    "benchmarks.posts",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
#: What the same site has when it shows badges.
WITH_BADGES = [*MIDDLEWARE, "django_badger.middleware.JustEarnedMiddleware"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
ROOT_URLCONF = "benchmarks.project.urls"
SECRET_KEY = "known to everybody"  # noqa: S105  a site without people
ALLOWED_HOSTS = ["*"]
# Signing in is not what is measured.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
BADGER_RAISE_ERRORS = True
# A worker hands on what it leaves.
BADGER_RUNNER = "celery" if "BENCHMARK_QUEUE" in os.environ else "inline"
