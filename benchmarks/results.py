"""What was measured, and whether it is what it should be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.timing import Side


@dataclass(frozen=True)
class Target:
    """What a number shall be at most (or, if ``rising``, at least), and what it is."""

    what: str
    limit: float
    value: float
    rising: bool = False

    @property
    def met(self) -> bool:
        """Whether it is so."""
        return self.value >= self.limit if self.rising else self.value <= self.limit


@dataclass(frozen=True)
class Gate:
    """How many there are of what an act makes, and how many there should be: no number without it."""

    made: float
    should: float

    @property
    def holds(self) -> bool:
        """Whether everything is there and nothing else."""
        return self.made == self.should


@dataclass(frozen=True)
class Row:
    """One case of a workload. ``beside`` says what it is compared with; ``key`` finds it for a peer."""

    workload: str
    case: str
    beside: str = ""
    base: Side | None = None
    ours: Side | None = None
    targets: tuple[Target, ...] = ()
    gate: Gate | None = None
    note: str = ""
    key: str = ""

    @property
    def met(self) -> bool:
        """Whether all targets are."""
        return all(target.met for target in self.targets)

    @property
    def right(self) -> bool:
        """Whether it did what it should."""
        return self.gate is None or self.gate.holds

    def told(self) -> dict[str, Any]:
        """Return it as data: of the turns, how many there were, the middle one and the quickest."""
        sides = {name: side and side.told() for name, side in (("base", self.base), ("ours", self.ours))}
        targets = [asdict(target) | {"met": target.met} for target in self.targets]
        return asdict(self) | sides | {"targets": targets, "met": self.met, "right": self.right}


def ratio(ours: Side, base: Side) -> float:
    """Return how many times as long ours takes, by medians."""
    return ours.median / base.median


def queries(limit: int, side: Side) -> Target:
    """Return the target "at most so many statements"."""
    return Target("queries", limit, side.queries or 0)


def times(limit: float, ours: Side, base: Side) -> Target:
    """Return the target "at most so many times as long as the base"."""
    return Target("×", limit, ratio(ours, base))


def micros_more(limit: float, ours: Side, base: Side, *, each: int = 1) -> Target:
    """Return the target "at most so many microseconds more, for each of so many"."""
    return Target("µs more", limit, (ours.median - base.median) * 1e6 / each)
