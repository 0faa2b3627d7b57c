"""Badges in lists and on their page: image, tags, and how somebody stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Max
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from django_badger import pictures, wording
from django_badger.awarding import explain_many
from django_badger.contexts import BadgeCard, Link, Picture, Reason, State
from django_badger.image_files import smaller_names
from django_badger.images import SIDE
from django_badger.medal import svg
from django_badger.models import Award, Badge
from django_badger.parts.people import date_text, moment_of, number_text
from django_badger.rarity import rarity_of
from django_badger.verdicts import ONE, Explanation


def badge_url(badge: Badge) -> str:
    """Return the address of a badge's page."""
    return reverse("badger:badge_detail", kwargs={"slug": badge.slug})


def period_of(badge: Badge) -> str:
    """Return from when to when a badge can be earned, or could, in words; nothing where there is nothing to tell."""
    starts, ends, now = badge.starts_at, badge.ends_at, timezone.now()
    if ends is not None and ends <= now:
        return _("Could be earned until %(ends)s.") % {"ends": date_text(ends)}
    if starts is not None and ends is not None:
        words = {"starts": date_text(starts), "ends": date_text(ends)}
        return _("Can be earned from %(starts)s to %(ends)s.") % words
    if ends is not None:
        return _("Can be earned until %(ends)s.") % {"ends": date_text(ends)}
    if starts is not None and starts > now:
        return _("Can be earned from %(starts)s on.") % {"starts": date_text(starts)}
    return ""


def picture_of(badge: Badge) -> Picture:
    """Return a badge's image: the uploaded one, else the one that code names, else a medal to be drawn."""
    alt = wording.image_alt(badge)
    url = badge.image.url if badge.image else _static_url(badge)
    return Picture(url=url, alt=alt, medal=None if url else pictures.medal_of(badge), srcset=_srcset(badge.image))


def picture_html(badge: Badge, *, side: int) -> SafeString:
    """Return a badge's image where no template of ours draws it, as in the admin; ``side`` is how wide it is shown."""
    picture = picture_of(badge)
    if picture.medal:
        return svg(picture.medal, picture.alt, side=side)
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}px" alt="{}" width="{}" height="{}" loading="lazy">'
        if picture.srcset
        else '<img src="{0}" alt="{3}" width="{4}" height="{5}" loading="lazy">',
        picture.url, picture.srcset, side, picture.alt, side, side,
    )  # fmt: skip


def _srcset(image: Any) -> str:
    """Return the sizes of an uploaded image with their addresses. The name tells them: no storage is asked."""
    smaller = smaller_names(image.name or "")
    if not smaller:
        return ""
    names = {**smaller, SIDE: image.name}
    return ", ".join(f"{image.storage.url(name)} {side}w" for side, name in names.items())


def picture_url(badge: Badge) -> str:
    """Return the address of a badge's picture as PNG, whether it is uploaded, named by code, or drawn."""
    return reverse("badger:badge_picture", kwargs={"slug": badge.slug})


def _static_url(badge: Badge) -> str:
    path = pictures.static_path(badge)
    try:
        return static(path) if path else ""
    except ValueError:  # a storage with a manifest does not know the file: it is missing, or not collected yet
        return ""


def note_of(badge: Badge) -> str:
    """Return what is special about a badge, in words; nothing for most."""
    notes = {
        Badge.Status.DRAFT: _("Draft: only its makers see it."),
        Badge.Status.DISABLED: _("Disabled: it cannot be earned any more."),
        Badge.Status.ORPHANED: _("Retired: it cannot be earned any more."),
    }
    return notes.get(Badge.Status(badge.status), _("Secret: unseen until earned.") if badge.secret else "")


def card_of(badge: Badge, state: State | None = None, *, rarity: str = "") -> BadgeCard:
    """Return a badge as lists show it. Tags are shown where they were fetched with it."""
    fetched = "tags" in getattr(badge, "_prefetched_objects_cache", {})
    return BadgeCard(
        badge=badge, title=wording.title(badge), description=wording.description(badge), url=badge_url(badge),
        picture=picture_of(badge), note=note_of(badge), state=state or State(),
        tags=[tag_link(tag) for tag in badge.tags.all()] if fetched else (),
        rarity=rarity,
    )  # fmt: skip


def tag_link(tag: Any, *, current: str | None = None) -> Link:
    """Return the link to the badges that have a tag."""
    return Link(text=tag.name, url=reverse("badger:tag", kwargs={"slug": tag.slug}), current=tag.slug == current)


def cards_of(badges: Iterable[Badge], viewer: Any) -> Sequence[BadgeCard]:
    """Return badges as lists show them, with how ``viewer`` stands and how rare each is: a constant number of queries."""
    badges = list(badges)
    states, rarities = states_of(badges, viewer), rarity_of(badges)
    return [card_of(badge, states.get(badge.pk), rarity=rarities.get(badge.pk, "")) for badge in badges]


def states_of(badges: Sequence[Badge], viewer: Any) -> Mapping[Any, State]:
    """Return how ``viewer`` stands with these badges, by key; nothing for visitors."""
    if viewer is None or not viewer.is_authenticated or not badges:
        return {}
    mine = Award.objects.visible_to(viewer).to(viewer).filter(badge__in=[badge.pk for badge in badges]).order_by()
    had = mine.values_list("badge").annotate(Count("pk"), Max("earned_at"))
    states = {badge: earned_state(newest, times) for badge, times, newest in had}
    missing = [badge for badge in badges if badge.is_published and badge.pk not in states]
    explained = explain_many(missing, viewer) if missing else {}
    return states | {pk: open_state(explanation.percent) for pk, explanation in explained.items()}


def earned_state(newest: Any, times: int) -> State:
    """Return the state of somebody who has the badge."""
    earned = moment_of(newest)
    words = _("Earned on %(date)s") % {"date": earned.text}
    return State(kind="earned", text=words, earned=earned, times=times, percent=100)


def open_state(percent: int) -> State:
    """Return the state of somebody who does not have the badge yet."""
    if not percent:
        return State(kind="open", text=_("Not earned yet"))
    everything = 100
    words = _("%(percent)s percent done") if percent < everything else _("Done: the award is on its way")
    return State(kind="started", text=words % {"percent": percent}, percent=percent)


def reason_of(explanation: Explanation) -> Reason:
    """Return why, or why not, as pages show it."""
    numbers = ""
    if explanation.goal != ONE:
        words = {"current": number_text(explanation.current), "goal": number_text(explanation.goal)}
        numbers = _("%(current)s of %(goal)s") % words
    return Reason(
        text=capfirst(explanation.text), holds=explanation.holds, numbers=numbers, percent=explanation.percent,
        since=moment_of(explanation.at) if explanation.at else None,
        parts=[reason_of(part) for part in explanation.parts],
    )  # fmt: skip
