"""What became of the lines of an import, as a file of CSV that a spreadsheet may open."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO

from django_badger.results import ImportedLine

#: A cell that begins so is a formula for a spreadsheet: it could run whatever the sender of the first file wrote.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Report:
    """Writes lines with their outcome: ``with open(path, "w", encoding="utf-8-sig", newline="") as out: Report(out)``.

    Cells that a spreadsheet would take for a formula get an apostrophe in front.
    """

    def __init__(self, out: IO[str], *, delimiter: str = ",") -> None:
        """Begin with the header."""
        self._csv = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        self._csv.writerow(["line", "user", "badge", "outcome", "why"])

    def add(self, lines: Iterable[ImportedLine]) -> None:
        """Write some lines."""
        for one in lines:
            self._csv.writerow([one.line, harmless(one.user), harmless(one.badge), one.outcome, harmless(one.why)])


def harmless(text: str) -> str:
    """Return a cell's text as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text
