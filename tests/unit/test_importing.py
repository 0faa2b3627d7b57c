"""Clean interpreters: what can be imported before Django is set up."""

import subprocess
import sys
from pathlib import Path

import django_badger

PACKAGE = Path(django_badger.__file__).parent
NO_SETTINGS = ["django_badger", "django_badger.rules", "django_badger.declaring", "django_badger.registry",
               "django_badger.definitions", "django_badger.events", "django_badger.signals", "django_badger.verdicts",
               "django_badger.exceptions", "django_badger.apps"]  # fmt: skip


def python(code):
    """Run code in an interpreter that knows nothing of this one's settings; give what it printed."""
    env = {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_root_is_imported_without_settings_and_brings_no_model():
    loaded = python("import sys, django_badger; print(*sys.modules)")
    assert "django_badger.rules" in loaded
    unwanted = {"django_badger.models", "django_badger._engine", "django_badger.awarding", "django.contrib.auth.models"}
    assert not unwanted & set(loaded)


def test_the_ground_needs_no_settings():
    python("\n".join(f"import {name}" for name in NO_SETTINGS))


def test_every_module_is_imported_by_a_site_that_has_set_up_django():
    names = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in {"jinja.py", "tasks.py", "background.py", "contrib", "admin"}
    ]
    code = f"""
import importlib
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_badger"],
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
)
import django
django.setup()
for name in {names!r}:
    importlib.import_module(name)
    print(name)
"""
    assert python(code) == names
