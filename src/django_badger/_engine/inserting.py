"""Awards written as they are decided: in one statement, for open badges and eligible people only, each place once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections
from django.db.models import Exists, OuterRef

from django_badger._engine.aliases import award_alias
from django_badger._engine.making import OFTEN_ALIKE, Form, listed, statement_of
from django_badger.models import Award, Badge
from django_badger.verdicts import Earned


@dataclass(slots=True, eq=False)
class New:
    """An award that is to be made, by a rule.

    Once it is made, ``pk`` and ``badge_id`` are there, and whether a badge waits for its badge in the database.
    """

    earned: Earned
    earned_at: datetime
    expires_at: datetime | None
    repeatable: bool
    uuid: UUID = field(default_factory=uuid4)
    pk: Any = None
    badge_id: Any = None
    waited_for: bool = False

    @property
    def slug(self) -> str:
        """The badge."""
        return self.earned.slug

    @property
    def user_id(self) -> Any:
        """Whose it is."""
        return self.earned.user_id

    @property
    def slot(self) -> str:
        """The occasion, or a place of its own where the badge may be had again and again."""
        occasion = self.earned.occasion
        return f"{occasion}#{self.uuid}" if self.repeatable and not occasion else occasion

    def award(self, written: Written) -> Award:
        """Return it as the row that it has become: as if it had been read from the database."""
        earned = self.earned
        columns = {
            "id": self.pk, "uuid": self.uuid, "badge_id": self.badge_id, "recipient_id": earned.user_id,
            "occasion": earned.occasion, "slot": self.slot, "route": Award.Route.RULE, "evidence": dict(earned.evidence),
            "earned_at": self.earned_at, "awarded_at": written.at, "expires_at": self.expires_at,
            "announced_at": written.at if written.told else None, "run_id": written.run_id,
        }  # fmt: skip
        row = {**_defaults(), **columns}
        return Award.from_db(award_alias(), row.keys(), row.values())


@cache
def _defaults() -> Mapping[str, Any]:
    """Return all columns of an award, in order, with their defaults."""
    return {one.attname: one.get_default() for one in Award._meta.concrete_fields}


@dataclass(frozen=True, slots=True)
class Written:
    """What all awards have in common that are written together: when, whether they count as told of, and in which run."""

    at: datetime
    told: bool
    run_id: Any = None


_slug = attrgetter("slug")


def _place(one: New) -> tuple[str, str, str]:
    return one.slug, str(one.user_id), one.slot


def insert(new: Sequence[New], written: Written, *, whole: bool = False) -> list[New]:
    """Make these awards; return those that were made, in the order (badge, person).

    With ``whole`` none is made where a badge of one of them is closed, or its person may not be awarded.
    """
    if not new:
        return []
    using = award_alias()
    connection: Any = connections[using]
    returns = bool(connection.features.can_return_rows_from_bulk_insert)
    common = {(one.user_id, one.earned.occasion, one.slot, one.expires_at) for one in new}
    alike = len(common) == 1
    rows = sorted(new, key=_slug if alike else _place)
    number = len(rows)
    form = Form(listed(number, connection), alike, returns, told=written.told, whole=whole and number > 1)
    by_uuid = {one.uuid.hex: one for one in rows}
    values: dict[str, Any] = {"at": written.at, "run": written.run_id, "number": number}
    values |= _columns(rows, form.columns) if form.rows else {"rows": _as_json(by_uuid, connection, alike=alike)}
    if alike:
        values |= zip(OFTEN_ALIKE, *common, strict=True)
    statement = statement_of(using, settings.AUTH_USER_MODEL, form)
    found: Iterable[Any] = statement.run(values, connection)
    if not returns:
        there = Award.objects.using(using).filter(uuid__in=[one.uuid for one in rows])
        found = there.values_list("pk", "uuid", "badge_id", waited_for(using))
    made = []
    for pk, uuid, badge_id, waits in found:
        one = by_uuid[uuid.hex if isinstance(uuid, UUID) else uuid.replace("-", "")]
        one.pk, one.badge_id, one.waited_for = pk, badge_id, bool(waits)
        made.append(one)
    return made


def waited_for(using: str) -> Exists:
    """Return whether a badge waits for the badge of an award in the database: for a query of awards."""
    links = Badge.prerequisites.through._base_manager.using(using).order_by()
    return Exists(links.filter(to_badge=OuterRef("badge")))


def _as_json(rows: Mapping[str, New], connection: Any, *, alike: bool) -> str:
    """Return the columns of rows (by the hex of their uuid) as one JSON text. Raises where a moment is none: PostgreSQL would guess."""
    person, when = Award._meta.get_field("recipient").target_field, Award._meta.get_field("earned_at")
    native, nests = connection.features.has_native_uuid_field, connection.vendor != "mysql"
    moments: dict[datetime | None, str | None] = {None: None}
    keys: dict[Any, int | str] = {}

    def told(moment: datetime | None) -> str | None:
        if moment not in moments:
            moments[moment] = str(when.get_db_prep_value(moment, connection))
        return moments[moment]

    def key_of(user_id: Any) -> int | str:
        if user_id not in keys:
            key = person.get_db_prep_value(user_id, connection)
            keys[user_id] = key if isinstance(key, int) else str(key)
        return keys[user_id]

    found = []
    for uuid, one in rows.items():
        evidence = dict(one.earned.evidence)
        columns: list[Any] = [
            str(one.uuid) if native else uuid, one.slug, evidence if nests else json.dumps(evidence), told(one.earned_at)
        ]  # fmt: skip
        if not alike:
            columns += [key_of(one.user_id), one.earned.occasion, one.slot, told(one.expires_at)]
        found.append(columns)
    return json.dumps(found)


def _columns(rows: Sequence[New], names: Sequence[str]) -> dict[str, Any]:
    """Return these columns of rows by name and number, as Python has them."""
    found: dict[str, Any] = {}
    for number, one in enumerate(rows):
        values = (
            one.uuid, one.slug, json.dumps(dict(one.earned.evidence)), one.earned_at,
            one.user_id, one.earned.occasion, one.slot, one.expires_at,
        )  # fmt: skip
        found |= {f"{name}{number}": value for name, value in zip(names, values, strict=False)}
    return found
