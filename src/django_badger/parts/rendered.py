"""Parts of pages as HTML, for the host's own templates: what the template tags and the Jinja2 global show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from django_badger import awarding, policies, wording
from django_badger.conf import settings
from django_badger.contexts import AwardRow
from django_badger.definitions import Declaration
from django_badger.models import Award, Badge
from django_badger.parts.awards import by_badge, collapsed, rows_of
from django_badger.parts.badges import badge_url, picture_of, reason_of, states_of
from django_badger.parts.people import person_of, viewer_of

NOTHING = SafeString("")
ALREADY = "_badger_just_earned"


def badge_list(user: Any, *, viewer: Any = None, limit: int | None = None) -> SafeString:
    """Return the badges that ``user`` has, as far as ``viewer`` may see them; nothing for visitors."""
    if not getattr(user, "is_authenticated", False):
        return NOTHING
    mine = Award.objects.visible_to(viewer).to(user)
    rows = collapsed(by_badge(mine)[: limit or settings.page_size])
    return _part("badge_list", rows=rows, person=person_of(user))


def badge_progress(user: Any, badge: Declaration | Badge | str, *, viewer: Any = None) -> SafeString:
    """Return how far ``user`` is with a badge: shown to themself and to those who manage badges, else nothing."""
    if not getattr(user, "is_authenticated", False) or not may_see_progress(viewer, user):
        return NOTHING
    slug = badge if isinstance(badge, str) else getattr(badge, "slug", "")
    row = Badge.objects.visible_to(viewer).filter(slug=slug.replace("\x00", "")).first()
    if row is None:
        return NOTHING
    state = states_of([row], user).get(row.pk)
    explained = awarding.explain_many([row], user).get(row.pk) if state and state.kind != "earned" else None
    return _part(
        "badge_progress", title=wording.title(row), url=badge_url(row), picture=picture_of(row), state=state,
        reason=reason_of(explained) if explained else None,
    )  # fmt: skip


def may_see_progress(viewer: Any, user: Any) -> bool:
    """Whether ``viewer`` may see how far ``user`` is: they are the same, or the viewer manages badges."""
    return viewer is not None and (viewer == user or policies.may_manage(viewer))


def recent_awards(*, limit: int = 5, viewer: Any = None) -> SafeString:
    """Return the newest awards of everybody, as far as ``viewer`` may see them."""
    newest = Award.objects.listed_to(viewer).with_badges().newest_first()[: max(0, limit)]
    return _part("recent_awards", rows=rows_of(newest))


def just_earned(whom: Any) -> SafeString:
    """Return the awards that somebody (a request, or a user) has not seen yet, and note that they are seen now."""
    if whom is None:
        return NOTHING
    is_user = hasattr(whom, "is_authenticated")
    rows = rows_of(awarding.just_earned(whom)) if is_user else fresh_rows(whom)
    return _part("just_earned", rows=rows) if rows else NOTHING


def fresh_rows(request: Any) -> Sequence[AwardRow]:
    """Return the awards that the request's user has not seen yet; the same ones however often one request asks."""
    if not hasattr(request, ALREADY):
        setattr(request, ALREADY, rows_of(awarding.just_earned(viewer_of(request))))
    found: Sequence[AwardRow] = getattr(request, ALREADY)
    return found


def _part(name: str, **variables: Any) -> SafeString:
    """Draw a part with just these variables: no context processor of the site can be in their way."""
    html = render_to_string(f"badger/parts/{name}.html", variables, using=settings.template_engine)
    return SafeString(html)  # Jinja2 answers with a plain text, which would be escaped where it is put
