"""What one does with badges, done with the keyboard alone, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.example.conftest import filled
from tests.example.sites import copied, serving
from tests.example.visitor import EARNED, PASSWORD

__all__ = ["filled"]

pytestmark = pytest.mark.browser

#: More than one has to press Tab to get through any of the pages.
PATIENCE = 150
FOCUS = """
() => {
  const one = document.activeElement, look = getComputedStyle(one);
  return [(one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent).trim().replace(/\\s+/g, " "),
          one.matches(":focus-visible") && look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2];
}
"""


@pytest.fixture(params=["vanilla", "playdoh"])
def served(request, filled, tmp_path):
    with serving(copied(filled, tmp_path / "data"), EXAMPLE_TEMPLATES=request.param) as address:
        yield address


@pytest.fixture
def reach(page):
    """Press Tab until something of this name has the focus, which must be seen at each step."""

    def until(name):
        for _ in range(PATIENCE):
            page.keyboard.press("Tab")
            found, seen = page.evaluate(FOCUS)
            assert seen or found.startswith(("Skip", "The Sett")) or not found, f"no focus is seen on {found!r}"
            if found.startswith(name):
                return
        raise AssertionError(f"{name!r} is not reached with Tab")

    return until


@pytest.fixture
def press(page):
    """Press a key that leads to another page."""

    def key(name):
        with page.expect_navigation():
            page.keyboard.press(name)

    return key


def sign_in(page, address, name):
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_badges_are_looked_through_with_the_keyboard(served, page, reach, press):
    page.goto(f"{served}/badges/")

    reach("Next page")
    press("Enter")
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    reach("learning")
    press("Enter")
    expect(page.get_by_role("heading", level=1, name="learning")).to_be_visible()
    page.goto(f"{served}/badges/")
    reach("Search badges")
    page.keyboard.type("fast")
    press("Enter")
    reach("Fast learner")
    press("Enter")

    expect(page.get_by_role("heading", level=1, name="Fast learner")).to_be_visible()


def test_the_showcase_is_arranged_with_the_keyboard(served, page, reach, press):
    sign_in(page, served, "vera")
    page.goto(f"{served}/badges/me/showcase/")
    titles = page.locator(".badger-row-title").all_inner_texts()[:2]

    for title in titles:
        reach(f"Pin: {title}")
        press("Enter")
    pinned = page.get_by_role("region", name="Shown first").locator(".badger-row-title")
    expect(pinned).to_have_text(titles)
    reach(f"Later: {titles[0]}")
    press("Space")
    expect(pinned).to_have_text(titles[::-1])
    reach(f"Hide: {titles[0]}")
    press("Enter")
    expect(page.get_by_text("Only you see it.").first).to_be_visible()
    reach("Leave me out of lists")
    page.keyboard.press("Space")
    reach("Save")
    press("Enter")

    expect(page.get_by_label("Leave me out of lists")).to_be_checked()


def test_everything_works_without_javascript(served, browser):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, served, "nora")
        page.goto(f"{served}/guestbook/write/")
        page.get_by_label("Message").fill("Written without any script.")
        page.get_by_role("button", name="Save").click()
        news = page.get_by_role("status").filter(has_text=EARNED)
        expect(news.get_by_role("link", name="First post!")).to_be_visible()

        page.goto(f"{served}/badges/")
        page.get_by_role("searchbox", name="Search badges").fill("first post")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="First post!").click()
        expect(page.get_by_role("heading", level=1, name="First post!")).to_be_visible()

        page.goto(f"{served}/badges/me/showcase/")
        page.get_by_role("button", name="Pin: First post!").click()
        expect(page.get_by_role("region", name="Shown first").get_by_text("First post!")).to_be_visible()
        page.get_by_label("Hide all my badges").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Hide all my badges")).to_be_checked()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_what_was_earned_moves_once_or_not_at_all(served, page, motion):
    page.emulate_media(reduced_motion=motion)
    sign_in(page, served, "nora")
    page.goto(f"{served}/guestbook/write/")
    page.get_by_label("Message").fill("Will it move?")
    page.add_init_script(
        "window.begun = []; addEventListener('animationstart', one => begun.push(one.animationName), true)"
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(EARNED)).to_be_visible()
    if motion == "reduce":
        assert page.evaluate("document.getAnimations().length") == 0
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished)).then(() => null)")

    # How many were earned depends on the hour: who writes before five is a night owl, too.
    pictures = page.get_by_role("status").filter(has_text=EARNED).locator(".badger-picture").count()
    assert pictures >= 1
    moved = [] if motion == "reduce" else ["badger-land"] * pictures + ["badger-rise", "badger-shine"]
    assert sorted(page.evaluate("begun")) == moved
    page.reload()
    expect(page.get_by_text(EARNED)).to_have_count(0)
