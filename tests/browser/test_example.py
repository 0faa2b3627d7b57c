"""The example site in a real browser, with its strict content security policy."""

import pytest

from tests.example.conftest import filled
from tests.example.sites import copied, serving

__all__ = ["filled"]

pytestmark = pytest.mark.browser


@pytest.fixture(params=["vanilla", "playdoh"])
def served(request, filled, tmp_path):
    with serving(copied(filled, tmp_path / "data"), EXAMPLE_TEMPLATES=request.param) as address:
        yield address, request.param


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_sign_in_write_get_the_badge_and_see_it(served, page, inspect, width, scheme):
    address, templates = served
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)

    page.goto(f"{address}/guestbook/write/")
    page.get_by_label("Username").fill("nora")
    page.get_by_label("Password").fill("badger-demo")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_label("Message").fill("Written in a real browser.")
    page.get_by_role("button", name="Save").click()

    news = page.get_by_role("status").filter(has_text="You have earned a badge!")
    assert news.get_by_role("link", name="First post!").is_visible()
    inspect(f"example-earned-{templates}-{width}")

    news.get_by_role("link", name="First post!").click()
    assert page.get_by_role("heading", level=1).inner_text() == "First post!"
    inspect(f"example-award-{templates}-{width}")

    page.goto(f"{address}/badges/people/nora/")
    assert page.get_by_role("heading", name="First post!").is_visible()
    inspect(f"example-person-{templates}-{width}")


@pytest.mark.parametrize("width", [1200, 390])
def test_every_page_fits_the_screen_and_shuts_nobody_out(served, page, inspect, width):
    address, templates = served
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username").fill("vera")
    page.get_by_label("Password").fill("badger-demo")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    for path in (
        "", "guestbook/", "guestbook/write/", "campus/posts/", "campus/people/", "campus/trainings/",
        "campus/trainings/bees/", "people/vera/", "badges/", "badges/badge/250-words/", "badges/awards/",
    ):  # fmt: skip
        page.goto(f"{address}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inspect(f"example-{path or 'home'}-{templates}-{width}")
