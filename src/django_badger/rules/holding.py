"""Rules about badges that a person holds. What waits for them is a meta-badge, and a rule like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.db.models import CharField, F, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, RowNumber
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from django_badger import events
from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.combining import AtLeast, Combines
from django_badger.rules.lengths import spelled
from django_badger.rules.measures import NUMBER
from django_badger.rules.protocol import EARNERS, Reads, Rule
from django_badger.rules.whom import Whom, belonging
from django_badger.verdicts import Explanation, Reading, when_read

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
    """The rule "this badge is held", or "held so many ``times``". The title of an ``unseen`` badge is not told."""

    slug: str
    title: Any = field(default="", compare=False)
    unseen: bool = field(default=False, compare=False)
    times: int = 1

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
        """Return how often it is held, up to as often as needed, and since when that is so."""
        moments = facts.moments(self.slug, user_id)
        if len(moments) >= self.times:
            return {"": Reading(self._goal, self._goal, moments[self.times - 1], evidence=self.evidence(""))}
        return {"": Reading(Decimal(len(moments)), self._goal, evidence=self.evidence(""))}

    @cached_property
    def _goal(self) -> Decimal:
        return Decimal(self.times)

    def earners(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any]:
        """Return the query of those who hold it often enough at the moment ``at``."""
        awards: Any = apps.get_model("badger", "Award")._default_manager
        lasting = Q(expires_at=None) | Q(expires_at__gt=at)
        standing = awards.using(using).filter(
            lasting, ended="", badge__slug=self.slug, **belonging("recipient", people)
        )
        in_time = [F("earned_at").asc(), F("pk").asc()]
        rows = standing.order_by().annotate(
            badger_user=F("recipient"),
            badger_text=Value("", output_field=CharField()),
            badger_at=F("earned_at"),
            badger_number=Cast(Value(self.times), NUMBER),
            badger_nth=Window(RowNumber(), F("recipient"), in_time),
        )
        return rows.filter(badger_nth=self.times).values_list(*EARNERS)  # type: ignore[no-any-return]  # by its name

    def evidence(self, number: str) -> Mapping[str, Any]:
        """Return the badge, and how often it was needed."""
        return {"badge": self.slug} if self.times == 1 else {"badge": self.slug, "times": self.times}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return how often it is held, and since when."""
        reading = self.readings(facts, user_id)[""]
        return Explanation(when_read(self.text), reading.earned, reading.current, reading.goal, reading.at)

    def text(self) -> str | Promise:
        """Return the badge's title, for any occasion; not that of a badge which those who read it may not see."""
        named = self._named()
        if self.times == 1:
            return named
        frame: Any = ngettext_lazy("{badge} {number} time", "{badge} {number} times", self.times)
        return format_lazy(frame, badge=named, number=spelled(self.times))

    def _named(self) -> str | Promise:
        if self.unseen:
            return _("a secret badge")
        title = str(self.title or self.slug)
        if "{occasion}" in title:
            title = capfirst(" ".join(title.replace("{occasion}", "").split()))
        return format_lazy(_("the badge “{title}”"), title=title)


def has(badge: BadgeName, *, times: int = 1) -> Has:
    """Earned when this badge is held. A badge that code does not know by name is written as its slug.

    With ``times=3``, when it is held three times: for three occasions, or because it may be awarded again and again.
    """
    if type(times) is not int or times < 1:
        raise BadDeclaration(f"{declared_at()}: times={times!r} is no number of times: write 1 or more")
    if isinstance(badge, str):
        return Has(badge, times=times)
    return Has(badge.slug, badge.title, unseen=bool(getattr(badge, "secret", False)), times=times)


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
