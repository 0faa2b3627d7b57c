"""What the staff do: badges of their own, and awards by hand with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User

from campus.badges import graduate, published
from django_badger.awarding import award
from django_badger.models import Badge
from example.filling import words
from example.filling.accounts import Cast
from example.filling.chance import Chance
from example.filling.timeline import Happening
from guestbook.badges import first_post

HELPING_PAW, FOUNDER = "helping-paw", "founding-member"


def make_badges(cast: Cast, at: datetime) -> None:
    """Make what the admin would make: one given by hand, one soon disabled, one draft, one secret with prerequisites."""
    made = {"created_by": cast.editor, "created_at": at, "published_at": at}
    Badge.objects.create(
        slug=HELPING_PAW, title="Helping paw", description="Somebody had to do it, and you did.",
        criteria="Given by the staff to those who lend a paw.", **made,
    )  # fmt: skip
    Badge.objects.create(
        slug=FOUNDER, title="Founding member", description="You were here when the paint was wet.",
        criteria="Be among the first twelve members.", **made,
    )  # fmt: skip
    secret = Badge.objects.create(
        slug="keeper-of-the-sett", title="Keeper of the sett", description="You know every room of the house.",
        secret=True, **made,
    )  # fmt: skip
    secret.prerequisites.set(Badge.objects.filter(slug__in=[one.slug for one in (first_post, published, graduate)]))
    Badge.objects.create(
        slug="winter-games", title="Winter games", description="For everybody who came out into the snow.",
        status=Badge.Status.DRAFT, created_by=cast.editor, created_at=at,
    )  # fmt: skip


def awards(chance: Chance, cast: Cast) -> Iterator[Happening]:
    """Yield awards by the editor: to the first members, and to people who helped."""
    for member in sorted(cast.crowd, key=lambda one: one.date_joined)[:12]:
        reason = "For being here from the beginning."
        yield Happening(member.date_joined, partial(_award, FOUNDER, member, cast.editor, reason, member.date_joined))
    helpers = [cast.vera, *chance.random.sample(cast.crowd[1:], min(len(words.REASONS), len(cast.crowd)) - 1)]
    for member, reason in zip(helpers, words.REASONS, strict=False):
        at = chance.moment(member.date_joined)
        yield Happening(at, partial(_award, HELPING_PAW, member, cast.editor, reason, at))


def _award(slug: str, to: User, by: User, reason: str, at: datetime) -> None:
    award(slug, to=to, by=by, reason=reason, at=at)


def close_founding() -> None:
    """Disable the badge of the first members: who has it keeps it, nobody else gets it."""
    Badge.objects.filter(slug=FOUNDER).update(status=Badge.Status.DISABLED)
