"""What belongs to this machine and not to the repository: the environment, and the folder with data and secret."""

import os
from importlib.util import find_spec
from pathlib import Path

from django.core.management.utils import get_random_secret_key

PROJECT = Path(__file__).resolve().parent.parent


def switched_on(name: str) -> bool:
    """Whether the environment says yes to ``EXAMPLE_…``."""
    return os.environ.get(f"EXAMPLE_{name}", "").strip().lower() in {"1", "true", "yes", "on"}


def installed(package: str) -> bool:
    """Whether an optional package is there."""
    return find_spec(package) is not None


def folder(name: str = "") -> Path:
    """Return the folder with database, uploads and secret, or one in it, made now where there is none: ``EXAMPLE_DATA``."""
    found = Path(os.environ.get("EXAMPLE_DATA") or PROJECT / "data").resolve() / name
    found.mkdir(parents=True, exist_ok=True)
    return found


def secret_key(keep_in: Path) -> str:
    """Return ``EXAMPLE_SECRET_KEY``, else the key in this file, which is made at the first start."""
    given = os.environ.get("EXAMPLE_SECRET_KEY")
    if given:
        return given
    try:
        with keep_in.open("x", encoding="ascii") as file:
            keep_in.chmod(0o600)
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    return keep_in.read_text(encoding="ascii")
