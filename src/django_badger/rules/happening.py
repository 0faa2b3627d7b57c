"""Rules about named events that the host records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_badger import events
from django_badger.events import Event
from django_badger.rules.combining import Combines
from django_badger.rules.protocol import Reads
from django_badger.verdicts import ONE, Explanation, Reading, when_read

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.rules.facts import Facts


@dataclass(frozen=True)
class Happened(Combines):
    """The rule "this event was recorded for the person"; also the trigger of a function that takes the event.

    Events are not kept, so nobody can be awarded for one later: where that matters, count rows of a model instead.
    """

    name: str
    where: Callable[[Event], bool] | None = None
    sentence: Any = field(default="", compare=False)

    def wakes_on(self) -> frozenset[str]:
        """Wake on the event."""
        return frozenset({events.named(self.name)})

    def fits(self, event: Event) -> bool:
        """Whether this event is one that counts."""
        return self.where is None or bool(self.where(event))

    def subject_of(self, event: Event) -> Event:
        """Return what the function is called with: the event itself."""
        return event

    def people(self, event: Event) -> Iterable[Any]:
        """Return whom the event is about."""
        return () if event.user_id is None else (event.user_id,)

    def reads(self) -> Reads:
        """Read nothing: the event says it all."""
        return Reads()

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return one or zero: it happens right now, or it does not."""
        fitting = [one for one in facts.happened.get(user_id, {}).get(events.named(self.name), ()) if self.fits(one)]
        at = min((one.at for one in fitting if one.at), default=None)
        return {"": Reading(Decimal(bool(fitting)), ONE, at, evidence={"event": self.name})}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return that it has not happened: what has is awarded at once and not kept."""
        return Explanation(when_read(self.text), holds=False, current=Decimal(0), goal=ONE)

    def text(self) -> str | Promise:
        """Return the host's sentence, or the event's name."""
        return self.sentence or format_lazy(_("the event “{name}”"), name=self.name)


def event(name: str, *, where: Callable[[Event], bool] | None = None, text: str | Promise = "") -> Happened:
    """Earned when the host records ``name`` for a person: ``record("quiz.passed", user=…)``.

    ``where`` is a function of the event that says whether it counts, ``text`` what it takes in words.
    """
    return Happened(name, where, text)
