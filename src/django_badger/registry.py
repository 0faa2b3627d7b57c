"""The declared badges of all apps, and which events concern which of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django_badger.definitions import Declaration
from django_badger.exceptions import BadDeclaration, UnknownBadge

Listener = Callable[[], None]


class Registry:
    """Declarations by slug, with an index by event.

    Looking up who is woken is one dictionary look-up, however many badges there are.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._by_slug: dict[str, Declaration] = {}
        self._woken_by: dict[str, tuple[Declaration, ...]] = {}
        self._listeners: list[Listener] = []

    # Django's autodiscover_modules() copies ``_registry`` before it imports an app's module and puts the copy back
    # when the import fails: a half-imported badges.py leaves nothing behind.
    @property
    def _registry(self) -> dict[str, Declaration]:
        return self._by_slug

    @_registry.setter
    def _registry(self, declarations: dict[str, Declaration]) -> None:
        self._by_slug = dict(declarations)
        self._woken_by = {}
        for declaration in self._by_slug.values():
            self._index(declaration)

    def add(self, declaration: Declaration) -> None:
        """Take a declaration in. Raises ``BadDeclaration``, naming both places, where the slug is taken."""
        first = self._by_slug.get(declaration.slug)
        if first is not None:
            msg = (
                f"{declaration.place}: there is a badge {declaration.slug!r} already, declared at {first.place}: "
                "give one of them another slug"
            )
            raise BadDeclaration(msg)
        self._by_slug[declaration.slug] = declaration
        self._index(declaration)
        for listener in self._listeners:
            listener()

    def _index(self, declaration: Declaration) -> None:
        for key in declaration.wakes_on():
            self._woken_by[key] = (*self._woken_by.get(key, ()), declaration)

    def get(self, slug: str) -> Declaration | None:
        """Return the declaration with this slug, or None."""
        return self._by_slug.get(slug)

    def __getitem__(self, slug: str) -> Declaration:
        """Return the declaration with this slug. Raises ``UnknownBadge``."""
        try:
            return self._by_slug[slug]
        except KeyError:
            msg = f"no badges.py declares {slug!r}: declared are {', '.join(sorted(self._by_slug)) or 'none'}"
            raise UnknownBadge(msg) from None

    def __contains__(self, slug: object) -> bool:
        """Whether a declaration has this slug."""
        return slug in self._by_slug

    def __iter__(self) -> Iterator[Declaration]:
        """Go through the declarations, in the order they were made."""
        return iter(tuple(self._by_slug.values()))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_slug)

    def woken_by(self, key: str) -> tuple[Declaration, ...]:
        """Return the declarations that an event concerns; empty where nobody listens."""
        return self._woken_by.get(key, ())

    def keys(self) -> frozenset[str]:
        """Return the keys of all events that somebody listens to."""
        return frozenset(self._woken_by)

    def watch(self, listener: Listener) -> None:
        """Call ``listener`` whenever the set of declarations changes."""
        self._listeners.append(listener)

    @contextmanager
    def isolated(self) -> Iterator[Registry]:
        """Start empty, and put everything back at the end. For tests."""
        before = self._by_slug
        self._registry = {}
        self._tell()
        try:
            yield self
        finally:
            self._registry = before
            self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


registry = Registry()
