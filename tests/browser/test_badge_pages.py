"""Every page, in both template sets, light and dark, wide and narrow."""

from itertools import product

import pytest

from tests.web.pages import PAGES, fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENGINES = {"vanilla": "django", "playdoh": "jinja2"}
SCHEMES = ("light", "dark")
WIDTHS = {"wide": 1200, "narrow": 390}


@pytest.fixture
def site():
    return fill()


@pytest.fixture(params=ENGINES)
def template_set(request, settings):
    settings.BADGER_TEMPLATE_ENGINE = ENGINES[request.param]
    return request.param


@pytest.fixture
def sign_in(client, context, live_server, settings):
    """Let somebody in, without a page to sign in on."""

    def enter(user):
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    return enter


@pytest.fixture
def look(live_server, page, inspect, site, template_set):
    """Look at a page in every light and width; at its twin, which says the same to the letter, once."""

    def at(name):
        for scheme, width in product(SCHEMES, WIDTHS) if template_set == "vanilla" else [("light", "narrow")]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": WIDTHS[width], "height": 800})
            response = page.goto(live_server.url + site.address(name))
            assert response.status == 200
            assert "default-src 'self'" in response.headers["content-security-policy"]
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
            inspect(f"{name}-{template_set}-{scheme}-{width}")

    return at


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shuts_nobody_out(look, site, sign_in, name):
    sign_in(site.manager if name == "badge_detail" else site.ada)

    look(name)


@pytest.mark.usefixtures("site")
def test_a_badge_is_found_without_a_mouse(live_server, page):
    page.goto(live_server.url + "/badges/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "badger-skip"
    page.get_by_role("searchbox", name="Search badges").fill("golden")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="The golden spoon").click()

    assert page.get_by_role("heading", name="The golden spoon").is_visible()


@pytest.fixture
def opened(live_server, page, site, sign_in):
    """Open a page as somebody who holds badges."""
    sign_in(site.ada)
    return lambda name: page.goto(live_server.url + site.address(name))


@pytest.mark.parametrize("name", ["badge_list", "badge_detail", "showcase"])
def test_pages_written_from_right_to_left_fit_too(opened, context, live_server, inspect, name):
    context.add_cookies([{"name": "django_language", "value": "ar", "url": live_server.url}])
    (page,) = context.pages
    page.set_viewport_size({"width": 390, "height": 800})

    opened(name)

    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    inspect(f"{name}-rtl")


@pytest.mark.parametrize("name", ["badge_list", "badge_detail"])
@pytest.mark.parametrize("wish", [{"forced_colors": "active"}, {"contrast": "more"}], ids=["forced", "contrast"])
def test_colours_that_readers_wish_are_theirs(opened, page, inspect, name, wish):
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, **wish)
        opened(name)
        inspect(f"{name}-{scheme}-{next(iter(wish))}")


def test_paper_shows_only_what_is_to_be_read(opened, page, inspect):
    page.emulate_media(media="print")
    opened("badge_list")

    assert page.get_by_role("heading", name="The golden spoon").is_visible()
    assert not page.get_by_role("search").is_visible()
    inspect("badge_list-print")
