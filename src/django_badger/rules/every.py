"""The rule "be one of these people", where a query of the host says who they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, DateTimeField, F, Model, QuerySet, Value
from django.db.models.functions import Cast

from django_badger import events
from django_badger.rules.combining import Combines
from django_badger.rules.measures import NUMBER
from django_badger.rules.paths import follow
from django_badger.rules.protocol import EARNERS, Reads
from django_badger.rules.whom import Whom, belonging
from django_badger.verdicts import ONE, Explanation, Reading, when_read

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts


@dataclass(frozen=True)
class Every(Combines):
    """The rule "be one of these people"."""

    query: Callable[[], QuerySet[Any, Any]]
    sentence: Any = field(compare=False)
    models: tuple[type[Model], ...] = ()
    by: str = ""

    def wakes_on(self) -> frozenset[str]:
        """Wake on the models that the host named, if any."""
        return frozenset(events.saved(model) for model in self.models)

    def people(self, event: Event) -> Iterable[Any]:
        """Return whom the row belongs to."""
        owner = follow(event.subject, self.by) if isinstance(event.subject, self.models) else event.user_id
        return () if owner is None else (owner,)

    def reads(self) -> Reads:
        """Read the set."""
        return Reads(sets=frozenset({self}))

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return one or zero: in it or not."""
        return {"": Reading(Decimal((self, user_id) in facts.members), ONE)}

    def earners(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any]:
        """Return the query of those of them who are in it."""
        users: Any = get_user_model()._base_manager.using(using).filter(**belonging("pk", people)).order_by()
        inside = users.filter(pk__in=keys_of(self.query())).annotate(
            badger_user=F("pk"),
            badger_text=Value("", output_field=CharField()),
            badger_at=Cast(Value(None), DateTimeField()),
            badger_number=Cast(Value(1), NUMBER),
        )
        return inside.values_list(*EARNERS)  # type: ignore[no-any-return]  # of whatever user model there is

    def evidence(self, number: str) -> Mapping[str, Any]:
        """Return nothing: they are in it, and that is all."""
        return {}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return whether the person is one of them."""
        inside = (self, user_id) in facts.members
        return Explanation(when_read(self.text), inside, Decimal(inside), ONE)

    def text(self) -> str | Promise:
        """Return the host's sentence."""
        return self.sentence  # type: ignore[no-any-return]  # lazy or not, as the host wrote it


def keys_of(query: Any) -> Any:
    """Return a query of people as something that fits behind IN."""
    if query.query.is_sliced:
        # MariaDB refuses LIMIT inside IN (…); a handful of keys is as good.
        return [row[0] if isinstance(row, tuple) else getattr(row, "pk", row) for row in query]
    return query


def every(
    query: Callable[[], QuerySet[Any, Any]],
    *,
    text: str | Promise,
    wakes_on: Sequence[type[Model]] = (),
    by: str = "",
) -> Every:
    """Earned by everybody in a query: of users, or of their ids (``values_list("author", flat=True)``).

    ``query`` is a function, so that it is asked anew each time. It is asked by
    ``badger backfill``; with ``wakes_on=[Entry], by="author"`` also whenever such a row is saved, for its author.
    """
    return Every(query, text, tuple(wakes_on), by)
