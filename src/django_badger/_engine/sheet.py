"""A sheet: awards as a file of CSV, one a line, read line by line. What is no such file is refused as a whole."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from django.utils.translation import gettext as _

from django_badger.exceptions import BadFile

COLUMNS = ("user", "badge", "occasion", "earned_at", "reason")
#: What may stand between the cells of a line, with the names of what cannot be typed well.
DELIMITERS = {",": ",", ";": ";", "|": "|", "tab": "\t"}
#: How many bytes a line may have, and how many letters a cell: a file without ends of lines must not fill the memory.
LONGEST_LINE, LONGEST_CELL = 100_000, 10_000
#: After how many lines a place in the file is noted, to begin from.
MARK_EVERY = 500
#: How much is read at once, and how much is kept in memory rather than in a temporary file.
CHUNK, KEPT_IN_MEMORY = 2**16, 2**20
#: How many wrong names of columns are told.
MOST_TOLD = 3

Source = Iterable[str] | Iterable[bytes]


class Row(NamedTuple):
    """A line of a sheet, as texts; ``wrong`` says why it cannot be read."""

    line: int
    user: str = ""
    badge: str = ""
    occasion: str = ""
    earned_at: str = ""
    reason: str = ""
    wrong: str = ""


class _Mark(NamedTuple):
    """A place in the file: so many lines and bytes lie before it."""

    line: int
    at: int


class _Lines:
    """The lines of a file from a mark on, as texts. Knows where it is, and where the row began that is being read."""

    def __init__(self, file: IO[bytes], mark: _Mark) -> None:
        file.seek(mark.at)
        self.file, self.here, self.begun = file, mark, mark

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        raw = self.file.readline(LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        self.here = _Mark(self.here.line + 1, self.here.at + len(raw))
        if self.here.at - self.begun.at > LONGEST_LINE:
            raise BadFile(self._too_long())
        if b"\x00" in raw:
            words = _("Line %(line)s holds a NUL byte, so this is no text file in UTF-8: save it as “CSV UTF-8”.")
            raise BadFile(words % {"line": self.here.line})
        try:
            return raw.decode("utf-8-sig" if self.here.line == 1 else "utf-8")
        except UnicodeDecodeError as error:
            words = _("Line %(line)s is not in UTF-8: save the file as “CSV UTF-8”.")
            raise BadFile(words % {"line": self.here.line}) from error

    def _too_long(self) -> str:
        numbers = {"line": self.begun.line + 1, "bytes": LONGEST_LINE}
        if self.here.line > self.begun.line + 1:
            return _("The quotation mark that opens in line %(line)s is not closed within %(bytes)s bytes.") % numbers
        return _("Line %(line)s is longer than %(bytes)s bytes: is this a CSV file?") % numbers


class Sheet:
    """A file of awards, checked from end to end: ``number`` lines, named by ``digest``. Closes its copy at the end."""

    def __init__(self, file: IO[bytes], digest: str, *, badge: str, delimiter: str) -> None:
        self.file, self.digest, self.badge, self.delimiter = file, digest, badge, delimiter
        self.columns: tuple[str, ...] = ()
        self.marks = [_Mark(0, 0)]
        self.number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Return the rows behind a line. One reader at a time: they share the file."""
        mark = next((mark for mark in reversed(self.marks) if mark.line <= after), self.marks[0])
        for begun, cells in self._cells(mark):
            if begun.line >= after:
                yield self._row(begun.line + 1, cells)

    def check(self) -> None:
        """Read all of it once. Raises ``BadFile`` where it is no sheet."""
        for begun, cells in self._cells(_Mark(0, 0)):
            if not self.columns:
                self.columns = self._header(begun.line + 1, cells)
                continue
            if self.number % MARK_EVERY == 0:
                self.marks[self.number // MARK_EVERY :] = [begun]
            self.number += 1
            if any(len(cell) > LONGEST_CELL for cell in cells):
                words = _("A cell in line %(line)s is longer than %(letters)s letters: is this a CSV file?")
                raise BadFile(words % {"line": begun.line + 1, "letters": LONGEST_CELL})
        if not self.number:
            raise BadFile(_("The file holds no line below its header.") if self.columns else _("The file is empty."))

    def _cells(self, mark: _Mark) -> Iterator[tuple[_Mark, list[str]]]:
        """Return the lines that are not blank, each with where it begins."""
        lines = _Lines(self.file, mark)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            lines.begun = lines.here
            try:
                cells = next(reader, None)
            except csv.Error as error:
                words = _(
                    "Line %(line)s is no CSV: a quotation mark is not closed, stands inside a cell without being doubled, or "
                    "the ends of lines are of an old kind."
                )
                raise BadFile(words % {"line": lines.begun.line + 1}) from error
            if cells is None:
                return
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield lines.begun, stripped

    def _header(self, line: int, cells: list[str]) -> tuple[str, ...]:
        names = tuple(cell.lower() for cell in cells)
        wrong = self._wrong_delimiter(names) or self._wrong_columns(names)
        if wrong:
            raise BadFile(_("Line %(line)s, the header: %(wrong)s") % {"line": line, "wrong": wrong})
        return names

    def _wrong_delimiter(self, names: tuple[str, ...]) -> str:
        for name, delimiter in DELIMITERS.items():
            parts = [part.strip(' "') for part in names[0].split(delimiter)]
            if len(names) == 1 and delimiter != self.delimiter and parts[1:] and "user" in parts:
                words = _("its columns seem to be separated by “%(name)s”: say that this is the delimiter.")
                return words % {"name": name}
        return ""

    def _wrong_columns(self, names: tuple[str, ...]) -> str:
        known = {"known": ", ".join(COLUMNS)}
        unknown = [name[:40] for name in names if name not in COLUMNS]
        if unknown:
            told = ", ".join(f"“{name}”" for name in unknown[:MOST_TOLD]) + (", …" if unknown[MOST_TOLD:] else "")
            return _("unknown are the columns %(told)s; known are %(known)s.") % {"told": told, **known}
        twice = [name for name in COLUMNS if names.count(name) > 1]
        if twice:
            return _("the column “%(name)s” is there twice.") % {"name": twice[0]}
        if "user" not in names:
            return _("the column “%(name)s” is missing; known are %(known)s.") % {"name": "user", **known}
        if "badge" in names and self.badge:
            return _("there is a column “badge”, and a badge was named for all lines: leave one of them out.")
        if "badge" not in names and not self.badge:
            return _("the column “badge” is missing: add it, or name a badge for all lines.")
        return ""

    def _row(self, line: int, cells: list[str]) -> Row:
        if len(cells) > len(self.columns):
            words = _("This line has %(cells)s cells, and the header names %(columns)s columns.")
            return Row(line, wrong=words % {"cells": len(cells), "columns": len(self.columns)})
        row = Row(line, **dict(zip(self.columns, cells, strict=False)))
        return row._replace(badge=self.badge) if self.badge else row


def read(source: Source, *, badge: str = "", delimiter: str = ",") -> Sheet:
    """Return the sheet that an open file, or its lines, hold; all of it is read once and copied, on disk if it is large.

    ``badge`` is that of all lines; without it there is a column for it. Raises ``BadFile``.
    """
    if delimiter not in DELIMITERS.values():
        raise BadFile(_("“%(delimiter)s” is no delimiter: choose one of , ; | and tab.") % {"delimiter": delimiter})
    file: Any = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115  the sheet closes it
    try:
        sheet = Sheet(file, _copied(source, file), badge=badge, delimiter=delimiter)
        sheet.check()
    except BaseException:
        file.close()
        raise
    return sheet


def _copied(source: Source, file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    try:
        for piece in _pieces(source):
            raw = piece.encode() if isinstance(piece, str) else piece
            digest.update(raw)
            file.write(raw)
    except UnicodeError as error:
        raise BadFile(_("The file is not in UTF-8: save it as “CSV UTF-8”.")) from error
    return digest.hexdigest()


def _pieces(source: Any) -> Iterator[str | bytes]:
    """Return chunks of an open file, or lines with their ends."""
    if isinstance(source, str | bytes):
        msg = "pass an open file or its lines, not a text: open(path, 'rb'), or text.splitlines()"
        raise TypeError(msg)
    if hasattr(source, "read"):
        while piece := source.read(CHUNK):
            yield piece
        return
    for line in source:
        end = "\n" if isinstance(line, str) else b"\n"
        yield line if line.endswith(end) else line + end
