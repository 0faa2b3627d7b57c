"""For the tests of host sites: what happens in a test's transaction is evaluated as if it were committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from django_badger._engine.aliases import award_alias
from django_badger._engine.dispatch import part
from django_badger.definitions import Declaration
from django_badger.models import Award, Badge
from django_badger.registry import Registry, registry

__all__ = ["assert_awarded", "happened", "isolated_registry"]


@contextmanager
def happened(using: str | None = None) -> Iterator[None]:
    """Take what the block does for committed: its badges are evaluated at the end, also inside a test's transaction."""
    connection = connections[using or award_alias()]
    if not connection.in_atomic_block:
        with transaction.atomic(using=connection.alias):
            yield
        return
    already = len(connection.run_on_commit)
    part(connection)
    yield
    while len(connection.run_on_commit) > already:
        entry: Any = connection.run_on_commit.pop(already)
        entry[1]()


@contextmanager
def assert_awarded(badge: Declaration | Badge | str, *, to: Any, times: int = 1) -> Iterator[None]:
    """Assert that the block brings ``to`` (a user) this badge, ``times`` times; 0 asserts that it does not."""
    awards = Award.objects.using(award_alias()).standing().of(badge).to(to)
    before = awards.count()
    with happened():
        yield
    came = awards.all().count() - before
    slug = badge if isinstance(badge, str) else badge.slug
    if came != times:
        held = ", ".join(awards.model.objects.standing().to(to).values_list("badge__slug", flat=True)) or "no badge"
        msg = f"{to} was awarded {slug!r} {came} times, not {times}; now they hold {held}"
        raise AssertionError(msg)


@contextmanager
def isolated_registry() -> Iterator[Registry]:
    """Start with no declared badges, and put the site's own back at the end."""
    with registry.isolated() as empty:
        yield empty
