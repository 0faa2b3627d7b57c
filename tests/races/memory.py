"""The most memory that this process ever had."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
MIB = 2**20


def peak() -> int:
    """Return it in MiB."""
    if STATUS.exists():  # Linux counts into ru_maxrss what the process had that started this one
        return int(STATUS.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) * 1024 // MIB
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // MIB
