"""How much memory a run takes in its process, on top of what Django takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
FORGET_PEAK = Path("/proc/self/clear_refs")


def of_a_run(slug: str, goal: int) -> float | None:
    """Return how many MiB the peak of a process rises while it awards a badge of so many posts to everybody.

    None where the system does not tell.
    """
    if not FORGET_PEAK.exists():
        return None
    done = subprocess.run(  # noqa: S603  ourselves
        [sys.executable, "-m", "benchmarks.memory", slug, str(goal)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def _kibibytes(name: str) -> int:
    line = next(one for one in STATUS.read_text(encoding="ascii").splitlines() if one.startswith(name))
    return int(line.split()[1])


def _run(slug: str, goal: int) -> None:
    import django  # noqa: PLC0415  a process of its own

    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.project.settings"
    django.setup()
    from benchmarks.badges import posts  # noqa: PLC0415  Django has to be set up first
    from benchmarks.runner import whole  # noqa: PLC0415  the same
    from django_badger import badge  # noqa: PLC0415  the same

    badge(slug, title="Badge 0", when=posts(goal))
    badge("nobody", title="Nobody's", when=posts(1000))
    whole(["nobody"])  # everything is imported and connected, once
    before = _kibibytes("VmRSS:")
    FORGET_PEAK.write_text("5", encoding="ascii")
    whole([slug])
    print((_kibibytes("VmHWM:") - before) / 1024)


if __name__ == "__main__":
    _run(sys.argv[1], int(sys.argv[2]))
