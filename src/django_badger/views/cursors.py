"""Lists that go back in time: each page is as quick as the first, however old it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest

from django_badger.conf import settings
from django_badger.contexts import Older
from django_badger.models import Award, AwardQuerySet
from django_badger.views.page import address

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(-?[0-9a-f]{1,15})-([0-9a-f]{1,15})", re.ASCII)


def cursor_of(award: Award) -> str:
    """Return the place of an award in a list, to be put into an address."""
    return f"{(award.awarded_at - BEGINNING) // timedelta(microseconds=1):x}-{award.pk:x}"


def older_than(awards: AwardQuerySet, cursor: str) -> AwardQuerySet | None:
    """Return the awards behind this place; None where the text is no place."""
    found = CURSOR.fullmatch(cursor)
    if found is None:
        return None
    try:
        at = BEGINNING + timedelta(microseconds=int(found[1], 16))
    except OverflowError:
        return None
    # The first condition lets the index find the place; the second one keeps those of the same moment apart.
    return awards.filter(Q(awarded_at__lt=at) | Q(pk__lt=int(found[2], 16)), awarded_at__lte=at)


def page_of_awards(request: HttpRequest, awards: AwardQuerySet) -> tuple[Sequence[Award], Older]:
    """Return the awards of the page that a request asks for, the newest first, and where that page is. One query."""
    size = settings.page_size
    behind = older_than(awards, request.GET.get("before", ""))
    rows = list((awards if behind is None else behind).with_badges().newest_first()[: size + 1])
    older = address(request, before=cursor_of(rows[size - 1])) if len(rows) > size else ""
    return rows[:size], Older(older_url=older, newest_url="" if behind is None else request.path)
