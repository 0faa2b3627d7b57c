"""What holders decide about their own awards: which ones others see, where, and in which order.

Only the holder decides, and nobody for them; superusers neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from django_badger._engine import showcase as rows
from django_badger._engine.aliases import award_alias
from django_badger.exceptions import NotAllowed
from django_badger.models import Award, Showcase

#: How many awards somebody can pin.
MOST_PINNED = 12


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody lets others see: ``hidden``: nothing; ``unlisted``: nothing in lists of several people."""

    hidden: bool = False
    unlisted: bool = False


def choices_of(user: Any) -> Choices:
    """Return what somebody chose; who never did shows everything."""
    found = Showcase.objects.using(award_alias()).filter(user=user.pk).first()
    return Choices(found.hidden, found.unlisted) if found else Choices()


def choose(user: Any, *, hidden: bool | None = None, unlisted: bool | None = None) -> None:
    """Note what somebody chose for all their awards; None leaves a choice as it is."""
    given = {"hidden": hidden, "unlisted": unlisted}
    chosen = {name: choice for name, choice in given.items() if choice is not None}
    if chosen:
        rows.choose(user.pk, **chosen)


def hide(award: Award, *, by: Any) -> bool:
    """Let nobody else see an award; return False where that is so already. Raises ``NotAllowed`` for all but its holder."""
    return rows.set_hidden(_own(award, by), hidden=True)


def show(award: Award, *, by: Any) -> bool:
    """Let others see an award again; return False where they do. Raises ``NotAllowed`` for all but its holder."""
    return rows.set_hidden(_own(award, by), hidden=False)


def pin(award: Award, *, by: Any) -> bool:
    """Show an award first, behind those that are pinned already.

    Return False where there is no place for one more, or it stands no more. Raises ``NotAllowed`` for all but its holder.
    """
    pinned = rows.pinned_by(_own(award, by).recipient_id)
    if award.pk in pinned:
        return True
    if len(pinned) >= MOST_PINNED or not award.stands:
        return False
    rows.set_pinned(award.recipient_id, [*pinned, award.pk])
    return True


def unpin(award: Award, *, by: Any) -> None:
    """Show an award where its date puts it. Raises ``NotAllowed`` for all but its holder."""
    pinned = rows.pinned_by(_own(award, by).recipient_id)
    rows.set_pinned(award.recipient_id, [key for key in pinned if key != award.pk])


def move(award: Award, *, by: Any, places: int) -> bool:
    """Move a pinned award so many places down, or up where the number is negative; the ends stop it.

    Return False where it is not pinned. Raises ``NotAllowed`` for all but its holder.
    """
    pinned = rows.pinned_by(_own(award, by).recipient_id)
    if award.pk not in pinned:
        return False
    place = max(0, pinned.index(award.pk) + places)
    pinned.remove(award.pk)
    pinned.insert(place, award.pk)
    rows.set_pinned(award.recipient_id, pinned)
    return True


def _own(award: Award, by: Any) -> Award:
    if by is None or by.pk != award.recipient_id:
        raise NotAllowed(_("Only its holder decides how an award is shown."))
    return award
