"""What is built holds all that a host needs, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.house.places import ROOT, SOURCE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both kinds without isolation and without a network."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def in_source() -> set[str]:
    return {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and path.suffix != ".mo" and "__pycache__" not in path.parts
    }


class TestWheel:
    def test_holds_every_file_of_the_package(self, wheel):
        assert in_source() <= wheel

    def test_holds_a_compiled_catalogue_for_every_translation(self, wheel):
        expected = {name.removesuffix(".po") + ".mo" for name in in_source() if name.endswith(".po")}

        assert expected <= wheel

    def test_holds_nothing_but_the_package(self, wheel):
        tops = {name.partition("/")[0] for name in wheel}

        assert {top for top in tops if not top.endswith(".dist-info")} == {"django_badger"}

    def test_is_typed(self, wheel):
        assert "django_badger/py.typed" in wheel

    def test_holds_the_licence(self, wheel):
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)


class TestSdist:
    def test_can_be_built_and_tested_from(self, sdist):
        needed = {"pyproject.toml", "hatch_build.py", "tox.ini", "README.rst", "LICENSE", "CHANGELOG.md"}

        assert needed <= sdist
        assert {f"src/{name}" for name in in_source()} <= sdist
        assert {"tests/conftest.py", "tests/guestbook/badges.py", "tests/projects/core.py"} <= sdist

    def test_holds_no_rubbish(self, sdist):
        rubbish = [name for name in sdist if name.endswith((".pyc", ".sqlite3", "~")) or "site-packages" in name]

        assert not rubbish
