"""The rule "the account is so old"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, DateField, DateTimeField, ExpressionWrapper, F, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_badger import events
from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.clock import MICROSECOND, Moment
from django_badger.rules.combining import Combines
from django_badger.rules.kinds import leads_to_one
from django_badger.rules.lengths import in_words, length_of
from django_badger.rules.measures import NUMBER, Aggregate
from django_badger.rules.paths import field_at, when_field
from django_badger.rules.protocol import EARNERS, Reads
from django_badger.rules.whom import Whom, belonging
from django_badger.verdicts import Explanation, Reading, in_digits, when_read

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from django_badger.events import Event
    from django_badger.rules.facts import Facts

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Accounts:
    """The measure of people's own moments: ``at`` is the path from the user to when it began. Its value is one."""

    model: type[Model]
    at: str
    by: str = "pk"
    each: None = None
    aggregate: Aggregate = "count"
    by_calendar: bool = False

    @property
    def timed(self) -> bool:
        """Whether the field says the time, and not only the day."""
        return isinstance(field_at(self.model, self.at), DateTimeField)

    def values(self, people: Whom, using: str, at: Moment | None = None) -> QuerySet[Any, Any]:
        """Return one row a person: ``badger_at`` is when it began. People of whom that is not known have none."""
        users = self.users(people, using)
        found: QuerySet[Any, Any] = users.annotate(badger_at=self.moment(), badger_number=Cast(Value(1), NUMBER))
        return found

    def users(self, people: Whom, using: str) -> QuerySet[Any, Any]:
        """Return those of these people of whom it is known, with ``badger_user`` and ``badger_text``."""
        users = self.model._base_manager.using(using).filter(**belonging("pk", people), **{f"{self.at}__isnull": False})
        nothing = Value("", output_field=CharField())
        found: QuerySet[Any, Any] = users.order_by().values(badger_user=F("pk"), badger_text=nothing)
        return found

    def moment(self) -> Any:
        """Return when it began, as a datetime for the database."""
        return F(self.at) if self.timed else Cast(F(self.at), DateTimeField())

    def step_of(self, subject: Model) -> None:
        """Return nothing: what was saved added nothing."""


@dataclass(frozen=True)
class Age(Combines):
    """The rule "the account is so old". ``named`` says whether the host chose another field than the usual one."""

    accounts: Accounts
    length: timedelta
    named: bool = False

    def wakes_on(self) -> frozenset[str]:
        """Wake when an account is saved; time itself wakes nothing."""
        return frozenset({events.saved(self.accounts.model)})

    def people(self, event: Event) -> Iterable[Any]:
        """Return whose account it is."""
        return (event.subject.pk,) if isinstance(event.subject, self.accounts.model) else ()

    def reads(self) -> Reads:
        """Read when it began."""
        return Reads(measures=frozenset({self.accounts}))

    @property
    def goal(self) -> Decimal:
        """How many days it takes."""
        return Decimal(self.length // MICROSECOND) / Decimal(DAY // MICROSECOND)

    def readings(self, facts: Facts, user_id: Any) -> Mapping[str, Reading]:
        """Return how many whole days it is, where its beginning is known."""
        found = facts.value(self.accounts, user_id)
        return {occasion: self._reading(value.newest, facts.at) for occasion, value in found.items() if value.newest}

    def _reading(self, began: datetime, now: datetime) -> Reading:
        days = Decimal(max(0, (now - began) // DAY))
        if now - began < self.length:
            return Reading(days, self.goal, evidence=self.evidence(""))
        return Reading(max(days, self.goal), self.goal, began + self.length, evidence=self.evidence(""))

    def earners(self, people: Whom, using: str, at: datetime) -> QuerySet[Any, Any]:
        """Return the query of those whose account is so old."""
        latest = at - self.length
        found = self.accounts.users(people, using).filter(
            **{f"{self.accounts.at}__lte": latest if self.accounts.timed else latest.astimezone(UTC).date()}
        )
        since = ExpressionWrapper(self.accounts.moment() + self.length, output_field=DateTimeField())
        nothing = Cast(Value(None), NUMBER)
        rows: QuerySet[Any, Any] = found.annotate(badger_at=since, badger_number=nothing)
        return rows.values_list(*EARNERS)

    def evidence(self, number: str) -> Mapping[str, Any]:
        """Return how many days it takes."""
        return {"days": in_digits(self.goal)}

    def explain(self, facts: Facts, user_id: Any) -> Explanation:
        """Return how many whole days it is so far."""
        reading = self.readings(facts, user_id).get("") or Reading(Decimal(0), self.goal)
        return Explanation(when_read(self.text), reading.earned, reading.current, self.goal, reading.at)

    def text(self) -> str | Promise:
        """Return for how long one has to be a member; of another field, its name."""
        length = in_words(self.length)
        if not self.named:
            return format_lazy(_("member for {length}"), length=length)
        name = field_at(self.accounts.model, self.accounts.at).verbose_name
        return format_lazy(_("{field}: {length} ago"), field=name, length=length)


def age(length: timedelta, *, at: str | None = None) -> Age:
    """Earned when an account is so old: ``rules.age(timedelta(days=365))``. ``length`` is one of whole seconds.

    ``at`` is the path from the user to the date or datetime that it is reckoned from (``at="profile__verified_at"``);
    left out, it is the user model's own field that says when the account was made.
    """
    length_of(length, "")
    user = get_user_model()
    path = at or when_field(user)
    if path is None:
        raise BadDeclaration(
            f"{declared_at()}: {user._meta.label} has no field that says by its name when the account was made: name one "
            "by at=…"
        )
    try:
        fits = leads_to_one(user, path) and isinstance(field_at(user, path), DateField)
    except FieldDoesNotExist as error:
        raise BadDeclaration(f"{declared_at()}: {error}") from error
    if not fits:
        raise BadDeclaration(
            f"{declared_at()}: at={path!r} of {user._meta.label} is no moment: name a date or datetime field"
        )
    return Age(Accounts(user, path), length, named=at is not None)
