"""``manage.py badger import``: awards from a file of CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django_badger import runs
from django_badger._engine.sheet import DELIMITERS
from django_badger.exceptions import BadFile
from django_badger.management.run_acts import ActFailed, Bar, person_named, refuse_unknown
from django_badger.models import Run
from django_badger.runs import Imported, ImportedLine, Report

#: How many refused lines are shown without a report.
SHOWN = 20


def add_import(acts: Any) -> None:
    """Add the act to a parser's subparsers."""
    parser = acts.add_parser("import", help="award what a file of CSV says: user, badge, occasion, earned_at, reason")
    parser.add_argument("file", type=Path, help="the file, in UTF-8, with a header")
    parser.add_argument("--badge", default="", metavar="SLUG", help="the badge of all lines, in place of a column")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done: write nothing, tell nobody")
    parser.add_argument(
        "--notify", choices=["none", "digest", "each"], default="none",
        help="tell of each award, of all of a person's at once, or (default) of none",
    )  # fmt: skip
    parser.add_argument("--report", type=Path, metavar="OUT.csv", help="what became of each line, as a file")
    parser.add_argument("--by", default="", metavar="USER", help="who awards; default: the site itself")
    parser.add_argument(
        "--match", choices=["name", "email"], default="name",
        help="what the column “user” holds: user names or keys (default), or e-mail addresses",
    )  # fmt: skip
    parser.add_argument("--delimiter", choices=[*DELIMITERS], default=",", help="what stands between cells")


class ImportAct:
    """The act as a method. ``stdout`` and ``stderr`` are the command's."""

    stdout: Any
    stderr: Any

    def _import(
        self, file: Path, *, badge: str, by: str, delimiter: str, dry_run: bool, report: Path | None, **options: Any
    ) -> None:
        refuse_unknown([badge] if badge else [])
        terms: dict[str, Any] = {
            "badge": badge, "by": person_named(by) if by else None, "delimiter": DELIMITERS[delimiter],
            "match": options["match"],
        }  # fmt: skip
        act: Callable[..., Imported] = runs.simulate_import
        if not dry_run:
            act = partial(runs.import_awards, notify=options["notify"], shown=Bar(self.stderr).show)
        try:
            with file.open("rb") as source, _opened(report, file, terms["delimiter"]) as out:
                heard = _Heard(out)
                done = act(source, told=heard.hear, **terms)
        except (BadFile, OSError) as error:
            raise ActFailed(str(error)) from error
        self._tell_import(done, heard, report)

    def _tell_import(self, done: Imported, heard: _Heard, report: Path | None) -> None:
        for line in heard.refused:
            self.stderr.write(f"line {line.line}: {line.why}")
        more = done.refused - len(heard.refused)
        if more > 0:
            where = f"see {report}" if report else "--report OUT.csv writes all of them down"
            self.stderr.write(f"… and {more} more lines were refused: {where}.")
        counts = f"{done.awarded} awarded, {done.already} already, {done.refused} refused"
        if done.run is None:
            self.stdout.write(f"{done.lines} lines: {counts}. Nothing was written.")
            return
        self.stdout.write(f"Run {done.run.pk}: {done.looked_at} of {done.lines} lines: {counts}.")
        if done.run.status == Run.Status.CANCELLED:
            self.stdout.write("It was cancelled: the same command goes on with it.")


class _Heard:
    """What is told of the lines of an import: written down, and the first refused ones kept."""

    def __init__(self, report: Report | None) -> None:
        self.report = report
        self.refused: list[ImportedLine] = []

    def hear(self, lines: Sequence[ImportedLine]) -> None:
        if self.report is not None:
            self.report.add(lines)
        refused = [line for line in lines if line.outcome == "refused"]
        self.refused += refused[: SHOWN - len(self.refused)]


@contextmanager
def _opened(path: Path | None, file: Path, delimiter: str) -> Iterator[Report | None]:
    """Open a report beside its place, where it comes to lie once it is complete."""
    if path is None:
        yield None
        return
    if path.exists() and path.samefile(file):
        msg = f"{path} is the file that is imported: name another one for the report."
        raise ActFailed(msg)
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8-sig", newline="") as out:
            yield Report(out, delimiter=delimiter)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
