"""``badges.py`` is found at startup; one that fails is told with its file, and leaves nothing behind."""

import os
import subprocess
import sys

import pytest
from django.utils.module_loading import autodiscover_modules

from django_badger import badge
from django_badger.apps import SimpleBadgerConfig
from django_badger.registry import registry as the_registry

SETTINGS = """
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", %r, "shop"]
DEBUG = True
"""


@pytest.fixture
def site(tmp_path):
    """Write a site with an app ``shop``, and give what a command of Django's says about it."""

    def run(badges, *, badger="django_badger", command="check"):
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop" / "__init__.py").touch()
        (tmp_path / "shop" / "badges.py").write_text(badges)
        (tmp_path / "site_settings.py").write_text(SETTINGS % badger)
        return subprocess.run(
            [sys.executable, "-m", "django", command],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "DJANGO_SETTINGS_MODULE": "site_settings"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_a_misspelt_field_stops_the_site_with_file_line_and_what_was_meant(site):
    done = site(
        "from django.contrib.auth.models import User\n"
        "from django_badger import badge, rules\n\n"
        'badge("staff", title="Staff", when=rules.count(User, by="pk", reaches=1, at="date_joint"))\n'
    )
    assert done.returncode == 1
    assert "shop/badges.py:4: auth.User has no field 'date_joint': did you mean 'date_joined'?" in done.stderr


def test_a_mistake_in_python_is_told_with_its_file(site):
    done = site('from django_badger import badge\nbadge("a", title="A")\n1 / 0\n')
    assert done.returncode == 1
    assert 'shop/badges.py", line 3' in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_a_warning_names_the_file_and_the_site_goes_on(site):
    done = site('from django_badger import badge, rules\nbadge("a", title="A", when=rules.has("b"))\n')
    assert done.returncode == 0
    assert "shop/badges.py:2: the badge 'a' waits for 'b', which no badges.py declares." in done.stderr


def test_the_first_migration_makes_the_badges_though_nothing_can_be_checked_before(site):
    done = site(
        "from django.contrib.auth.models import User\n"
        "from django_badger import badge, rules\n\n"
        'badge("a", title="A", when=rules.created(User, by="pk", each=rules.year("date_joined")))\n',
        command="migrate",
    )
    assert done.returncode == 0, done.stderr
    assert "Applying badger.0001_initial... OK" in done.stdout


def test_the_simple_app_finds_nothing_by_itself(site):
    done = site("1 / 0\n", badger="django_badger.apps.SimpleBadgerConfig")
    assert done.returncode == 0, done.stderr


def test_the_simple_app_discovers_nothing():
    import django_badger

    before = len(the_registry)
    SimpleBadgerConfig("django_badger", django_badger).discover()
    assert len(the_registry) == before


def test_a_module_that_fails_leaves_the_registry_as_it_was(registry, monkeypatch, tmp_path):
    kept = badge("kept", title="Kept")
    folder = tmp_path / "half"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "halves.py").write_text('from django_badger import badge\nbadge("half", title="Half")\n1 / 0\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        "django.apps.apps.app_configs", {"half": type("App", (), {"name": "half", "module": __import__("half")})}
    )
    with pytest.raises(ZeroDivisionError):
        autodiscover_modules("halves", register_to=registry)
    assert list(registry) == [kept]
