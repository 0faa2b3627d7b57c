"""Three sites that replace only the base template, in a real browser: the pictures of the documentation."""

import pytest

from tests.web.hosts import BRANDS, PLAYDOH, VANILLA, settle
from tests.web.pages import fill
from tests.web.world import nobody_declares

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENGINES = {"plain": VANILLA, "bootstrap": VANILLA, "jinja2": PLAYDOH}
PAGES = {"list": "badge_list", "badge": "badge_detail"}


@pytest.fixture(params=ENGINES)
def host(request, settings):
    settle(settings, request.param, ENGINES[request.param])
    return request.param


@pytest.fixture
def look(live_server, page, inspect, host):
    """Look at a page of the filled site, in the window as it is."""
    nobody_declares()
    site = fill()

    def at(name, told):
        page.goto(live_server.url + site.address(PAGES[name]))
        assert page.get_by_role("link", name=BRANDS[host]).is_visible()
        inspect(f"host-{host}-{name}-{told}", preload=host != "bootstrap")

    return at


@pytest.mark.parametrize("name", PAGES)
def test_a_site_shows_badges_in_its_own_look(page, look, screenshot, host, name):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (390, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            look(name, f"{scheme}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.emulate_media(color_scheme="light")
    screenshot(page, f"host-{host}-{name}")


def test_what_a_site_says_of_all_lists_leaves_badges_alone(live_server, page, host):
    fill()

    page.goto(live_server.url + "/badges/")

    assert page.locator(".badger-grid").first.evaluate("list => getComputedStyle(list).paddingInlineStart") == "0px"
