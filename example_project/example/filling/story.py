"""The whole story, from an empty site to a lively one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum
from io import StringIO
from random import Random

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from django_badger.awarding import just_earned
from example.filling import meeting, staff, writing
from example.filling.accounts import Cast, make_cast, make_superuser
from example.filling.chance import Chance
from example.filling.timeline import Happening, let_happen
from guestbook.badges import top_of_the_month

#: How many awards are told at a time.
AT_ONCE = 10

Tell = Callable[[str], object]


class Found(Enum):
    """What there is already."""

    NOTHING = "nothing"
    HALF = "half of the story: an earlier run was stopped"
    ALL = "all of it"
    OTHERS = "other people"


def what_there_is() -> Found:
    """Return how much of the story the database holds."""
    names = set(User.objects.filter(username__in=["admin", "editor", "vera"]).values_list("username", flat=True))
    if {"editor", "vera"} <= names:
        return Found.ALL if "admin" in names else Found.HALF
    return Found.OTHERS if User.objects.exists() else Found.NOTHING


def fill(*, people: int, seed: int, tell: Tell) -> None:
    """Make accounts and let two years pass. ``tell`` is called with lines for whoever waits."""
    chance = Chance(Random(seed), timezone.now())  # noqa: S311  a story that can be repeated, not a secret
    with transaction.atomic():
        cast = make_cast(chance, people=people)
        staff.make_badges(cast, chance.start)
    tell(f"{people} people have come.")
    plan = list(happenings(chance, cast, people=people))
    last_month = chance.now - timedelta(days=30)
    _live([one for one in plan if one.at <= last_month], tell)
    # The ten busiest authors are a query over everybody, which no single entry answers: staff ask it now and then.
    call_command("badger", "backfill", top_of_the_month.slug, stdout=StringIO(), stderr=StringIO())
    staff.close_founding()
    _live([one for one in plan if one.at > last_month], tell)
    _look_around()
    make_superuser()


def _live(plan: list[Happening], tell: Tell) -> None:
    month = ""
    for at in let_happen(plan):
        if f"{at:%Y-%m}" != month:
            month = f"{at:%Y-%m}"
            tell(f"{month} …")


def happenings(chance: Chance, cast: Cast, *, people: int) -> Iterator[Happening]:
    """Yield all that happens, in no order."""
    yield from writing.entries(chance, cast, number=15 * people)
    yield from writing.posts_and_comments(chance, cast, posts=2 * people, comments=7 * people)
    yield from writing.strokes(chance, cast, number=2 * people)
    yield from meeting.friendships(chance, cast, number=3 * people)
    yield from meeting.trainings(chance, cast, number=2 * people)
    yield from staff.awards(chance, cast)


def _look_around() -> None:
    """Let everybody see what they earned, so that only what is new will be news."""
    for person in User.objects.filter(badger_awards__seen_at=None).distinct():
        while len(just_earned(person)) == AT_ONCE:
            pass


def empty() -> None:
    """Take everything out of the database, and put the badges of the code back in."""
    call_command("flush", interactive=False, verbosity=0)
