"""One range of a run: all badges, level by level, for the people of the range."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from django_badger._engine.aliases import award_alias
from django_badger._engine.due import Asked, Due
from django_badger._engine.failing import failed, is_transient
from django_badger._engine.gains import by_measure, gained, gained_by_measure
from django_badger._engine.listening import Candidate
from django_badger._engine.losses import lapse
from django_badger._engine.recent import Marks, is_seen, people_with_new_rows
from django_badger._engine.settling import ask_and_write
from django_badger._engine.sql import Sql, executed
from django_badger._engine.woken import Woken
from django_badger.models import Run, RunRange
from django_badger.rules.measures import Measure
from django_badger.rules.whom import Span, belonging

#: How many people are read at once where a rule can only be read person by person.
READ_AT_ONCE = 500


@dataclass(slots=True)
class Filling:
    """What is done to the people of one range, for one run.

    ``marks`` are what the run before, begun at ``before``, has seen, where only people with newer rows are looked at.
    """

    run: Run
    levels: Sequence[Sequence[Due]]
    at: datetime
    told: bool
    done: RunRange
    marks: Marks = field(default_factory=dict)
    before: datetime | None = None
    execute: Callable[[Sql, str], int] = executed
    errors: list[str] = field(default_factory=list)

    def fill(self, span: Span) -> None:
        """Award and, in a reconcile, let lapse. A badge whose rule fails is counted, and the others go on."""
        asked = Asked(span, award_alias(), self.at)
        for level in self.levels:
            if self.run.kind == Run.Kind.RECONCILE:
                self._lapse([due for due in level if due.while_true or self.run.options.get("all_holders")], asked)
            self._gain(level, asked)
        self.done.failed = len(self.errors)
        self.done.error = "\n".join(self.errors)[:2000]

    def _lapse(self, dues: Iterable[Due], asked: Asked) -> None:
        for due in dues:
            self.done.lapsed += self._apart([due], partial(lapse, due, asked, self.run, grace=due.grace)) or 0

    def _gain(self, dues: Sequence[Due], asked: Asked) -> None:
        seen = [due for due in dues if is_seen(due, self.before)]
        for some, marks in ((seen, self.marks), ([due for due in dues if due not in seen], {})):
            self._gain_measured(by_measure(some)[0], asked, marks)
        others = by_measure(dues)[1]
        unread = [d for d in others if not self._insert([d], partial(gained, d, asked, self.run, told=self.told))]
        for people in _lots(asked.span) if unread else ():
            self.done.added += self._read(unread, people)

    def _gain_measured(self, together: Mapping[Measure, Sequence[Due]], asked: Asked, marks: Marks) -> None:
        for measure, dues in together.items():
            self._insert(dues, partial(self._of_measure, measure, dues, asked, marks))

    def _of_measure(self, measure: Measure, dues: Sequence[Due], asked: Asked, marks: Marks) -> Sql | None:
        some = people_with_new_rows(measure, asked.span, marks)
        if some is not None and not some:
            return None
        return gained_by_measure(measure, dues, asked, self.run, told=self.told, among=some)

    def _insert(self, dues: Sequence[Due], statement: Callable[[], Sql | None]) -> bool:
        """Run an INSERT … SELECT; return False where the rule cannot be asked so."""

        def insert() -> int | None:
            found = statement()
            return None if found is None else self.execute(found, award_alias())

        made = self._apart(dues, insert)
        self.done.added += made or 0
        return made is not None

    def _read(self, dues: Collection[Due], people: Sequence[Any]) -> int:
        """Read rules person by person, together; where that fails, each badge by itself."""
        candidates = {due.slug: Candidate(due.slug, due.rule, set(people), due.valid_for) for due in dues}
        woken = Woken(candidates)

        def read() -> int:
            return sum(len(settled.made) for settled in ask_and_write(woken, self.at, run=self.run))

        if len(dues) == 1:
            return self._apart(dues, read) or 0
        try:
            with transaction.atomic(using=award_alias()):
                return read()
        except Exception as error:
            if is_transient(error):
                raise
        return sum(self._read([due], people) for due in dues)

    def _apart(self, dues: Collection[Due], work: Callable[[], int | None]) -> int | None:
        """Do a part of the work behind a savepoint: what fails there takes nothing else with it."""
        try:
            with transaction.atomic(using=award_alias()):
                return work()
        except Exception as error:
            if is_transient(error) or isinstance(error, IntegrityError):
                raise  # somebody's account went away in this very moment: the whole range is done again
            for due in dues:
                self.errors.append(f"{due.slug}: {type(error).__name__}: {error}")
                failed("its rule, for everybody,", error, slug=due.slug)
            return 0


def _lots(span: Span) -> Iterator[list[Any]]:
    """Return the keys of the people of a span, some at a time."""
    keys = get_user_model()._base_manager.using(award_alias()).filter(**belonging("pk", span)).order_by("pk")
    people = list(keys.values_list("pk", flat=True)[:READ_AT_ONCE])
    while people:
        yield people
        people = list(keys.filter(pk__gt=people[-1]).values_list("pk", flat=True)[:READ_AT_ONCE])
