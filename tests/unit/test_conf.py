"""The settings: all optional, read when they are asked for."""

import pytest

from django_badger.conf import settings as badger_settings

NAMES = {
    "page_size": ("BADGER_PAGE_SIZE", 24, 3),
    "template_engine": ("BADGER_TEMPLATE_ENGINE", None, "jinja2"),
    "user_display": ("BADGER_USER_DISPLAY", "django_badger.people.display", "site.people.display"),
    "user_path": ("BADGER_USER_PATH", "django_badger.people.path", "site.people.path"),
    "runner": ("BADGER_RUNNER", "inline", "tasks"),
    "run_workers": ("BADGER_RUN_WORKERS", 2, 5),
    "user_find": ("BADGER_USER_FIND", "django_badger.people.find", "site.people.find"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_has_a_default_and_is_read_late(name, settings):
    long_name, default, other = NAMES[name]
    assert getattr(badger_settings, name) == default
    setattr(settings, long_name, other)
    assert getattr(badger_settings, name) == other


def test_tests_are_loud_and_sites_need_not_be(settings):
    assert badger_settings.raise_errors is True
    settings.BADGER_RAISE_ERRORS = False
    assert badger_settings.raise_errors is False
