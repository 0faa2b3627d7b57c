"""The rule "something on so many days in a row"."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Model, Q, TextField
from django.utils.text import format_lazy
from django.utils.translation import ngettext_lazy

from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.rules.counting import measured
from django_badger.rules.kinds import leads_to_one
from django_badger.rules.lengths import spelled
from django_badger.rules.once import ReachesOnce
from django_badger.rules.paths import field_at
from django_badger.rules.reaching import Number, Reaches, Tally
from django_badger.rules.since import refuse_timeless
from django_badger.rules.streaks import LENGTHS, Streaks, Unit

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Streak(ReachesOnce):
    """The rule "something on so many days, or in so many weeks, in a row"."""

    def text(self) -> str | Promise:
        """Return what is done, for how many days or weeks, and how many of them may be missed."""
        many, gap = math.ceil(self.goal), self.measure.gap
        sentences: dict[str, Any] = {
            "day": ngettext_lazy("{things} on {number} day", "{things} on {number} days in a row", many),
            "week": ngettext_lazy("{things} in {number} week", "{things} in {number} weeks in a row", many),
        }
        frames: dict[str, Any] = {
            "day": ngettext_lazy(
                "{what} ({gap} day may be missed in between)", "{what} ({gap} days may be missed in between)", gap
            ),
            "week": ngettext_lazy(
                "{what} ({gap} week may be missed in between)", "{what} ({gap} weeks may be missed in between)", gap
            ),
        }
        unit, things = self.measure.unit, self.measure.model._meta.verbose_name_plural
        what = format_lazy(sentences[unit], things=things, number=spelled(many))
        return format_lazy(frames[unit], what=what, gap=spelled(gap)) if gap else what


def _faults(unit: Any, gap: Any) -> Iterator[str]:
    if unit not in LENGTHS:
        yield f"unit={unit!r} is none: write {' or '.join(map(repr, LENGTHS))}"
    if not isinstance(gap, int) or isinstance(gap, bool) or gap < 0:
        yield f"gap={gap!r} is no number of days that may be missing: write 0 or more"


def _from_row(model: type[Model], by: str, timezone: str) -> str:
    """Return the path from a row to the name of its person's time zone."""
    *steps, _last = by.split("__")
    owner: Any = field_at(model, by)
    return "__".join([*steps, *([owner.name] if owner.is_relation else []), timezone])


def _no_zone(path: str) -> Iterator[str]:
    """Return why a path from the user leads to no name of a time zone."""
    user = get_user_model()
    try:
        fits = leads_to_one(user, path) and isinstance(field_at(user, path), (CharField, TextField))
    except FieldDoesNotExist as error:
        yield str(error)
        return
    if not fits:
        yield f"timezone={path!r} of {user._meta.label} is no text: name the field with a name like 'Europe/Berlin'"


@overload
def streak(
    model: type[Model],
    *,
    by: str,
    unit: Unit = ...,
    gap: int = ...,
    where: Q | None = ...,
    at: str | None = ...,
    timezone: str = ...,
) -> Tally: ...
@overload
def streak(
    model: type[Model],
    *,
    by: str,
    reaches: Number,
    unit: Unit = ...,
    gap: int = ...,
    where: Q | None = ...,
    at: str | None = ...,
    timezone: str = ...,
) -> Reaches: ...
def streak(
    model: type[Model],
    *,
    by: str,
    reaches: Number | None = None,
    unit: Unit = "day",
    gap: int = 0,
    where: Q | None = None,
    at: str | None = None,
    timezone: str = "",
) -> Tally | Reaches:
    """Earned by rows of ``model`` on ``reaches`` days in a row, or in so many weeks (``unit="week"``).

    ``gap`` days or weeks may be missing between two of them, as often as it happens; counted are those with a row.
    ``timezone`` is the path from the user to a text, the name of the time zone in which their days begin and end:
    ``timezone="profile__timezone"``. Without it, and where it is empty or no such name, it is the site's.
    The other words are those of :func:`created`.
    """
    measure = measured(model, "count", by=by, where=where, at=at)
    refuse_timeless(model, measure.at, "a streak")
    wrong = [*_faults(unit, gap), *(_no_zone(timezone) if timezone else ())]
    if wrong:
        raise BadDeclaration(f"{declared_at()}: {'; '.join(wrong)}")
    zone = _from_row(model, by, timezone) if timezone else ""
    tally = Tally(Streaks(measure, unit, gap, zone), Streak)
    return tally if reaches is None else tally.reaches(reaches)
