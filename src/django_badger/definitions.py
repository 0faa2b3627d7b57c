"""What a ``badges.py`` says about a badge, as a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

from django_badger import events
from django_badger.rules.protocol import Rule

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event

Text = "str | Promise"
Retention = Literal["forever", "while_true"]


class AnyTrigger(Protocol):
    """What wakes a function."""

    def wakes_on(self) -> frozenset[str]:
        """Return the keys of the events it wakes on."""

    def fits(self, event: Event) -> bool:
        """Whether the function is to be asked about this event."""

    def subject_of(self, event: Event) -> Any:
        """Return what the function is called with."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A declared badge: who it is and when it is earned.

    Made by :func:`django_badger.badge`. ``when`` is the rule; or ``on`` and ``decide`` are the trigger and the
    function that answers it; ``goal`` is the goal of progress that the host reports. With neither, the badge is
    awarded by people.
    """

    slug: str
    title: str | Promise
    description: str | Promise = ""
    criteria: str | Promise = ""
    image: str = ""
    image_alt: str | Promise = ""
    when: Rule | None = None
    on: AnyTrigger | None = field(default=None, repr=False)
    decide: Callable[[Any], Any] | None = field(default=None, repr=False, compare=False)
    goal: Decimal | None = None
    secret: bool = False
    mystery: bool = False
    repeatable: bool = False
    series: str = ""
    tier: str = ""
    tags: tuple[str, ...] = ()
    valid_for: timedelta | None = None
    renews: bool = False
    starts: datetime | None = None
    ends: datetime | None = None
    retention: Retention = "forever"
    grace: timedelta | None = None
    formerly: str = ""
    place: str = field(default="", repr=False, compare=False)

    @property
    def lapses(self) -> bool:
        """Whether its awards end when its rule is no longer true."""
        return self.retention == "while_true"

    def wakes_on(self) -> frozenset[str]:
        """Return the keys of the events that concern it; those that take something back, where its awards lapse."""
        keys = self.when.wakes_on() if self.when else frozenset()
        if self.lapses:
            keys |= frozenset(events.undoing(keys))
        if self.lapses or self.renews:
            keys |= {events.doubted(self.slug)}
        return keys | self.on.wakes_on() if self.on else keys


@dataclass(frozen=True)
class Tiers:
    """The badges of one series, by tier: ``regular.gold`` or ``regular["gold"]``."""

    series: str
    by_tier: Mapping[str, Declaration]

    def __getattr__(self, tier: str) -> Declaration:
        """Return the badge of a tier, as an attribute."""
        try:
            return self.by_tier[tier]
        except KeyError:
            msg = f"{self.series!r} has no tier {tier!r}: it has {', '.join(self.by_tier)}"
            raise AttributeError(msg) from None

    def __getitem__(self, tier: str) -> Declaration:
        """Return the badge of a tier."""
        return self.by_tier[tier]

    def __iter__(self) -> Iterator[Declaration]:
        """Go through the badges, the easiest first."""
        return iter(self.by_tier.values())
