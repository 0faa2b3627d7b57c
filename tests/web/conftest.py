"""Each test of a page runs with both template sets, where the site has both engines."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache

from tests.web import world

BOTH = pytest.mark.project("everything", "playdoh", "uuid_people")


@pytest.fixture(params=[pytest.param("django", id="vanilla"), pytest.param("jinja2", id="playdoh", marks=BOTH)])
def engine(request, settings):
    """Draw the pages with one engine, whatever order the site has them in."""
    settings.BADGER_TEMPLATE_ENGINE = request.param
    return request.param


@pytest.fixture(autouse=True)
def names(settings):
    """Let people be called by their names, also where the site's user model has no full name to give."""
    if not hasattr(get_user_model(), "get_full_name"):
        settings.BADGER_USER_DISPLAY = "tests.web.world.name_of"


@pytest.fixture(autouse=True)
def nothing_kept():
    """Start without numbers that another test left in the cache."""
    cache.clear()


@pytest.fixture
def ada(db):
    return world.person("Ada")


@pytest.fixture
def bob(db):
    return world.person("Bob")


@pytest.fixture
def manager(db):
    return world.manager()


@pytest.fixture
def no_badges(db):
    """Start without the guestbook's badges."""
    world.nobody_declares()
