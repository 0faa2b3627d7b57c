"""Chance that can be repeated: who, when, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")
TWO_YEARS = timedelta(days=730)


@dataclass(frozen=True)
class Chance:
    """Answers from one seed, for a time that ends now."""

    random: Random
    now: datetime

    @property
    def start(self) -> datetime:
        """When the story begins."""
        return self.now - TWO_YEARS

    def moment(self, after: datetime, *, night: float = 0.005) -> datetime:
        """Return a moment between ``after`` and now, in daytime except for a share of ``night``. Never in the future."""
        days = (self.now - after).total_seconds() / 86_400
        day = after + timedelta(days=days * self.random.random())
        hour = self.random.randrange(5) if self.happens(night) else round(self.random.triangular(7, 23, 15))
        at = day.replace(hour=hour, minute=self.random.randrange(60), second=self.random.randrange(60), microsecond=0)
        return max(after, min(at, self.now))

    def happens(self, share: float) -> bool:
        """Whether something happens that does so in this share of all cases."""
        return self.random.random() < share

    def soon(self, after: datetime, *, days: float) -> datetime | None:
        """Return a moment within about so many days, or None where that lies in the future."""
        at = after + timedelta(hours=self.random.uniform(1, 24 * days))
        return at if at <= self.now else None

    def some(self, lines: Sequence[str], least: int, most: int) -> list[str]:
        """Return between ``least`` and ``most`` of the lines, none twice."""
        return self.random.sample(lines, self.random.randint(least, most))

    def often(self, people: Sequence[T], times: int) -> list[T]:
        """Return ``times`` people, the first of them far more often than the last."""
        weights = [1 / (place + 1) ** 0.7 for place in range(len(people))]
        return self.random.choices(people, weights, k=times)
