import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.example.sites import PEOPLE, copied, manage, serving, told
from tests.example.visitor import Visitor


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """The data of a small site after two years, as the demo leaves it. Not to be changed: take a copy."""
    data: Path = tmp_path_factory.mktemp("filled") / "data"
    done = manage(data, "demo", "--people", str(PEOPLE))
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """The same for one test, which may do with it what it likes."""
    return copied(filled, tmp_path / "data")


@pytest.fixture(scope="module")
def site(filled: Path, tmp_path_factory) -> Iterator[str]:
    """The address of a site that a module's tests share: each signs in as somebody else, or signs up."""
    data = copied(filled, tmp_path_factory.mktemp("site") / "data")
    with serving(data) as address:
        yield address
    assert '" 500 ' not in told(data)
    shutil.rmtree(data)


@pytest.fixture
def visitor(site: str) -> Visitor:
    return Visitor(site)


@pytest.fixture
def member(site: str) -> Callable[[str], Visitor]:
    """Sign somebody up: ``member("rosa")``."""

    def joins(name: str) -> Visitor:
        newcomer = Visitor(site)
        words = {"password1": "long enough for one", "password2": "long enough for one"}
        page = newcomer.post("/accounts/signup/", username=name, first_name=name.title(), last_name="New", **words)
        assert "Welcome!" in page.text
        return newcomer

    return joins
