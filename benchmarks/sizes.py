"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How many people, how often, and up to which size everybody is looked at."""

    people: int = 10_000
    rounds: int = 200
    bulk_rounds: int = 3
    listening: tuple[int, ...] = (10, 100, 1_000)
    registered: int = 10_000
    everybody: tuple[int, ...] = (1_000, 10_000, 100_000)
    awards: int = 1_000_000
    trap: int = 300_000
    silent: int = 20_000
    saves: int = 1_000
    threads: int = 32

    @property
    def badges(self) -> int:
        """How many badges are very many."""
        return self.listening[-1]


QUICK = Sizes(
    people=1_000,
    rounds=6,
    bulk_rounds=1,
    listening=(4, 12),
    registered=50,
    everybody=(120,),
    awards=2_000,
    trap=300,
    silent=200,
    saves=30,
    threads=4,
)
