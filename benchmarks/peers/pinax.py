"""pinax-badges: a badge is a class that is asked for one person at an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from benchmarks.peers.site import Case, case, run, set_up
from benchmarks.sizes import Sizes

#: How many people it is measured with at most: it asks one by one, and a million would take it a quarter of an hour.
MOST = 100_000


def put_back() -> None:
    """Put back two names that Django dropped in 4.0, without which it cannot be imported."""
    from django import dispatch  # noqa: PLC0415  before the apps are loaded
    from django.utils import translation  # noqa: PLC0415  the same

    translation.ugettext_lazy = translation.gettext_lazy
    anew = dispatch.Signal.__init__

    def initialise(self: Any, providing_args: Any = None, use_caching: bool = False) -> None:  # noqa: ARG001, FBT001, FBT002
        anew(self, use_caching=use_caching)

    dispatch.Signal.__init__ = initialise


def measure(sizes: Sizes) -> Iterator[Case]:
    """One event at 1 and many badges; everybody, in a loop."""
    for number in (1, *sizes.listening[:2]):
        yield from _events(number, sizes)
    for people in sizes.everybody:
        if people <= MOST:
            yield from _everybody(people)


def _events(number: int, sizes: Sizes) -> Iterator[Case]:
    from benchmarks import data  # noqa: PLC0415  Django has to be set up first

    rounds = max(5, sizes.rounds // (1 + number))
    data.fill(sizes.people)
    _declare([1000 + one for one in range(number)])
    users = _users(data.who_wrote(data.SOME, sizes.people)[:rounds])
    yield case(f"event-{number}-no", [partial(_event, user) for user in users], _made, 0)
    _declare([10 if number == 1 else 1 + one % 10 for one in range(number)])
    users = _users(data.who_wrote(data.MANY, sizes.people)[:rounds])
    yield case(f"event-{number}-new", [partial(_event, user) for user in users], _made, len(users) * number)
    yield case(f"event-{number}-held", [partial(_event, user) for user in users], _made, len(users) * number)


def _everybody(people: int) -> Iterator[Case]:
    from benchmarks import data  # noqa: PLC0415  Django has to be set up first

    data.fill(people)
    _declare([10])
    should = data.number_with(10, people, blocked_too=True)
    yield case(f"everybody-{people}-first", [_all], _made, should)
    yield case(f"everybody-{people}-again", [_all], _made, should)


def _declare(goals: Sequence[int]) -> None:
    from pinax.badges.base import Badge, BadgeAwarded  # noqa: PLC0415  there in its own environment only
    from pinax.badges.registry import badges  # noqa: PLC0415  the same

    from benchmarks.posts.models import Post  # noqa: PLC0415  Django has to be set up first

    def award(self: Any, user: Any) -> Any:
        return BadgeAwarded() if Post.objects.filter(author=user).count() >= self.goal else None

    badges._registry.clear()  # noqa: SLF001  there is no other way to begin anew
    badges._event_registry.clear()  # noqa: SLF001  the same
    for number, goal in enumerate(goals):
        members = {"slug": f"posts-{number}", "levels": ["Posts"], "events": ["post"], "multiple": False}
        badges.register(type(f"Posts{number}", (Badge,), members | {"goal": goal, "award": award}))


def _users(keys: Sequence[int]) -> list[Any]:
    from django.contrib.auth import get_user_model  # noqa: PLC0415  the same

    found = get_user_model().objects.in_bulk(keys)
    return [found[key] for key in keys]


def _event(user: Any) -> None:
    from pinax.badges.registry import badges  # noqa: PLC0415  the same

    badges.possibly_award_badge("post", user=user)


def _all(_turn: int = 0) -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415  the same
    from django.db import transaction  # noqa: PLC0415  the same

    with transaction.atomic():
        for user in get_user_model().objects.iterator():
            _event(user)


def _made() -> int:
    from pinax.badges.models import BadgeAward  # noqa: PLC0415  the same

    return int(BadgeAward.objects.count())


if __name__ == "__main__":
    put_back()
    set_up("pinax.badges")
    run(measure)
