"""Settings of the example site. README.rst lists what the environment can change; nothing of it is needed."""

import os
from typing import Any

from example import local

DATA = local.folder()
PRODUCTION = local.switched_on("PRODUCTION")
DEBUG = local.switched_on("DEBUG") and not PRODUCTION
SECRET_KEY = local.secret_key(DATA / "secret.txt")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *os.environ.get("EXAMPLE_HOSTS", "").split()]

# --- what it is made of ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "example",
    "guestbook",
    "campus",
    "django_badger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if local.installed("whitenoise"):
    # Serves the static files itself, with DEBUG or without; `demo --serve` finds another way where it is missing.
    INSTALLED_APPS.insert(0, "whitenoise.runserver_nostatic")
    MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
    WHITENOISE_USE_FINDERS = True
ROOT_URLCONF = "example.urls"
WSGI_APPLICATION = "example.wsgi.application"

# --- templates: the engine that comes first draws the pages of the badges -------------------------------------------

VANILLA: dict[str, Any] = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ],
    },
}
PLAYDOH: dict[str, Any] = {
    "BACKEND": "django.template.backends.jinja2.Jinja2",
    "APP_DIRS": True,
    "OPTIONS": {
        "environment": "example.jinja.environment",
        "extensions": ["django_badger.jinja.BadgerExtension"],
        "context_processors": VANILLA["OPTIONS"]["context_processors"],
    },
}
TEMPLATES = [VANILLA]
if local.installed("jinja2"):
    TEMPLATES = [PLAYDOH, VANILLA] if os.environ.get("EXAMPLE_TEMPLATES") == "playdoh" else [VANILLA, PLAYDOH]

# --- data ------------------------------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "site.sqlite3",
        # Readers do not wait for writers (WAL), writers queue from their first statement on (IMMEDIATE).
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        },
    },
}
if os.environ.get("EXAMPLE_DATABASE_URL"):
    import dj_database_url

    DATABASES["default"] = {**dj_database_url.parse(os.environ["EXAMPLE_DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = local.folder("static")
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Errors are told where the server runs, with DEBUG or without.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# --- people and words ------------------------------------------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LANGUAGE_CODE = "en"
TIME_ZONE = os.environ.get("EXAMPLE_TIME_ZONE", "UTC")
USE_TZ = True

# People's pages end in their user names, for the badges as for the site itself.
BADGER_USER_PATH = "example.people.path"
BADGER_USER_FIND = "example.people.find"

# --- safety ----------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in os.environ.get("EXAMPLE_HOSTS", "").split()]
if local.switched_on("BEHIND_PROXY"):
    # Only behind a proxy that sets this header itself: anybody else could claim to have come by https.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
