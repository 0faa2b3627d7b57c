"""A rule as one query: everybody among some people who has earned it, when, and on what evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connections
from django.db.models import Count, DateTimeField, Max, Min, Q
from django.db.models.expressions import RawSQL

from django_badger._engine.aliases import award_alias, source_alias
from django_badger._engine.due import Asked
from django_badger._engine.sql import (
    AWARDS,
    NUMBER_HERE,
    VENDORS,
    Sql,
    compiled,
    concatenated,
    evidence_text,
    joined,
    listed,
    sql,
    text_of,
    value_of,
)
from django_badger.models import Award, Badge
from django_badger.rules.combining import AtLeast
from django_badger.rules.holding import Has
from django_badger.rules.protocol import AsksAll, ComesAndGoes
from django_badger.rules.whom import belonging

#: What every query of earners gives.
COLUMNS = "(badger_user, badger_text, badger_at, badger_evidence)"


def earners(rule: Any, asked: Asked, name: str = "badger_earned") -> list[Sql] | None:
    """Return the queries, each named and built on those before it, of which the last is called ``name``.

    That one has one row a person and occasion: badger_user, badger_text, badger_at, badger_evidence. None where the rule
    cannot be asked so: where it, or one of its parts, reads person by person, tells occasions apart in a combination, or
    reads another database than the one that awards live in.

    Each part has a name of its own, because SQLite reads queries within queries to a small depth only.
    """
    if connections[asked.using].vendor not in VENDORS or not reads_here(rule):
        return None
    if isinstance(rule, AtLeast):
        return _combined(rule, asked, name)
    found = _leaf(rule, asked) if isinstance(rule, AsksAll) else None
    return None if found is None else [_named(name, found)]


def _named(name: str, query: Sql) -> Sql:
    return sql(f"{name}{COLUMNS} AS (", query, ")")


def reads_here(rule: Any) -> bool:
    """Whether all that a rule counts lies in the database that awards live in."""
    return all(source_alias(measure.model) == award_alias() for measure in rule.reads().measures)


def _leaf(rule: AsksAll, asked: Asked) -> Sql | None:
    ask = rule.keepers if asked.still and isinstance(rule, ComesAndGoes) else rule.earners
    query = ask(asked.span, asked.using, asked.at)
    if query is None:
        return None
    found = compiled(query, asked.using)
    if found is None:
        return _nobody(asked)
    evidence = evidence_text(rule.evidence(NUMBER_HERE), "badger_number", asked.using)
    columns = sql("SELECT badger_user, badger_text, badger_at,", evidence, "AS badger_evidence")
    return sql(columns, "FROM (", found, ") badger_leaf")


def _nobody(asked: Asked) -> Sql:
    at = value_of(DateTimeField(), None, asked.using)
    row = sql("SELECT recipient_id AS badger_user, slot AS badger_text,", at, "AS badger_at,")
    return sql(row, text_of("", asked.using), f"AS badger_evidence FROM {AWARDS} WHERE 1 = 0")


def keys_of(slugs: Iterable[str], using: str) -> Any:
    """Return the query of the keys of these badges."""
    return Badge.objects.using(using).filter(slug__in=sorted(slugs)).order_by("pk").values_list("pk", flat=True)


def _badges(slugs: Iterable[str], asked: Asked) -> Any:
    """Return these badges: a query; of a run their keys, because of these the planner knows how many awards each has."""
    if asked.needed:
        return asked.needed
    return keys_of(slugs, asked.using) if asked.badge is None else list(keys_of(slugs, asked.using))


def _standing(badges: Any, asked: Asked) -> Any:
    rows = Award.objects.using(asked.using).filter(badge__in=badges, ended="").order_by()
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=asked.at), **belonging("recipient", asked.span))


def _combined(rule: AtLeast, asked: Asked, name: str) -> list[Sql] | None:
    """Return who fulfils so many of the parts: the moment is the nth of theirs."""
    if is_all_badges(rule):
        return _holders_of_all(rule, asked, name)
    queries, parts = [], []
    for number, part in enumerate(rule.parts):
        found = None if _tells_occasions_apart(part) else earners(part, asked, f"{name}_{number}")
        if found is None:
            return None
        queries += found
        parts.append(f"SELECT badger_user, badger_at, badger_evidence, {number} AS badger_part FROM {name}_{number}")
    order = "OVER (PARTITION BY badger_user ORDER BY CASE WHEN badger_at IS NULL THEN 1 ELSE 0 END, badger_at)"
    numbered = sql(
        f"{name}_parts AS (SELECT badger_user, badger_at, badger_evidence, badger_part,",
        f"ROW_NUMBER() {order} AS badger_nth FROM (", joined("UNION ALL", parts), ") badger_union)",
    )  # fmt: skip
    pieces = [text_of('{"parts": [', asked.using), listed("badger_evidence", "badger_part", asked.using)]
    whole = sql(
        "SELECT badger_user,", text_of("", asked.using), "AS badger_text,",
        f"MIN(CASE WHEN badger_nth = {rule.needed} THEN badger_at END) AS badger_at,",
        concatenated([*pieces, text_of("]}", asked.using)], asked.using), f"AS badger_evidence FROM {name}_parts",
        f"GROUP BY badger_user HAVING COUNT(*) >= {rule.needed}",
    )  # fmt: skip
    return [*queries, numbered, _named(name, whole)]


def is_all_badges(rule: Any) -> bool:
    """Whether a rule says no more than that all of some badges are held: then who was awarded its badge is left out here."""
    if not isinstance(rule, AtLeast):
        return False
    held = {part.slug for part in rule.parts if isinstance(part, Has) and part.times == 1}
    return rule.needed == len(rule.parts) == len(held)


def _holders_of_all(rule: AtLeast, asked: Asked, name: str) -> list[Sql]:
    """Return who holds all of some badges, since the last of them: their awards are read once, however many badges.

    Who has as many awards as there are badges, all of them without an occasion, has one of each. Others with enough awards
    are looked at again: of each badge, the first award counts.
    """
    slugs = [part.slug for part in rule.parts if isinstance(part, Has)]
    standing = _standing(_badges(slugs, asked), asked)
    whole, again = _held(standing, rule.needed, asked.using), _held_since(standing, rule.needed, name, asked.using)
    if whole is None or again is None:
        return [_named(name, _nobody(asked))]
    evidence = json.dumps({"parts": [part.evidence("1") for part in rule.parts if isinstance(part, Has)]})
    each_once = f"(whole.badger_awards = {rule.needed} AND whole.badger_plain = {rule.needed})"
    found = sql(
        "SELECT due.badger_user,", text_of("", asked.using), "AS badger_text,",
        f"CASE WHEN {each_once} THEN whole.badger_last ELSE again.badger_at END AS badger_at,",
        text_of(evidence, asked.using), f"AS badger_evidence FROM {name}_due due",
        f"JOIN {name}_whole whole ON whole.badger_user = due.badger_user",
        f"LEFT JOIN {name}_again again ON again.badger_user = due.badger_user",
        f"WHERE {each_once} OR again.badger_user IS NOT NULL",
    )  # fmt: skip
    return [
        sql(f"{name}_whole(badger_user, badger_last, badger_awards, badger_plain) AS (", whole, ")"),
        sql(f"{name}_due(badger_user) AS (SELECT badger_user FROM {name}_whole", _besides(asked), ")"),
        sql(f"{name}_many(badger_user) AS (SELECT due.badger_user FROM {name}_due due JOIN {name}_whole whole "
            f"ON whole.badger_user = due.badger_user WHERE NOT {each_once})"),
        sql(f"{name}_again(badger_user, badger_at) AS (", again, ")"),
        _named(name, found),
    ]  # fmt: skip


def _held(standing: Any, number: int, using: str) -> Sql | None:
    """Return who has so many of these awards, when the last was earned, how many, and how many without an occasion."""
    held = standing.values("recipient_id").annotate(
        badger_last=Max("earned_at"), badger_awards=Count("*"), badger_plain=Count("pk", filter=Q(slot=""))
    )
    found = held.filter(badger_awards__gte=number)
    return compiled(found.values_list("recipient_id", "badger_last", "badger_awards", "badger_plain"), using)


def _held_since(standing: Any, number: int, name: str, using: str) -> Sql | None:
    """Return since when those of ``name``_many hold so many different ones of these badges, who do."""
    many = standing.filter(recipient__in=RawSQL(f"SELECT badger_user FROM {name}_many", ()))  # noqa: S611  a name of ours
    first = compiled(many.values("recipient_id", "badge_id").annotate(badger_since=Min("earned_at")), using)
    if first is None:
        return None
    since = sql("SELECT recipient_id, MAX(badger_since) FROM (", first, ") badger_held")
    return sql(since, f"GROUP BY recipient_id HAVING COUNT(*) = {number}")


def _besides(asked: Asked) -> Sql:
    """Return what takes those away who were awarded the badge before."""
    rows = Award.objects.using(asked.using).filter(badge=asked.badge, slot="", **belonging("recipient", asked.span))
    taken = compiled(rows.order_by().values_list("recipient_id"), asked.using) if asked.badge is not None else None
    return Sql("") if taken is None else sql("EXCEPT", taken)


def _tells_occasions_apart(rule: Any) -> bool:
    """Whether a part is, or may be, earned for occasions: of a rule of the site's own nobody can know."""
    ours = type(rule).__module__.startswith("django_badger.")
    return not ours or any(getattr(measure, "each", None) for measure in rule.reads().measures)
