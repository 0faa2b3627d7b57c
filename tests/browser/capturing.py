"""Take a picture of a page."""

from typing import Any

from playwright.sync_api import Error, Page

# How often Chromium is asked before its refusal counts, and how long it is left alone in between, in milliseconds.
TRIES = 3
PAUSE = 500


def captured(page: Page, **options: Any) -> bytes:
    """Give a picture of the page; options are those of Playwright's ``screenshot``.

    Now and then a busy Chromium answers "Unable to capture screenshot", and takes the same picture when it is asked
    again. Any other error, and this one when it comes again and again, is raised.
    """
    for _ in range(TRIES - 1):
        try:
            return page.screenshot(**options)
        except Error as error:
            if "Unable to capture screenshot" not in error.message:
                raise
            page.wait_for_timeout(PAUSE)
    return page.screenshot(**options)
