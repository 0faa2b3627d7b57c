"""How Chromium is started, and what is asked of every page."""

import io
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

from tests.browser.capturing import captured

# Playwright's synchronous interface keeps an event loop in this thread, which Django would take for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Take the Chromium of the system: nothing is downloaded."""
    found = os.environ.get("BADGER_CHROMIUM") or shutil.which("chromium")
    return {**browser_type_launch_args, "args": QUIET, **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1200, "height": 800}, "locale": "en-GB"}


@pytest.fixture
def said(page: Page) -> list[str]:
    """Collect what the page says in the console: errors, refused styles, missing files."""
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    return messages


@pytest.fixture
def inspect(page: Page, said: list[str], request: pytest.FixtureRequest) -> Callable[..., None]:
    """Look at a page: keep a picture under this name, find nothing that shuts people out, hear nothing.

    ``preload=False`` lets axe leave style sheets alone: what one of them imports, it would put into the page as an
    inline style, which the page's policy refuses aloud. ``within`` names the part of a page that is ours.
    """
    folder = Path(request.config.rootpath) / "test-results" / "pages"

    def look(name: str, *, preload: bool = True, within: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        captured(page, path=folder / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png", full_page=True)
        found = Axe().run(page, context=within, options={"preload": preload})
        assert found.violations_count == 0, found.generate_report()
        assert not said

    return look


@pytest.fixture
def screenshot() -> Callable[..., None]:
    """Take a picture of a page for the documentation: ``screenshot(page, "host-plain-list")``.

    Pictures are kept only where ``BADGER_SCREENSHOTS`` names a folder, which for those of the documentation is
    ``docs/_static/screenshots``. They are 1000 pixels wide and small: few colours, no more than 60 kB.
    """
    folder = os.environ.get("BADGER_SCREENSHOTS")

    def take(page: Page, name: str, *, height: int = 750) -> None:
        page.set_viewport_size({"width": 1000, "height": height})
        taken = captured(page, animations="disabled")
        small = io.BytesIO()
        Image.open(io.BytesIO(taken)).convert("RGB").quantize(64).save(small, "PNG", optimize=True)
        assert small.tell() < 60_000, f"{name}.png has {small.tell()} bytes"
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            Path(folder, f"{name}.png").write_bytes(small.getvalue())

    return take
