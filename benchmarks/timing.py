"""Two ways of doing the same, measured in turns, so that the noise of a machine meets both."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection

Act = Callable[[int], object]
Within = Callable[[], AbstractContextManager[Any]]
#: Statements that frame a transaction are not counted: they carry no data, and on most databases no round trip.
FRAME = re.compile(r"\W*(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|START)", re.IGNORECASE)


@dataclass(frozen=True)
class Side:
    """What one of the two took: seconds of each turn, and how many statements a turn sends (None: not counted)."""

    seconds: tuple[float, ...]
    queries: int | None

    @property
    def median(self) -> float:
        """The middle of all turns."""
        return median(self.seconds)

    @property
    def least(self) -> float:
        """The quickest turn."""
        return min(self.seconds)

    def told(self) -> dict[str, Any]:
        """Return it as data."""
        return {"turns": len(self.seconds), "median": self.median, "least": self.least, "queries": self.queries}


@dataclass(frozen=True)
class Turns:
    """How often: ``rounds`` are timed after ``warm`` that are not, ``block`` in a row, ``number`` calls in each."""

    rounds: int
    warm: int = 2
    block: int = 1
    number: int = 1

    @property
    def all(self) -> int:
        """How many turns each side has: things that can be done only once are needed so often."""
        return self.rounds + self.warm


def compare(
    base: Act,
    ours: Act,
    turns: Turns,
    *,
    before: Callable[[], object] = lambda: None,
    within: tuple[Within, Within] = (nullcontext, nullcontext),
) -> tuple[Side, Side]:
    """Measure two acts, which are called with the number of their turn.

    In the last turn before those that are timed statements are counted. ``before`` is called before each turn; ``within`` are contexts that each
    side's block of turns is done in.
    """
    acts, queries = (base, ours), [0, 0]
    seconds: tuple[list[float], list[float]] = ([], [])
    for start in range(0, turns.all, turns.block):
        order = (0, 1) if (start // turns.block) % 2 == 0 else (1, 0)
        for side in order:
            gc.collect()
            with within[side]():
                for turn in range(start, min(start + turns.block, turns.all)):
                    before()
                    if turn == turns.warm - 1:  # what is worked out once has been by then, where there is time for it
                        queries[side] = counted(acts[side], turn)
                        continue
                    took = _timed(acts[side], turn, turns.number)
                    if turn >= turns.warm:
                        seconds[side].append(took)
    return Side(tuple(seconds[0]), queries[0]), Side(tuple(seconds[1]), queries[1])


def measure(act: Act, turns: Turns, *, before: Callable[[], object] = lambda: None) -> Side:
    """Measure one act alone, where nothing stands beside it."""
    return compare(lambda _turn: None, act, turns, before=before)[1]


def _timed(act: Act, turn: int, number: int) -> float:
    again = range(number)
    gc.disable()
    try:
        start = perf_counter()
        for _ in again:
            act(turn)
        return (perf_counter() - start) / number
    finally:
        gc.enable()


def counted(act: Act, turn: int = 0) -> int:
    """Return how many statements an act sends."""
    with statements() as sent:
        act(turn)
    return len(sent)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give a list that fills with the statements that are sent."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's own
        if not FRAME.match(sql):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent
