"""The smallest site that can hold badges: nothing optional is installed."""

import atexit
import os
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import gettempdir
from typing import Any

import dj_database_url

# The database and the uploads of this process. Nothing is made before something is written: mypy reads these settings too,
# and ends without tidying up.
PLACE = Path(gettempdir()) / f"django-badger-{token_hex(8)}"


def _tidy(maker: int) -> None:
    # A forked child shares the place, and must not take it away from its parent.
    if os.getpid() != maker:
        return
    for path in PLACE.parent.glob(f"{PLACE.name}*"):
        if path.is_dir():
            rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


atexit.register(_tidy, os.getpid())


def database(url: str) -> dict[str, Any]:
    """Read a database address; SQLite is set up for several threads at once."""
    found: dict[str, Any] = {**dj_database_url.parse(url)}
    if found["ENGINE"].endswith("sqlite3"):
        # Threads need a file, a queue for writers (IMMEDIATE) and patience. A test database need not survive a power cut.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;",
        }
        found["TEST"] = {"NAME": f"{PLACE}.test.sqlite3"}
    return found


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{PLACE}.sqlite3")}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django_badger",
    "guestbook",
    "tests.studio",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
VANILLA: dict[str, Any] = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
        ],
    },
}
TEMPLATES = [VANILLA]
ROOT_URLCONF = "tests.urls"

SECRET_KEY = "known to everybody, like the tests themselves"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "/login/"
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
STATIC_URL = "/static/"
STATIC_ROOT = PLACE / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = PLACE / "media"

# An error of a badge never reaches a host's visitors; here it shall be loud.
BADGER_RAISE_ERRORS = True
