"""The arms of a probe: queries with the same nine columns, so that one UNION ALL carries them all.

The columns are: which arm, whom, a number, a text, a moment, a reference, a badge's slug, and of an award when it expires
and when its grace ends. The first arm is made of real columns; it gives the union its types on every database.

Note [What is asked about badges]
    Declared badges are open nearly all the time, and nearly everybody may be awarded. So an event asks only what it cannot
    know: what the person has. Whoever writes an award lets the database see to it that the badge is open and the account not
    blocked (Note [The database sees to it]); where that refuses something, all of it is asked anew, carefully: the row of
    each badge, and who may be awarded. A badge that was found closed so is asked about from then on, so that those who
    would earn it do not try in vain each time.

Note [What is gathered]
    Of a badge that is earned by reaching a goal, kept for good, and needed by no other, an event has to know no more than
    whether somebody has it. Where only such badges listen, their rows carry no more than that (``PLACES``), and without
    occasions one row names those that somebody has. Where very many listen, one row names all that somebody has: a row for
    each would cost more than everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    F,
    Func,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from django_badger._engine.aliases import award_alias
from django_badger._engine.statement import Blank
from django_badger.models import Award, Badge
from django_badger.models.badge import open_at
from django_badger.people import may_be_awarded
from django_badger.rules.every import keys_of
from django_badger.rules.measures import NUMBER, Measure
from django_badger.rules.whom import belonging

HELD, TAKEN, GATHERED, BADGES, PEOPLE, MEASURES, SETS = range(7)
COLUMNS = (
    "badger_arm", "badger_user", "badger_number", "badger_text", "badger_at", "badger_ref", "badger_slug",
    "badger_expires", "badger_lapses",
)  # fmt: skip
#: Where they are.
ARM, USER, VALUE, TEXT, AT, REF, SLUG, EXPIRES, LAPSES = range(len(COLUMNS))
#: Those that are left where nobody asks how an award is held.
PLACES = COLUMNS[:EXPIRES]
MOMENT = Blank("at", DateTimeField())


class Never(Func):
    """No moment. Those with another name are another column: Django takes two equal ones in a query for one."""

    template = "NULL"
    output_field = DateTimeField()

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: it is the same in every row. SQLite would sort all of them by it."""
        return []

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it with its type, which PostgreSQL does not guess within a query."""
        return self.as_sql(compiler, connection, template="NULL::timestamptz", **context)


class Zero(Cast):
    """No number. SQLite would sort all rows by it, too."""

    def __init__(self) -> None:
        super().__init__(Value(0), NUMBER)

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: it is the same in every row."""
        return []


class Gathered(Aggregate):
    """Keys as one text, with commas between them. See the note."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it in PostgreSQL's words."""
        return self.as_sql(compiler, connection, template="STRING_AGG((%(expressions)s)::text, ',')", **context)


NO_MOMENT = Value(None, output_field=DateTimeField())
#: No badge's key.
NOTHING = Value(0, output_field=BigIntegerField())
#: Of so many badges the ones that are meant are named; of more, all that a person has is read.
NAMED = 40


class Hold(IntEnum):
    """How an award is held: above zero it stands."""

    EXPIRED = -1
    ENDED = 0
    GIVEN = 1
    EARNED = 2
    DOUBTED = 3
    OVERDUE = 4


HOLDS = {hold.value: hold for hold in Hold}
#: How an award is held, as far as that does not change by itself.
HOLD = Case(
    When(~Q(ended=""), then=Value(Hold.ENDED.value)),
    When(~Q(route=Award.Route.RULE), then=Value(Hold.GIVEN.value)),
    default=Value(Hold.EARNED.value),
)


def hold_at(hold: int, expires_at: datetime | None, lapses_at: datetime | None, at: datetime) -> Hold:
    """Return how an award is held at a moment; what a rule gave, and its rule no longer says, is in doubt until its grace is over."""
    if hold > Hold.ENDED and expires_at is not None and expires_at <= at:
        return Hold.EXPIRED
    if hold == Hold.EARNED and lapses_at is not None:
        return Hold.DOUBTED if lapses_at > at else Hold.OVERDUE
    return HOLDS[hold]


#: The keys of some people, or the blank of one.
People = Sequence[Any] | Blank


