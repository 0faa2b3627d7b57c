"""What can be wrong with a badge's rule: each finding says what it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_badger._engine.aliases import award_alias
from django_badger._engine.due import Asked
from django_badger._engine.earners import earners
from django_badger.health.known import Known
from django_badger.health.reach import lacking, may_hold
from django_badger.models import Badge
from django_badger.rules.protocol import Rule
from django_badger.rules.whom import Span

#: For how long nobody may earn a badge, and nothing evaluate it, before that is told.
QUIET = timedelta(days=30)
#: For how long an error is told.
RECENT = timedelta(days=7)
#: More than how many percent of the people may not hold a badge, and how many people there must be to say so.
EASY, MANY = 80, 20
#: How many characters of an error are told.
SHORT = 200
#: The codes of all findings.
CODES = (
    "failing", "unreachable", "closed", "never-earned", "not-evaluated", "tiers", "too-easy", "rule-changed",
    "person-by-person",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a badge's rule: ``what`` it is and what ``todo``, in the reader's language.

    ``code`` names it for machines. A ``problem`` asks for somebody to do something; other findings are good to know.
    """

    code: str
    what: str
    todo: str
    problem: bool = True


def findings_of(badge: Badge, known: Known) -> Iterator[Finding]:
    """Return what is found about a badge that can be earned today by a rule; nothing about others."""
    if known.is_ruled(badge) and known.can_be_earned(badge.slug):
        for look in (_failing, _unreachable, _never_earned, _not_evaluated, _tiers, _too_easy, _rule_changed, _slow):
            yield from look(badge, known)


def _failing(badge: Badge, known: Known) -> Iterator[Finding]:
    at = badge.last_error_at
    if at is not None and at > known.at - RECENT:
        words = ngettext(
            "Its code has failed %(n)s time, on %(date)s: %(error)s",
            "Its code has failed %(n)s times, the last time on %(date)s: %(error)s",
            badge.errors,
        )
        error = Truncator(badge.last_error).chars(SHORT)
        what = words % {"n": number_format(badge.errors), "date": _day(at), "error": error}
        todo = _("The log has all of it. Once it is mended, “badger backfill %(badge)s” catches up.")
        yield Finding("failing", what, todo % {"badge": badge.slug})


def _unreachable(badge: Badge, known: Known) -> Iterator[Finding]:
    rule = known.rules.get(badge.slug)
    if rule is None:
        return
    todo = _("Let these badges be earned again, or take them out of what it takes.")
    missing, closed = lacking(rule, known.in_reach), lacking(rule, known.in_reach_of_all)
    if missing:
        what = _("Nobody can earn it, because of what it needs: %(badges)s.")
        yield Finding("unreachable", what % {"badges": _told(missing, known)}, todo)
    elif closed:
        what = _("It can be earned only by people who hold already what it needs: %(badges)s.")
        yield Finding("closed", what % {"badges": _told(closed, known)}, todo, problem=False)


def _told(slugs: Iterable[str], known: Known) -> str:
    """Return badges with why they cannot be earned."""
    return ", ".join(f"“{slug}” ({_why_not(slug, known)})" for slug in sorted(slugs))


def _why_not(slug: str, known: Known) -> str:
    badge = known.badges.get(slug)
    if known.can_be_earned(slug):
        return _("cannot be earned itself")
    if badge is None:
        return _("there is no such badge")
    return _("its time is over") if badge.is_published else str(badge.get_status_display())


def _never_earned(badge: Badge, known: Known) -> Iterator[Finding]:
    tally, since, rule = known.tally(badge.pk), _open_since(badge), known.rules.get(badge.slug)
    if rule is not None and not may_hold(rule, known.in_reach):
        return  # that is told, and is why
    if known.people and not tally.standing and tally.earned_at is None and since < known.at - QUIET:
        what = _("Nobody has earned it since it was published on %(date)s.") % {"date": _day(since)}
        todo = _("Is there somebody who should have it? “badger explain” says of anybody what is missing.")
        yield Finding("never-earned", what, todo)


def _not_evaluated(badge: Badge, known: Known) -> Iterator[Finding]:
    last = known.evaluated_at(badge)
    if max(last or _open_since(badge), _open_since(badge)) >= known.at - QUIET:
        return
    if last is None:
        what = _("Nothing has woken its rule yet, and no run has looked at it.")
    else:
        what = _("Nothing has woken its rule since %(date)s, and no run has looked at it.") % {"date": _day(last)}
    if badge.slug in known.rules:
        todo = _("bulk_create() and raw SQL wake nothing: let “badger backfill %(badge)s” run now and then.")
    else:
        todo = _("See whether what calls its function still happens.")
    yield Finding("not-evaluated", what, todo % {"badge": badge.slug})


def _tiers(badge: Badge, known: Known) -> Iterator[Finding]:
    below = known.easier.get(badge.slug)
    if below is None:
        return
    more, fewer = known.tally(badge.pk).holders, known.tally(below.pk).holders
    if more > fewer:
        what = _("More people hold it (%(more)s) than “%(below)s” (%(fewer)s), which should be easier.")
        todo = _("Compare what the two take. If “%(below)s” is new, “badger backfill %(below)s” awards it.")
        words = {"more": number_format(more), "fewer": number_format(fewer), "below": below.slug}
        yield Finding("tiers", what % words, todo % words)


def _too_easy(badge: Badge, known: Known) -> Iterator[Finding]:
    holders = known.tally(badge.pk).holders
    if known.people >= MANY and holders * 100 > known.people * EASY:
        percent = min(100, holders * 100 // known.people)
        what = _("%(percent)s %% of all people hold it.") % {"percent": percent}
        todo = _("If that is not what you meant, let its rule ask for more: who has it keeps it.")
        yield Finding("too-easy", what, todo)


def _rule_changed(badge: Badge, known: Known) -> Iterator[Finding]:
    number, at = known.tally(badge.pk).earlier, badge.rule_changed_at
    if number and at is not None:
        words = ngettext(
            "%(n)s award was earned by an earlier version of its rule, which changed on %(date)s.",
            "%(n)s awards were earned by an earlier version of its rule, which changed on %(date)s.",
            number,
        )
        todo = _("They stay. “badger backfill %(badge)s” awards whoever has earned it by the rule of today.")
        what = words % {"n": number_format(number), "date": _day(at)}
        yield Finding("rule-changed", what, todo % {"badge": badge.slug}, problem=False)


def _slow(badge: Badge, known: Known) -> Iterator[Finding]:
    rule = known.rules.get(badge.slug)
    if rule is not None and not _asks_all(rule, known.at):
        what = _("Runs read its rule person by person.")
        todo = _("That is right, and takes long where people are very many: a rule with earners() is read at once.")
        yield Finding("person-by-person", what, todo, problem=False)


def _asks_all(rule: Rule, at: datetime) -> bool:
    """Whether a rule has one query for everybody."""
    try:
        return earners(rule, Asked(Span(), award_alias(), at)) is not None
    except Exception:  # noqa: BLE001  badge code never breaks the host: whoever runs it is told
        return False


def _open_since(badge: Badge) -> datetime:
    """Return since when it can be earned."""
    published = badge.published_at or badge.created_at
    return max(published, badge.starts_at or published)


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at) if timezone.is_aware(at) else at)
