"""One question to the database that answers everything some rules need to know about some people.

All arms have the same six columns, so one UNION ALL carries them: which arm, whom, a number, a text, a moment, a badge.
The first arm is made of real columns; it gives the union its types on every database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from django_badger._engine.aliases import award_alias, source_alias
from django_badger.models import Award, Badge
from django_badger.rules.facts import Facts
from django_badger.rules.facts import Value as Measured
from django_badger.rules.measures import NUMBER, Measure
from django_badger.rules.protocol import Reads
from django_badger.verdicts import ONE

HELD, BADGES, PREREQUISITES, PEOPLE, MEASURES, SETS = range(6)
COLUMNS = ("badger_arm", "badger_user", "badger_number", "badger_text", "badger_at", "badger_ref")
#: How many arms one statement carries: SQLite takes 500.
ARMS = 400
#: How many people one statement asks about.
PEOPLE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A badge's row, as far as awarding needs it."""

    pk: Any
    slug: str
    published: bool


@dataclass(slots=True)
class Answer:
    """What a probe found: the facts, the rows of the badges, and which badges wait for which in the database."""

    facts: Facts = field(default_factory=Facts)
    badges: dict[str, Known] = field(default_factory=dict)
    needed_for: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))


def probe(
    *, people: Collection[Any], badges: Collection[str], reads: Reads, at: datetime, prerequisites: Collection[str] = ()
) -> Answer:
    """Ask about ``people`` (keys): what they hold of ``badges`` (slugs) and what ``reads`` names.

    One statement a database, for up to 500 people and 400 measures; ``prerequisites`` are the badges of which to
    find out what waits for them.
    """
    answer = Answer()
    everybody = sorted(people, key=str)
    for start in range(0, len(everybody), PEOPLE_AT_ONCE):
        some = everybody[start : start + PEOPLE_AT_ONCE]
        measures, sets = list(reads.measures), list(reads.sets)
        arms = _own_arms(some, sorted(badges), sorted(prerequisites), at)
        by_alias: dict[str, list[QuerySet[Any]]] = defaultdict(list, {award_alias(): arms})
        for number, measure in enumerate(measures):
            alias = source_alias(measure.model)
            by_alias[alias].append(_measure_arm(number, measure, some, alias))
        for number, one_set in enumerate(sets):
            by_alias[award_alias()].append(_set_arm(number, one_set, some))
        held: list[tuple[Any, ...]] = []
        for row in _rows(by_alias):
            _take(answer, row, measures, sets, held)
        _hold(answer, held)
    return answer


def _rows(by_alias: dict[str, list[QuerySet[Any]]]) -> Iterator[tuple[Any, ...]]:
    for arms in by_alias.values():
        for start in range(0, len(arms), ARMS):
            first, *others = arms[start : start + ARMS]
            yield from first.union(*others, all=True) if others else first


def _own_arms(people: Sequence[Any], badges: Sequence[str], waited_for: Sequence[str], at: datetime) -> list[QuerySet[Any]]:
    using = award_alias()
    none = Value(None, output_field=DateTimeField())
    stands = Case(When(Q(expires_at=None) | Q(expires_at__gt=at), ended="", then=Value(1)), default=Value(0))
    held = Award.objects.using(using).filter(recipient__in=people, badge__slug__in=badges).order_by()
    arms: list[QuerySet[Any]] = [
        _arm(held, HELD, F("recipient"), Cast(stands, NUMBER), F("slot"), F("earned_at"), F("badge_id"))
    ]
    rows = Badge.objects.using(using).filter(slug__in=badges).order_by()
    published = Case(When(status=Badge.Status.PUBLISHED, then=Value(1)), default=Value(0))
    arms.append(_arm(rows, BADGES, none, published, F("slug"), none, F("pk")))
    users: Any = get_user_model()._base_manager.using(using).filter(_may_be_awarded(), pk__in=people).order_by()
    arms.append(_arm(users, PEOPLE, F("pk"), Value(0), Value(""), none, Value(0)))
    if waited_for:
        waiting = Badge.prerequisites.through._base_manager.using(using).filter(to_badge__slug__in=waited_for).order_by()
        arms.append(_arm(waiting, PREREQUISITES, none, F("to_badge_id"), Value(""), none, F("from_badge_id")))
    return arms


def _may_be_awarded() -> Q:
    """Return who is eligible: everybody whose account is not blocked."""
    try:
        get_user_model()._meta.get_field("is_active")
    except FieldDoesNotExist:
        return Q()
    return Q(is_active=True)


def _arm(rows: QuerySet[Any], arm: int, user: Any, number: Any, text: Any, at: Any, ref: Any) -> QuerySet[Any]:
    values = zip(COLUMNS, (Value(arm), user, number, text, at, ref), strict=True)
    return rows.annotate(**dict(values)).values_list(*COLUMNS)


def _measure_arm(number: int, measure: Measure, people: Sequence[Any], using: str) -> QuerySet[Any]:
    found = measure.values(people, using)
    return found.annotate(badger_arm=Value(MEASURES), badger_ref=Value(number)).values_list(*COLUMNS)


def _set_arm(number: int, one_set: Any, people: Sequence[Any]) -> QuerySet[Any]:
    users: Any = get_user_model()._base_manager.using(award_alias()).filter(pk__in=people).order_by()
    inside = users.filter(pk__in=set_ids(one_set))
    return _arm(inside, SETS, F("pk"), Value(0), Value(""), Value(None, output_field=DateTimeField()), Value(number))


def set_ids(one_set: Any) -> Any:
    """Return the query of a set of people, as one column: a sliced query is asked on its own, in a table of its own."""
    query = one_set.query()
    if query.query.is_sliced:
        # MariaDB refuses LIMIT inside IN (…); a handful of keys is as good.
        return [row[0] if isinstance(row, tuple) else getattr(row, "pk", row) for row in query]
    return query


def _take(
    answer: Answer, row: tuple[Any, ...], measures: list[Measure], sets: list[Any], held: list[tuple[Any, ...]]
) -> None:
    arm, user, number, text, at, ref = row
    if arm == MEASURES:
        measure = measures[ref]
        step = ONE if measure.aggregate == "count" else None
        answer.facts.values[measure, user][text] = Measured(number, at, step)
    elif arm == SETS:
        answer.facts.members.add((sets[ref], user))
    elif arm == PEOPLE:
        answer.facts.eligible.add(user)
    elif arm == BADGES:
        answer.badges[text] = Known(ref, text, bool(number))
    elif arm == PREREQUISITES:
        answer.needed_for[number].add(ref)
    else:
        held.append(row)


def _hold(answer: Answer, held: list[tuple[Any, ...]]) -> None:
    """Note what is held by slug, now that the badges' keys are known."""
    slugs = {known.pk: known.slug for known in answer.badges.values()}
    for _arm_number, user, stands, slot, since, badge in held:
        slug = slugs[badge]
        answer.facts.filled[user, slug].add(slot)
        if stands:
            mine = answer.facts.held[user]
            mine[slug] = min(since, mine.get(slug, since))
