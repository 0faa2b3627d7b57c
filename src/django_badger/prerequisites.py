"""Which badge waits for which, in code and in the database; cycles are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from django_badger.exceptions import PrerequisiteCycle
from django_badger.models import Badge
from django_badger.registry import registry

Graph = Mapping[str, Iterable[str]]


def declared_graph() -> dict[str, set[str]]:
    """Return which badges each declared badge waits for, by slug."""
    return {one.slug: set(one.when.reads().badges) for one in registry if one.when is not None}


def stored_graph() -> dict[str, set[str]]:
    """Return which badges each badge waits for by its prerequisites in the database, by slug. One query."""
    graph: dict[str, set[str]] = defaultdict(set)
    links = Badge.prerequisites.through._base_manager.values_list("from_badge__slug", "to_badge__slug")
    for waiting, needed in links:
        graph[waiting].add(needed)
    return graph


def cycle_through(slug: str, graph: Graph) -> list[str]:
    """Return a way from a badge over what it waits for back to itself, or nothing where there is none."""
    trail: list[tuple[str, list[str]]] = [(slug, [slug])]
    seen: set[str] = set()
    while trail:
        here, way = trail.pop()
        for needed in sorted(graph.get(here, ())):
            if needed == slug:
                return [*way, slug]
            if needed not in seen:
                seen.add(needed)
                trail.append((needed, [*way, needed]))
    return []


def refuse_cycle(badge: str, needed: Iterable[str]) -> None:
    """Raise ``PrerequisiteCycle`` where the badge with this slug would come to need itself by these prerequisites."""
    graph: dict[str, set[str]] = defaultdict(set, stored_graph())
    for slug, reads in declared_graph().items():
        graph[slug] |= reads
    graph[badge] |= set(needed)
    way = cycle_through(badge, graph)
    if way:
        msg = _("A badge cannot need itself: %(way)s. Take one of these prerequisites out.") % {"way": " → ".join(way)}
        raise PrerequisiteCycle(msg)


def refuse_cycle_of_keys(badge: Any, needed: Iterable[Any]) -> None:
    """Raise ``PrerequisiteCycle`` like :func:`refuse_cycle`, for keys instead of slugs."""
    wanted = set(needed)
    slugs = dict(Badge.objects.filter(pk__in={badge, *wanted}).values_list("pk", "slug"))
    refuse_cycle(slugs[badge], [slugs[pk] for pk in wanted if pk in slugs])
