"""How the tests are chosen, ordered and repeated."""

from __future__ import annotations

import os
import random
import shutil
import socket
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation

TESTS = Path(__file__).parent
IN_CI = os.environ.get("CI") == "true"

SERVICES = {
    "postgresql": ("POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/badger"),
    "mariadb": ("MARIADB_URL", "mysql://root@127.0.0.1:3306/badger"),
    "rabbitmq": ("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": ("REDIS_URL", "redis://127.0.0.1:6379/0"),
}


# --- options -----------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--order-seed", type=int, help="repeat the order of an earlier run, whose header shows the number")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.option.order_seed = config.workerinput["order_seed"]
    elif config.option.order_seed is None:
        config.option.order_seed = random.SystemRandom().randrange(2**32)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist the seed: all of them must collect in the same order."""
    node.workerinput["order_seed"] = node.config.option.order_seed


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = [
        f"order: random, repeat it with --order-seed={config.option.order_seed}",
        f"database: {database_vendor()}",
    ]
    if not asked_for_browser(config):
        lines.append("browser tests: left out, run them with -m browser")
    return lines


# --- which tests -------------------------------------------------------------------------------------------------------


def asked_for_browser(config: pytest.Config) -> bool:
    return "browser" in (config.option.markexpr or "")


def database_vendor() -> str:
    from django.db import connection

    return "mariadb" if connection.vendor == "mysql" else connection.vendor


def needed_app(place: str) -> str:
    """Name the app without which the tests of this folder could not even be imported."""
    if place == "admin":
        return "django.contrib.admin"
    return f"django_badger.{place.replace('/', '.')}" if place.startswith("contrib/") else ""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if not collection_path.is_relative_to(TESTS) or not collection_path.is_dir():
        return None
    place = collection_path.relative_to(TESTS).as_posix()
    if place == "browser":
        return None if asked_for_browser(config) else True
    needed = needed_app(place)
    return True if needed and needed not in settings.INSTALLED_APPS else None


def fits(item: pytest.Item, *, browser: bool) -> bool:
    """Tell whether this project and this database can run the test at all."""
    wanted = {name for name in ("sqlite", "postgresql", "mariadb") if item.get_closest_marker(name)}
    projects = item.get_closest_marker("project")
    return (
        (browser or not item.get_closest_marker("browser"))
        and (not wanted or database_vendor() in wanted)
        and (not projects or (settings.SETTINGS_MODULE or "").rpartition(".")[2] in projects.args)
    )


# --- in which order ----------------------------------------------------------------------------------------------------


def shuffled(items: list[pytest.Item], seed: int) -> list[pytest.Item]:
    """Shuffle modules, then classes, then tests; leaving some out does not change the order of the others."""

    def number(name: str) -> bytes:
        return blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()

    def place(item: pytest.Item) -> tuple[bytes, bytes, bytes]:
        module, _, rest = item.nodeid.partition("::")
        return number(module), number(f"{module}::{rest.rpartition('::')[0]}"), number(item.nodeid)

    return sorted(items, key=place)


@pytest.hookimpl(tryfirst=True)  # before pytest-django, which then puts the transactional tests last
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose, then shuffle. What is left out is counted as deselected, never silently gone."""
    chosen = [item for item in items if fits(item, browser=asked_for_browser(config))]
    left_out = set(items) - set(chosen)
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
    items[:] = shuffled(chosen, config.option.order_seed)


# --- what must be there ------------------------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    # The same random numbers under the same seed, in whatever order and company the test runs.
    random.seed(f"{item.config.option.order_seed}:{item.nodeid}")
    for marker in item.iter_markers("service"):
        for name in marker.args:
            service_url(name)
    if item.get_closest_marker("browser") and not (os.environ.get("BADGER_CHROMIUM") or shutil.which("chromium")):
        missing("needs Chromium: install it or set BADGER_CHROMIUM")


def missing(what: str) -> NoReturn:
    """Skip for want of something, aloud; in CI nothing may be missing."""
    if IN_CI:
        pytest.fail(f"{what}, and CI=true does not allow to skip")
    pytest.skip(what)


def service_url(name: str) -> str:
    """Give the address of a server, or skip the test that needs it."""
    variable, default = SERVICES[name]
    url = os.environ.get(variable, default)
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname or "127.0.0.1", address.port or 0), timeout=2).close()
    except OSError:
        missing(f"needs {name} at {address.hostname}:{address.port} (or elsewhere, by {variable})")
    return url


@pytest.fixture
def service() -> Callable[[str], str]:
    """Ask for the address of a server by name: ``service("redis")``."""
    return service_url


# --- between tests -----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Take away the language that a request, of a test or of what tidies up behind it, left behind in this thread."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def notes() -> None:
    """Forget when badges of earlier tests were evaluated: after ten minutes, somebody else's test would write it."""
    from django_badger._engine import noting

    noting.forget()