def own_arms(
    people: People,
    badges: Collection[str],
    *,
    keys: Collection[Any] | None = None,
    doubted: Collection[str] = (),
    careful: bool = False,
    taken: bool = False,
    together: bool = False,
    gathered: bool = False,
) -> list[Any]:
    """Return the arms about our own tables: what is held, and whether the ``doubted`` badges are open.

    ``keys`` are those of the badges' rows, where they are known: then slugs are not looked up. With ``careful`` (see the
    note) it is asked whether any of the badges is open, and who may be awarded. With ``taken`` it is only asked whether
    somebody has the badges; ``together``, for no occasion, in one row. With ``gathered`` what somebody has of any badge
    is asked as well, in one row.
    """
    using = award_alias()
    awards = Award.objects.using(using).filter(**belonging("recipient", people))
    held = awards
    if careful or len(badges) <= NAMED:
        held = held.filter(badge__slug__in=sorted(badges)) if keys is None else held.filter(badge__in=sorted(keys))
    slug: Any = F("badge__slug") if keys is None else Value("")
    columns = (
        F("recipient"),
        Cast(HOLD, NUMBER),
        F("slot"),
        F("earned_at"),
        F("badge_id"),
        slug,
        F("expires_at"),
        F("lapses_at"),
    )
    found = [_taken(held, together=together) if taken else _arm(held, HELD, *columns)]
    if gathered:
        found.append(_gathered(awards))
    asked = badges if careful else doubted
    if asked:
        rows = Badge.objects.using(using).filter(slug__in=sorted(asked))
        is_open: Any = Case(When(open_at(MOMENT), then=Value(1)), default=Value(0))
        found.append(_arm(rows, BADGES, NO_MOMENT, is_open, Value(""), NO_MOMENT, F("pk"), F("slug")))
    if careful:
        users: Any = get_user_model()._base_manager.using(using).filter(may_be_awarded(), **belonging("pk", people))
        found.append(_arm(users, PEOPLE, F("pk"), Value(0), Value(""), NO_MOMENT, Value(0), Value("")))
    return found


def _arm(rows: Any, arm: int, *columns: Any) -> Any:
    nothing = [NO_MOMENT] * (len(COLUMNS) - 1 - len(columns))
    values = zip(COLUMNS, (Value(arm), *columns, *nothing), strict=True)
    return rows.order_by().annotate(**dict(values)).values_list(*COLUMNS)


def _taken(awards: Any, *, together: bool) -> Any:
    """Return the arm that says no more of these awards than where their places are: a row for each, or one for all.

    ``together`` are those that are for no occasion.
    """
    if not together:
        return _place(awards.order_by(), TAKEN, badger_ref=F("badge"), badger_slug=Value(""))
    rows = awards.filter(slot="").order_by().values("recipient")
    return _place(rows, GATHERED, badger_text=Value(""), badger_ref=NOTHING, badger_slug=Gathered("badge"))


def _gathered(awards: Any) -> Any:
    """Return the arm with a row for each person and place, which names the badges of these awards."""
    rows = awards.order_by().values("recipient", "slot")
    return _place(rows, GATHERED, badger_ref=NOTHING, badger_slug=Gathered("badge"))


def _place(rows: Any, arm: int, **columns: Any) -> Any:
    same = {
        "badger_arm": Value(arm), "badger_user": F("recipient"), "badger_number": Zero(), "badger_text": F("slot"),
        "badger_at": Never("at"), "badger_expires": Never("expires"), "badger_lapses": Never("lapses"),
    }  # fmt: skip
    return rows.annotate(**{**same, **columns}).values_list(*COLUMNS)


def can_gather(using: str) -> bool:
    """Whether a database gathers any number of keys. MySQL cuts what becomes long, and says nothing."""
    return connections[using].vendor in {"sqlite", "postgresql"}


def measure_arm(number: int, measure: Measure, people: People, using: str) -> Any:
    """Return the arm of a measure; ``number`` tells its rows from those of other measures."""
    found = measure.values(people, using, MOMENT)
    # Of another type than the arm's: Django takes two equal values in a query that is filtered by a window for one column.
    reference = Value(number, output_field=BigIntegerField())
    # Another text than the occasion's, for the same reason.
    nothing = Value("-", output_field=CharField())
    arm = found.annotate(
        badger_arm=Value(MEASURES), badger_ref=reference, badger_slug=nothing, badger_expires=Never("expires"),
        badger_lapses=Never("lapses"),
    )  # fmt: skip
    return arm.values_list(*COLUMNS)


def set_arm(number: int, one_set: Any, people: People) -> Any:
    """Return the arm of a set of people; ``number`` tells its rows from those of other sets."""
    users: Any = get_user_model()._base_manager.using(award_alias()).filter(**belonging("pk", people))
    inside = users.filter(pk__in=keys_of(one_set.query()))
    return _arm(inside, SETS, F("pk"), Value(0), Value(""), NO_MOMENT, Value(number), Value(""))
