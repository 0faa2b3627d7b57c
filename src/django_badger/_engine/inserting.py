"""Awards written as they are decided: in one statement, for open badges and eligible people only, each place once.

Note [The database sees to it]
    Between the question and the writing a badge may be closed, an account blocked, and somebody else may award the same.
    So the statement that writes looks itself: what is no longer so is left out, and no error. What it made, it returns.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Exists, F, OuterRef

from django_badger._engine.aliases import award_alias
from django_badger._engine.arms import MOMENT
from django_badger._engine.sql import AWARDS, Sql, as_json, blank_of, compiled, joined, sql, value_of
from django_badger._engine.statement import Blank, Named, Statement
from django_badger.models import Award, Badge
from django_badger.people import may_be_awarded
from django_badger.verdicts import Earned

#: What of a new award differs from row to row, in this order; ``slug`` is its badge's.
ROW = ("uuid", "slug", "recipient", "occasion", "slot", "evidence", "earned_at", "expires_at")


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
        """Return it as the row that it has become."""
        earned = self.earned
        return Award(
            pk=self.pk, uuid=self.uuid, badge_id=self.badge_id, recipient_id=earned.user_id, occasion=earned.occasion,
            slot=self.slot, route=Award.Route.RULE, evidence=dict(earned.evidence), earned_at=self.earned_at,
            awarded_at=written.at, expires_at=self.expires_at, announced_at=written.announced_at, run_id=written.run_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What all awards have in common that are written together: when, when they were told of, and in which run."""

    at: datetime
    announced_at: datetime | None
    run_id: Any = None


def insert(new: Sequence[New], written: Written) -> list[New]:
    """Make these awards; return those that were made, in the order (badge, person)."""
    if not new:
        return []
    using = award_alias()
    connection: Any = connections[using]
    returns = bool(connection.features.can_return_rows_from_bulk_insert)
    rows = sorted(new, key=lambda one: (one.slug, str(one.user_id), one.slot))
    statement = _statement(using, settings.AUTH_USER_MODEL, returns=returns)
    told = json.dumps(list(_told(rows, connection)))
    found: Iterable[Any] = statement.run(
        {"rows": told, "at": written.at, "announced": written.announced_at, "run": written.run_id}
    )
    if not returns:
        there = Award.objects.using(using).filter(uuid__in=[one.uuid for one in rows])
        found = there.values_list("pk", "uuid", "badge_id", waited_for(using))
    by_uuid = {one.uuid.hex: one for one in rows}
    made = []
    for pk, uuid, badge_id, waits in found:
        one = by_uuid[str(uuid).replace("-", "")]
        one.pk, one.badge_id, one.waited_for = pk, badge_id, bool(waits)
        made.append(one)
    return made


def waited_for(using: str) -> Exists:
    """Return whether a badge waits for the badge of an award in the database: for a query of awards."""
    links = Badge.prerequisites.through._base_manager.using(using).order_by()
    return Exists(links.filter(to_badge=OuterRef("badge")))


def _told(rows: Iterable[New], connection: Any) -> Iterator[list[Any]]:
    """Return the columns of each row as JSON can carry them. Raises where a moment is none: PostgreSQL would guess."""
    person, when = Award._meta.get_field("recipient").target_field, Award._meta.get_field("earned_at")
    native = connection.features.has_native_uuid_field
    moments: dict[datetime | None, str | None] = {None: None}
    for one in rows:
        earned = one.earned
        for moment in (one.earned_at, one.expires_at):
            if moment not in moments:
                moments[moment] = str(when.get_db_prep_value(moment, connection))
        key = person.get_db_prep_value(earned.user_id, connection)
        yield [
            str(one.uuid) if native else one.uuid.hex, one.slug, key if isinstance(key, int) else str(key),
            earned.occasion, one.slot, json.dumps(dict(earned.evidence)), moments[one.earned_at], moments[one.expires_at],
        ]  # fmt: skip


