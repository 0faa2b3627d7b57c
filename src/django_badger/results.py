"""What the doors answer: small values, true only where something new was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_badger import wording
from django_badger.models import Award, Badge, Run
from django_badger.people import display_of


@dataclass(frozen=True)
class Awarded:
    """A new award was made; it is ``award``."""

    award: Award

    def __bool__(self) -> Literal[True]:
        """Something new was made."""
        return True

    @property
    def text(self) -> str:
        """Say so."""
        words = {"person": display_of(self.award.recipient), "badge": wording.award_title(self.award)}
        return _("%(person)s was awarded “%(badge)s”.") % words


@dataclass(frozen=True)
class Already:
    """There is nothing to do: such an award was made before, or (``ended``) the award had ended before."""

    badge: Badge
    recipient: Any
    occasion: str = ""
    ended: bool = False

    def __bool__(self) -> Literal[False]:
        """Nothing new was made."""
        return False

    @cached_property
    def award(self) -> Award | None:
        """The award that was there before: a query. None where the transaction that is going on cannot see it yet."""
        return Award.objects.with_badges().of(self.badge).to(self.recipient).filter(slot=self.occasion).first()

    @property
    def text(self) -> str:
        """Say so."""
        words = {"person": display_of(self.recipient), "badge": wording.title(self.badge, self.occasion)}
        if self.ended:
            return _("The award of “%(badge)s” to %(person)s had ended before.") % words
        return _("%(person)s was awarded “%(badge)s” before.") % words


@dataclass(frozen=True)
class Refused:
    """Nothing was done, and ``text`` says why."""

    text: str

    def __bool__(self) -> Literal[False]:
        """Nothing new was made."""
        return False


@dataclass(frozen=True)
class AwardedMany:
    """What became of an award to many people."""

    awarded: Sequence[Award] = ()
    already: int = 0
    refused: Sequence[tuple[Any, str]] = field(default=())

    def __bool__(self) -> bool:
        """Whether anything new was made."""
        return bool(self.awarded)

    @property
    def text(self) -> str:
        """Say how many, and how many not."""
        number = len(self.awarded)
        parts = [
            ngettext("%(n)s person was awarded the badge.", "%(n)s people were awarded the badge.", number)
            % {"n": number}
        ]
        if self.already:
            parts.append(ngettext("%(n)s had it before.", "%(n)s had it before.", self.already) % {"n": self.already})
        parts += [f"{display_of(person)}: {why}" for person, why in self.refused[:10]]
        return " ".join(parts)


@dataclass(frozen=True)
class Revoked:
    """The award does not stand any more."""

    award: Award

    def __bool__(self) -> Literal[True]:
        """Something was changed."""
        return True

    @property
    def text(self) -> str:
        """Say so."""
        return _("The award was revoked.")


@dataclass(frozen=True)
class Reinstated:
    """The award stands again."""

    award: Award

    def __bool__(self) -> Literal[True]:
        """Something was changed."""
        return True

    @property
    def text(self) -> str:
        """Say so."""
        return _("The award stands again.")


@dataclass(frozen=True)
class Renewed:
    """The award lasts longer; or a new one (``anew``) took the place of one that had expired."""

    award: Award
    anew: bool = False

    def __bool__(self) -> Literal[True]:
        """Something was changed."""
        return True

    @property
    def text(self) -> str:
        """Say so."""
        return _("The award was renewed.")


@dataclass(frozen=True)
class Reported:
    """What became of reported progress: ``current`` of ``goal``, and the award where this crossed the line."""

    current: Decimal
    goal: Decimal
    award: Award | None = None
    replayed: bool = False

    def __bool__(self) -> bool:
        """Whether it brought the award."""
        return self.award is not None

    @property
    def percent(self) -> int:
        """How much of the goal it is, in whole percent from 0 to 100."""
        return max(0, min(100, int(self.current * 100 / self.goal)))


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What became of a line of a file of awards.

    ``outcome`` is ``"awarded"``, ``"already"`` or ``"refused"``; ``why`` says why it was not awarded, in words for people.
    ``user`` and ``badge`` are what the line says.
    """

    line: int
    user: str
    badge: str
    outcome: Literal["awarded", "already", "refused"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of awards, in numbers of its lines: of all, of those looked at, awarded and refused.

    ``run`` is the run that did it; None where it was only simulated.
    """

    lines: int
    looked_at: int
    awarded: int
    refused: int
    run: Run | None = None

    def __bool__(self) -> bool:
        """Whether anything new was made, or would be."""
        return self.awarded > 0

    @property
    def already(self) -> int:
        """How many lines say what was awarded before."""
        return self.looked_at - self.awarded - self.refused
