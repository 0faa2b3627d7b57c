"""Every page of badges of the example site: both template sets, light and dark, wide and on a phone."""

import os
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.capturing import captured
from tests.browser.gallery import PICTURED, SCHEMES, SETS, WIDTHS, sheet, small
from tests.example.conftest import filled
from tests.example.sites import copied, serving
from tests.example.visitor import PASSWORD, Visitor

__all__ = ["filled"]

pytestmark = pytest.mark.browser

#: Where pictures are kept, if anywhere.
FOLDER = os.environ.get("BADGER_SCREENSHOTS")
#: What Chromium says of every page that is not found; nothing in the page can keep it from saying so.
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"


@pytest.fixture(scope="module")
def sites(filled, tmp_path_factory):
    """The site, once with each template set. Of the tests, only that of nora changes anything."""
    with ExitStack() as running:
        folder = tmp_path_factory.mktemp("gallery")
        found = {
            name: running.enter_context(serving(copied(filled, folder / name), EXAMPLE_TEMPLATES=name)) for name in SETS
        }
        for address in found.values():
            pin_some(Visitor(address).signs_in("vera"))
        yield found


def pin_some(holder):
    mine = "/badges/me/showcase/"
    for path in re.findall(r'action="(/badges/award/[^"]+/choose/)"', holder.get(mine).html)[1:4]:
        holder.post(path, form=mine, choice="pin", next=mine)


@pytest.fixture
def opened(page, said, context):
    """Open a page of the list as its viewer."""

    def at(address, name):
        shown = PICTURED[name]
        context.clear_cookies()
        page.goto(f"{address}/accounts/login/")
        page.get_by_label("Username").fill(shown.viewer)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        response = page.goto(f"{address}/{shown.path}")
        assert response.status == shown.status
        assert "default-src 'self'; img-src 'self' data:" in response.headers["content-security-policy"]
        if shown.status == 404:
            assert said.pop() == NOT_FOUND
        if shown.follow:
            page.locator(shown.follow).first.click()
        if name == "just-earned":
            page.get_by_label("Message").fill("What a lovely evening. Greetings to everybody who is still awake!")
            page.get_by_role("button", name="Save").click()
            assert page.get_by_text("You have earned a badge!").is_visible()

    return at


@pytest.fixture
def looks(page, inspect):
    """Look at the open page in every light and width, and give the pictures, if they are wanted."""

    def at(name, templates):
        taken = {}
        page.mouse.move(0, 0)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width, (across, down) in WIDTHS.items():
                page.set_viewport_size({"width": across, "height": down})
                assert page.evaluate("document.documentElement.scrollWidth") <= across
                inspect(f"example-{name}-{templates}-{scheme}-{width}")
                if FOLDER:
                    taken[templates, scheme, width] = captured(page, animations="disabled")
        return taken

    return at


@pytest.fixture
def large(page, screenshot):
    """Keep a large picture of the open page, in its light colours."""

    def take(name):
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        screenshot(page, f"page-{name}")

    return take


@pytest.mark.parametrize("name", PICTURED)
def test_a_page_is_fit_to_be_shown(sites, opened, looks, large, name):
    taken: dict[tuple[str, str, str], bytes] = {}
    for templates, address in sites.items():
        opened(address, name)
        taken |= looks(name, templates)
        if templates == "vanilla":
            large(name)

    if FOLDER:
        Path(FOLDER, f"sheet-{name}.png").write_bytes(small(sheet(taken)))
