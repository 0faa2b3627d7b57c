"""Badges that this process has found closed: from then on it is asked each time whether they still are.

Nothing rests on it but the number of queries: see the note in :mod:`arms`.
"""

from __future__ import annotations

from collections.abc import Iterable

#: How many are kept.
MOST = 1000

_closed: set[str] = set()


def found_closed(slugs: Iterable[str]) -> None:
    """Note that these badges cannot be earned."""
    if len(_closed) > MOST:
        _closed.clear()
    _closed.update(slugs)


def found_open(slugs: Iterable[str]) -> None:
    """Note that these badges were awarded."""
    if _closed:
        _closed.difference_update(slugs)


def doubted(slugs: frozenset[str]) -> frozenset[str]:
    """Return those of these badges that were found closed."""
    return slugs & _closed if _closed else frozenset()
