"""django-badgify: a recipe says who has earned a badge, and a command awards everybody. It has no events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.peers.site import Case, case, run, set_up
from benchmarks.sizes import Sizes


def measure(sizes: Sizes) -> Iterator[Case]:
    """Everybody, at first and again, without its signals, as its README says for many awards."""
    from badgify.models import Award  # noqa: PLC0415  there in its own environment only

    from benchmarks import data  # noqa: PLC0415  Django has to be set up first

    for people in sizes.everybody:
        data.fill(people)
        _register()
        _sync("badges")
        should = data.number_with(10, people, blocked_too=True)
        for turn in ("first", "again"):
            _register()  # anew, as a process of its own has it: a recipe remembers that there was no badge
            yield case(
                f"everybody-{people}-{turn}",
                [lambda: _sync("awards", disable_signals=True)],
                Award.objects.count,
                should,
            )


def _register() -> None:
    from badgify.recipe import BaseRecipe  # noqa: PLC0415  the same
    from badgify.registry import register, registry  # noqa: PLC0415  the same
    from django.core.files.base import ContentFile  # noqa: PLC0415  the same
    from django.db.models import Count  # noqa: PLC0415  the same

    from benchmarks.posts.models import Post  # noqa: PLC0415  the same

    class Posts(BaseRecipe):  # type: ignore[misc]  # it has no types
        name, slug, description = "Posts", "posts", "Ten posts"
        image = ContentFile(b"a picture", name="posts.png")

        @property
        def user_ids(self) -> Any:
            counted = Post.objects.order_by().values("author").annotate(number=Count("*"))
            return counted.filter(number__gte=10).values_list("author", flat=True)

    registry.clear()
    register(Posts)


def _sync(what: str, **options: Any) -> None:
    from django.core.management import call_command  # noqa: PLC0415  the same

    call_command("badgify_sync", what, **options)


if __name__ == "__main__":
    set_up("badgify")
    run(measure)