@lru_cache(maxsize=16)
def _statement(using: str, _user_model: str, *, returns: bool) -> Statement:
    """Return the statement that makes awards of a list of rows, which is one parameter: it is the same for any number."""
    moment, run = Award._meta.get_field("announced_at"), Award._meta.get_field("run").target_field
    row = {name: Sql(f"badger_new.{name}") for name in ROW}
    columns: dict[str, Sql] = {
        **{name: expression for name, expression in row.items() if name != "slug"},
        "badge": Sql("badger_open.badger_pk"), "evidence": as_json(row["evidence"], using),
        "awarded_at": blank_of("at", moment, using), "announced_at": blank_of("announced", moment, using),
        "run": blank_of("run", run, using),
    }  # fmt: skip
    source = sql(
        _rows(using), "JOIN (", _open_badges(using), ") badger_open ON badger_open.badger_slug = badger_new.slug",
        "JOIN (", eligible(using), ") badger_people ON badger_people.badger_pk = badger_new.recipient WHERE 1 = 1",
        "" if connections[using].vendor == "sqlite" else "ORDER BY badger_open.badger_pk, badger_new.recipient",
    )  # fmt: skip
    quote = connections[using].ops.quote_name
    links = quote(Badge.prerequisites.through._meta.db_table)
    waits = f"EXISTS (SELECT 1 FROM {links} WHERE to_badge_id = badge_id)"  # noqa: S608  a table of ours
    found = insert_from(source, columns, using, returning=("id", "uuid", "badge_id", waits) if returns else ())
    named = Named()
    text = named.text(found.text, found.params)
    return Statement(using, text, named.constants, named.blanks)


def _rows(using: str) -> Sql:
    """Return the list of rows as a table, ``badger_new``, with the columns ``ROW``."""
    connection: Any = connections[using]
    rows = Blank("rows", Award._meta.get_field("reason"))
    if connection.vendor == "sqlite":
        parts = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(ROW))
        return sql(f"(SELECT {parts} FROM json_each(", Sql("%s", (rows,)), ")) badger_new")  # noqa: S608  our own names
    types = {name: _type(name, connection) for name in ROW}
    if connection.vendor == "postgresql":
        parts = ", ".join(
            f"CAST(badger_row->>{place} AS {kind}) AS {name}" for place, (name, kind) in enumerate(types.items())
        )
        read = f"(SELECT {parts} FROM json_array_elements(CAST("  # noqa: S608  our own names
        return sql(read, Sql("%s", (rows,)), "AS json)) badger_row) badger_new")
    parts = ", ".join(f"{name} {kind} PATH '$[{place}]'" for place, (name, kind) in enumerate(types.items()))
    return sql("JSON_TABLE(", Sql("%s", (rows,)), f", '$[*]' COLUMNS ({parts})) badger_new")


def _type(name: str, connection: Any) -> str:
    """Return the database's type of a column of a row. Evidence is a text until it is written."""
    if name == "evidence":
        return "text" if connection.vendor == "postgresql" else "longtext"
    model = Badge if name == "slug" else Award
    kind = str(model._meta.get_field(name).db_type(connection))
    return "char(36)" if kind == "uuid" and connection.vendor == "mysql" else kind  # it knows none in JSON_TABLE


def _open_badges(using: str) -> Sql:
    badges = Badge.objects.using(using).open_at(MOMENT).order_by()
    return _piece(
        badges.annotate(badger_pk=F("pk"), badger_slug=F("slug")).values_list("badger_pk", "badger_slug"), using
    )


def eligible(using: str, **condition: Any) -> Sql:
    """Return the query of the people who may be awarded, in a column ``badger_pk``."""
    users: Any = get_user_model()._base_manager.using(using).filter(may_be_awarded(), **condition).order_by()
    return _piece(users.annotate(badger_pk=F("pk")).values_list("badger_pk"), using)


def _piece(query: Any, using: str) -> Sql:
    return compiled(query, using) or Sql("")


def insert_from(
    source: Sql, columns: Mapping[str, Sql | str], using: str, *, ctes: Sql | str = "", returning: Collection[str] = ()
) -> Sql:
    """Return the statement that makes awards of the rows of a source; a row whose place is taken is left out.

    ``columns`` are the expressions by field; what they do not name has its default.
    """
    connection: Any = connections[using]
    quote = connection.ops.quote_name
    names, values = [], []
    for column in Award._meta.concrete_fields:
        default = None if column.primary_key else column.get_default()
        if column.name in columns or default is not None:
            names.append(quote(str(column.column)))
            values.append(columns.get(column.name) or value_of(getattr(column, "target_field", column), default, using))
    mysql = connection.vendor == "mysql"
    return sql(
        # MySQL has no other word for leaving out what is there; every value fits its column.
        "INSERT IGNORE INTO" if mysql else "INSERT INTO", quote(AWARDS), f"({', '.join(names)})", ctes,
        "SELECT", joined(",", values), "FROM", source,
        "" if mysql else "ON CONFLICT (badge_id, recipient_id, slot) DO NOTHING",
        f"RETURNING {', '.join(returning)}" if returning else "",
    )  # fmt: skip
