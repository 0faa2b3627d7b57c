"""What a badge is called, in the reader's language.

A declared badge's words are lazy and come from its declaration; what code leaves out, and all words of other badges,
come from the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from django_badger.registry import registry

if TYPE_CHECKING:
    from decimal import Decimal

    from django_badger.definitions import Declaration
    from django_badger.models import Award, Badge


def declaration_of(badge: Badge) -> Declaration | None:
    """Return what code says about a badge, or None where code says nothing."""
    return registry.get(badge.slug) if badge.origin == badge.Origin.CODE else None


def title(badge: Badge, occasion: str = "") -> str:
    """Return a badge's title, for one occasion where its title names occasions: "2026 regular"."""
    declared = declaration_of(badge)
    words = str(declared.title) if declared else badge.title
    if "{occasion}" not in words:
        return words
    return capfirst(" ".join(words.replace("{occasion}", occasion.rpartition(":")[2]).split()))


def award_title(award: Award) -> str:
    """Return the title of the badge that was awarded, for the occasion it was awarded for."""
    return title(award.badge, award.occasion)


def description(badge: Badge) -> str:
    """Return what a badge says about itself."""
    declared = declaration_of(badge)
    return str(declared.description) if declared and declared.description else badge.description


def criteria(badge: Badge) -> str:
    """Return what it takes: what code or staff wrote, else the sentence of the rule, else nothing."""
    declared = declaration_of(badge)
    if declared and declared.criteria:
        return str(declared.criteria)
    if badge.criteria:
        return badge.criteria
    if declared and declared.when:
        return capfirst(str(declared.when.text()))
    if declared and declared.goal is not None:
        return reach(declared.goal)
    return ""


def reach(goal: Decimal) -> str:
    """Return what it takes where the site itself reports the progress."""
    return _("Reach %(goal)s.") % {"goal": number_format(goal.normalize())}


def image_alt(badge: Badge) -> str:
    """Return what a badge's image shows, in words: its title where nobody wrote anything better."""
    declared = declaration_of(badge)
    return (str(declared.image_alt) if declared else "") or badge.image_alt or title(badge)
