"""Awards from a sheet: a run whose ranges are lines. Each is judged, written and committed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from django_badger import events
from django_badger._engine.aliases import award_alias
from django_badger._engine.announce import announce_run, quietly
from django_badger._engine.award import insert_here
from django_badger._engine.committed import once_committed
from django_badger._engine.evaluate import evaluate
from django_badger._engine.failing import logger
from django_badger._engine.judging import Judged, Place, Terms, judge
from django_badger._engine.ranges import Outcome, Part, do_next
from django_badger._engine.runs import RESUMABLE, Shown, go_on, is_told, reopen
from django_badger._engine.sheet import Row, Sheet, Source, read
from django_badger._engine.sync import sync
from django_badger.events import Event
from django_badger.models import Award, Badge, Run, RunRange
from django_badger.results import Imported, ImportedLine

#: How many lines are one range: looked at, written and committed together.
AT_ONCE = 500
#: How much is kept with a range of why lines were refused, in letters.
MOST_KEPT = 2000

Told = Callable[[Sequence[ImportedLine]], None]
Match = Literal["name", "email"]


def import_awards(
    source: Source,
    *,
    badge: str = "",
    by: Any = None,
    notify: str = Run.Notify.NONE,
    match: Match = "name",
    delimiter: str = ",",
    told: Told | None = None,
    shown: Shown | None = None,
) -> Imported:
    """Award what a file of CSV says, a line an award; lines that cannot be awarded are refused, and the others go on.

    ``source`` is an open file or its lines, in UTF-8. Its header names the columns: ``user``, ``badge`` (a slug; or
    ``badge=`` for all lines), ``occasion``, ``earned_at`` (ISO 8601) and ``reason``. ``user`` is a user name or the key of
    an account; with ``match="email"`` the address of exactly one active account. ``by`` is who awards, and needs the
    permission; None is the site itself.

    ``told`` is called with some :class:`~django_badger.results.ImportedLine` after another, in the end with each line of the
    file once; ``shown`` after each range, with the run as it stands. The same file on the same terms goes on with a run that
    was cancelled, that failed or whose process died. Raises ``BadFile``, before anything is written, where the file as a
    whole cannot be read.
    """
    with read(source, badge=badge, delimiter=delimiter) as sheet:
        sync()
        run = _begin(sheet, by, match, notify)
        importing = _Importing(run, sheet, Terms(by, match, run=run), told)
        importing.catch_up()
        go_on(run, shown=shown, do=importing.do_range)
        importing.tell_of_others()
    return Imported(run.people, run.looked_at, run.added, run.failed, run)


def simulate_import(
    source: Source,
    *,
    badge: str = "",
    by: Any = None,
    match: Match = "name",
    delimiter: str = ",",
    told: Told | None = None,
) -> Imported:
    """Return what :func:`import_awards` with the same arguments would do now. Nothing is written."""
    seen: dict[Place, int] = {}
    numbers = {"awarded": 0, "already": 0, "refused": 0}
    with read(source, badge=badge, delimiter=delimiter) as sheet:
        sync()
        for rows in _lots(sheet.rows()):
            lines = [one.line for one in judge(rows, Terms(by, match), seen)]
            for line in lines:
                numbers[line.outcome] += 1
            if told is not None:
                told(lines)
        return Imported(sheet.number, sheet.number, numbers["awarded"], numbers["refused"])


def _lots(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while lot := list(islice(rows, AT_ONCE)):
        yield lot


def _begin(sheet: Sheet, by: Any, match: str, notify: str) -> Run:
    """Return the run that imports this sheet on these terms: one that is not over, else a new one."""
    wanted = {
        "file": sheet.digest, "badges": [sheet.badge] if sheet.badge else [], "delimiter": sheet.delimiter, "match": match,
        "by": str(by.pk) if by is not None else "",
    }  # fmt: skip
    rows = Run.objects.using(award_alias()).filter(kind=Run.Kind.IMPORT, status__in=RESUMABLE, notify=notify)
    for left in rows.filter(options__file=sheet.digest).order_by("-pk"):
        if left.options == wanted and reopen(left):
            return left
    badge = Badge.objects.using(award_alias()).filter(slug=sheet.badge).first()
    run = Run(kind=Run.Kind.IMPORT, notify=notify, asked_by=by, options=wanted, people=sheet.number, badge=badge)
    run.save(using=award_alias())
    return run


@dataclass(slots=True)
class _Importing:
    """A run that imports a sheet, as this process does it."""

    run: Run
    sheet: Sheet
    terms: Terms
    told: Told | None
    heard: set[int] = field(default_factory=set)
    number: int = 0
    judged: list[Judged] = field(default_factory=list)

    def do_range(self, run: Run) -> Outcome:
        """Do one range of lines, then what follows from it."""
        outcome = do_next(run, self._work, self._cut)
        if is_told(run):
            announce_run(run)
        if outcome is Outcome.DONE:
            made = [one.award for one in self.judged if one.award is not None]
            self._log(made)
            self._wake((award.badge.slug, award.recipient_id, award.earned_at) for award in made)
            self._tell(self.number, self.judged)
        return outcome

    def _cut(self, before: RunRange | None) -> Part | None:
        rows = list(islice(self.sheet.rows(after=int(before.last) if before else 0), AT_ONCE))
        return Part(rows[0].line, rows[-1].line, len(rows)) if rows else None

    def _rows(self, one: RunRange) -> list[Row]:
        return list(takewhile(lambda row: row.line <= int(one.last), self.sheet.rows(after=int(one.first) - 1)))

    def _work(self, one: RunRange) -> None:
        """Judge and write the lines of a range, in its transaction. Done anew where that was rolled back."""
        now, told = timezone.now(), is_told(self.run)
        self.number, self.judged = one.number, judge(self._rows(one), replace(self.terms, at=now))
        planned = [line.award for line in self.judged if line.award is not None]
        for award in planned:
            award.announced_at = None if told else now
        made = {award.uuid for award in insert_here(planned)}
        for line in self.judged:
            if line.award is not None and line.award.uuid not in made:  # somebody else made it in this very moment
                line.becomes("already")
        refused = [line for line in self.judged if line.outcome == "refused"]
        one.added, one.failed = len(made), len(refused)
        one.error = "\n".join(f"line {line.row.line}: {line.why}" for line in refused)[:MOST_KEPT]

    def _log(self, made: Iterable[Award]) -> None:
        for award in made:
            if self.terms.by is not None and award.recipient_id == self.terms.by.pk:
                logger.warning(
                    "%r awarded badge %r to themself: %s", award.recipient_id, award.badge.slug, award.reason
                )

    def catch_up(self) -> None:
        """Tell of what was done before, and wake what waits for it: who did it may have died before that."""
        self.tell_of_others()
        awards = Award.objects.using(award_alias()).filter(run=self.run).order_by("pk")
        rows, last = awards.values_list("pk", "badge__slug", "recipient_id", "earned_at"), 0
        while lot := list(rows.filter(pk__gt=last)[:AT_ONCE]):
            self._wake(given for _pk, *given in lot)
            last = lot[-1][0]

    def _wake(self, given: Iterable[Sequence[Any]]) -> None:
        """Wake what waits for these awards (slug, person, moment), all at once, after the commit."""
        happened = [Event(key=events.awarded(slug), subject=slug, user_id=person, at=at) for slug, person, at in given]
        if happened:
            once_committed(self._evaluate, happened)

    def _evaluate(self, happened: Sequence[Event]) -> None:
        with quietly() if self.run.notify == Run.Notify.NONE else nullcontext():
            evaluate(happened)

    def _tell(self, number: int, judged: Iterable[Judged]) -> None:
        self.heard.add(number)
        if self.told is not None:
            self.told([one.line for one in judged])

    def tell_of_others(self) -> None:
        """Tell what became of the lines that others have done, or this run before it was interrupted."""
        if self.told is None:
            return
        ranges = self.run.ranges.using(award_alias()).exclude(finished_at=None).exclude(number__in=self.heard)
        for one in ranges.order_by("number"):
            judged = judge(self._rows(one), replace(self.terms, at=timezone.now()))
            for line in judged:
                if line.award is not None:
                    words = _("It was refused when it was looked at, and could be awarded now: import the file again.")
                    line.becomes("refused", words)
            self._tell(one.number, judged)
