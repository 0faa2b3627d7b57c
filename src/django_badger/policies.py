"""Who may do what. Everything asks ``user.has_perm``, so hosts add their own backend and are asked too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from django_badger.models import Award, Badge


def allowed(person: Any, permission: str, subject: Any) -> bool:
    """Whether a person has a permission, for everything or for this subject."""
    return bool(person.has_perm(permission) or person.has_perm(permission, subject))


def is_saved(user: Any) -> bool:
    """Whether this is an account that is in the database: neither None nor a visitor, nor one not yet saved."""
    return user is not None and user.pk is not None and not user._state.adding


def may_manage(person: Any) -> bool:
    """Whether a person manages badges: sees drafts and secret ones, and what is hidden from others."""
    return bool(person is not None and person.has_perm("badger.change_badge"))


def may_award(person: Any, badge: Badge) -> bool:
    """Whether a person may award this badge to others."""
    return allowed(person, "badger.add_award", badge)


def may_explain(person: Any, user: Any) -> bool:
    """Whether a person may learn why ``user`` has a badge or not: whoever it is about, and who sees awards of others."""
    return person.pk == getattr(user, "pk", None) or allowed(person, "badger.view_award", user)


def why_not_award(badge: Badge, *, to: Any, by: Any, reason: str) -> str:
    """Return why an award may not be made, in words for people; nothing where it may. ``by`` None is the site itself."""
    if not is_saved(to):
        return _("There is nobody to award this badge to: sign up first.")
    if not to.is_active:
        return _("This account is blocked, so it cannot be awarded a badge.")
    closed = why_not_open(badge)
    if closed or by is None:
        return closed
    if not may_award(by, badge):
        return _("You may not award this badge.")
    return _why_not_own_case(by, to, reason)


def why_not_open(badge: Badge) -> str:
    """Return why a badge cannot be earned at this moment, in words for people; nothing where it can."""
    now = timezone.now()
    if not badge.is_published:
        return _("This badge cannot be earned: it is %(status)s.") % {"status": badge.get_status_display()}
    if badge.starts_at is not None and badge.starts_at > now:
        return _("This badge can be earned from %(moment)s on, not yet.") % {"moment": _moment(badge.starts_at)}
    if badge.ends_at is not None and badge.ends_at <= now:
        return _("This badge could be earned until %(moment)s, and cannot any more.") % {
            "moment": _moment(badge.ends_at)
        }
    return ""


def _moment(at: datetime) -> str:
    local = timezone.template_localtime(at)  # type: ignore[attr-defined]  # the stubs do not know it
    return date_format(local, "DATETIME_FORMAT")


def why_not_revoke(award: Award, *, by: Any, reason: str) -> str:
    """Return why an award may not be taken back or given back, in words for people; nothing where it may."""
    if by is None:
        return ""
    if not allowed(by, "badger.change_award", award):
        return _("You may not change this award.")
    return _why_not_own_case(by, award.recipient, reason)


def why_not_renew(award: Award, *, until: datetime | None) -> str:
    """Return why there is nothing to renew, in words for people; nothing where there is."""
    if award.ended:
        return _("This award has ended: award the badge anew.")
    if award.expires_at is None:
        return _("This award does not expire.")
    if until is None:
        return "" if award.badge.valid_for else _("Say until when: the badge does not say how long its awards last.")
    if until <= max(timezone.now(), award.expires_at):
        return _("Choose a later moment: the award would not last longer.")
    return ""


def _why_not_own_case(by: Any, to: Any, reason: str) -> str:
    if by.pk != to.pk:
        return ""
    if not by.is_superuser:
        return _("Nobody decides their own case: ask somebody else.")
    return "" if reason.strip() else _("This is your own case: say why.")
