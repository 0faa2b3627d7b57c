"""Rules about badges that a person holds. What waits for them is a meta-badge, and a rule like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from django_badger import events
from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.combining import AtLeast, Combines
from django_badger.rules.protocol import Reads, Rule
from django_badger.verdicts import ONE, Explanation, Reading

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts


class NamesBadge(Protocol):
    """Whatever has a badge's slug and title: a declaration, or a row."""

    @property
    def slug(self) -> str:
        """The badge's name in addresses."""

    @property
    def title(self) -> Any:
        """What people call it."""


BadgeName = NamesBadge | str


@dataclass(frozen=True)
class Has(Combines):
    """The rule "this badge is held". The title of an ``unseen`` badge is not told."""

    slug: str
    title: Any = field(default="", compare=False)
    unseen: bool = field(default=False, compare=False)

    def wakes_on(self) -> frozenset[str]:
        """Wake when the badge is awarded."""
        return frozenset({events.awarded(self.slug)})

    def people(self, event: Event) -> Iterable[Any]:
        """Return who was awarded."""
        return () if event.user_id is None else (event.user_id,)

    def reads(self) -> Reads:
        """Read the one badge."""
        return Reads(badges=frozenset({self.slug}))

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return one or zero: held or not."""
        since = facts.since(self.slug, user_id)
        return {"": Reading(Decimal(since is not None), ONE, since, evidence={"badge": self.slug})}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return whether it is held, and since when."""
        since = facts.since(self.slug, user_id)
        return Explanation(str(self.text()), since is not None, Decimal(since is not None), ONE, since)

    def text(self) -> str | Promise:
        """Return the badge's title, for any occasion; not that of a badge which those who read it may not see."""
        if self.unseen:
            return _("a secret badge")
        title = str(self.title or self.slug)
        if "{occasion}" in title:
            title = capfirst(" ".join(title.replace("{occasion}", "").split()))
        return format_lazy(_("the badge “{title}”"), title=title)


def has(badge: BadgeName) -> Has:
    """Earned when this badge is held. A badge that code does not know by name is written as its slug."""
    if isinstance(badge, str):
        return Has(badge)
    return Has(badge.slug, badge.title, unseen=bool(getattr(badge, "secret", False)))


def _rule(part: Rule | BadgeName) -> Rule:
    if isinstance(part, Rule):
        return part
    if not isinstance(part, str) and not hasattr(part, "slug"):
        msg = f"{declared_at()}: {part!r} is neither a badge nor a rule: name a badge, or give the rule by=… and reaches=…"
        raise BadDeclaration(msg)
    return has(part)


def has_all(*badges: BadgeName) -> AtLeast:
    """Earned when all these badges are held."""
    return at_least(len(badges), *badges)


def has_any(*badges: BadgeName) -> AtLeast:
    """Earned when one of these badges is held."""
    return at_least(1, *badges)


def at_least(needed: int, *parts: Rule | BadgeName) -> AtLeast:
    """Earned when ``needed`` of the parts hold: badges, rules, or both."""
    if not 1 <= needed <= len(parts):
        msg = (
            f"{declared_at()}: at least {needed} of {len(parts)} cannot be: name 1 to {max(1, len(parts))} of the parts"
        )
        raise BadDeclaration(msg)
    return AtLeast(needed, tuple(_rule(part) for part in parts))
