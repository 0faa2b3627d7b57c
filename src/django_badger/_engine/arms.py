"""The arms of a probe: queries with the same six columns, so that one UNION ALL carries them all.

The columns are: which arm, whom, a number, a text, a moment, a reference. The first arm is made of real columns; it
gives the union its types on every database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Cast

from django_badger._engine.aliases import award_alias
from django_badger._engine.statement import Blank
from django_badger.models import Award, Badge
from django_badger.people import may_be_awarded
from django_badger.rules.measures import NUMBER, Measure

HELD, BADGES, PREREQUISITES, PEOPLE, MEASURES, SETS = range(6)
COLUMNS = ("badger_arm", "badger_user", "badger_number", "badger_text", "badger_at", "badger_ref")
NO_MOMENT = Value(None, output_field=DateTimeField())
MOMENT = Blank("at", DateTimeField())

#: The keys of some people, or the blank of one.
People = Sequence[Any] | Blank


def of_people(path: str, people: People) -> dict[str, Any]:
    """Return the condition that a row belongs to these people."""
    return {path: people} if isinstance(people, Blank) else {f"{path}__in": people}


def own_arms(people: People, badges: Collection[str], waited_for: Collection[str]) -> list[Any]:
    """Return the arms about our own tables: what is held, the badges, who may be awarded, what waits for what."""
    using = award_alias()
    stands = Case(When(Q(expires_at=None) | Q(expires_at__gt=MOMENT), ended="", then=Value(1)), default=Value(0))
    held = Award.objects.using(using).filter(**of_people("recipient", people), badge__slug__in=sorted(badges))
    rows = Badge.objects.using(using).filter(slug__in=sorted(badges))
    published = Case(When(status=Badge.Status.PUBLISHED, then=Value(1)), default=Value(0))
    users: Any = get_user_model()._base_manager.using(using).filter(may_be_awarded(), **of_people("pk", people))
    links = Badge.prerequisites.through._base_manager.using(using).filter(to_badge__slug__in=sorted(waited_for))
    return [
        _arm(held, HELD, F("recipient"), Cast(stands, NUMBER), F("slot"), F("earned_at"), F("badge_id")),
        _arm(rows, BADGES, NO_MOMENT, published, F("slug"), NO_MOMENT, F("pk")),
        _arm(users, PEOPLE, F("pk"), Value(0), Value(""), NO_MOMENT, Value(0)),
        _arm(links, PREREQUISITES, NO_MOMENT, F("to_badge_id"), Value(""), NO_MOMENT, F("from_badge_id")),
    ]


def _arm(rows: Any, arm: int, *columns: Any) -> Any:
    values = zip(COLUMNS, (Value(arm), *columns), strict=True)
    return rows.order_by().annotate(**dict(values)).values_list(*COLUMNS)


def measure_arm(number: int, measure: Measure, people: People, using: str) -> Any:
    """Return the arm of a measure; ``number`` tells its rows from those of other measures."""
    found = measure.values(people, using)
    return found.annotate(badger_arm=Value(MEASURES), badger_ref=Value(number)).values_list(*COLUMNS)


def set_arm(number: int, one_set: Any, people: People) -> Any:
    """Return the arm of a set of people; ``number`` tells its rows from those of other sets."""
    users: Any = get_user_model()._base_manager.using(award_alias()).filter(**of_people("pk", people))
    inside = users.filter(pk__in=_keys_of(one_set.query()))
    return _arm(inside, SETS, F("pk"), Value(0), Value(""), NO_MOMENT, Value(number))


def _keys_of(query: Any) -> Any:
    """Return a query of people as something that fits behind IN."""
    if query.query.is_sliced:
        # MariaDB refuses LIMIT inside IN (…); a handful of keys is as good.
        return [row[0] if isinstance(row, tuple) else getattr(row, "pk", row) for row in query]
    return query
