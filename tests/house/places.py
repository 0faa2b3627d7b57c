"""Where things are in the repository."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "django_badger"


def modules() -> list[Path]:
    """Give the modules of the package, without the migrations, which Django writes."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in modules():
        yield short(path), ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Give the files that git keeps, and those that it would keep if asked now."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone: nothing says which files belong to the repository")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
