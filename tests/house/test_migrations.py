"""The migrations say all that the models say."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.django_db
@pytest.mark.parametrize("default", ["django.db.models.AutoField", "django.db.models.BigAutoField"])
def test_no_migration_depends_on_the_settings_of_a_host(settings, default):
    settings.DEFAULT_AUTO_FIELD = default

    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_every_app_of_ours_says_its_kind_of_key():
    ours = [config for config in apps.get_app_configs() if config.name.startswith("django_badger")]

    assert ours
    assert {config.name: config.default_auto_field for config in ours} == {
        config.name: "django.db.models.BigAutoField" for config in ours
    }
    assert settings.DEFAULT_AUTO_FIELD
