"""The documentation shows every page of the list, in pictures that somebody has taken."""

import pytest
from PIL import Image

from tests.browser.gallery import KEPT, PAGE, PICTURED


@pytest.mark.parametrize("name", PICTURED)
@pytest.mark.parametrize("kind", ["page", "sheet"])
def test_a_page_has_its_pictures(kind, name):
    with Image.open(KEPT / f"{kind}-{name}.png") as picture:
        assert picture.width >= 1000

    shown = PAGE.read_text(encoding="utf-8").split(f".. figure:: /_static/screenshots/{kind}-{name}.png\n")
    assert len(shown) == 2, f"{PAGE.name} shows {kind}-{name}.png {len(shown) - 1} times"
    assert shown[1].startswith("   :alt: ")


def test_no_picture_is_of_a_page_that_is_gone():
    taken = {one.stem.partition("-")[2] for one in KEPT.iterdir() if one.name.startswith(("page-", "sheet-"))}

    assert taken == set(PICTURED)
