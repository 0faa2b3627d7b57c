"""The registry: which badges there are, and which of them an event concerns."""

import pytest

from django_badger import badge, events, rules
from django_badger.exceptions import BadDeclaration, UnknownBadge
from django_badger.testing import isolated_registry
from guestbook.models import Entry

SAVED = events.saved(Entry)


def test_declarations_are_found_by_slug_in_the_order_they_were_made(registry):
    second = badge("b", title="B")
    first = badge("a", title="A")
    assert list(registry) == [second, first]
    assert len(registry) == 2
    assert registry["a"] is first
    assert registry.get("b") is second
    assert registry.get("c") is None
    assert "a" in registry
    assert "c" not in registry


def test_an_unknown_slug_lists_what_is_declared(registry):
    with pytest.raises(UnknownBadge, match=r"no badges\.py declares 'c': declared are none"):
        registry["c"]
    badge("b", title="B")
    badge("a", title="A")
    with pytest.raises(UnknownBadge, match=r"no badges\.py declares 'c': declared are a, b"):
        registry["c"]


def test_two_badges_of_one_slug_are_refused_and_both_places_named(registry):
    badge("a", title="A")
    with pytest.raises(BadDeclaration) as caught:
        badge("a", title="Another")
    first, second = [word for word in str(caught.value).replace(": ", " ").split() if "test_registry.py:" in word]
    assert first != second
    assert "there is a badge 'a' already" in str(caught.value)
    assert len(registry) == 1


def test_an_event_finds_whom_it_concerns_and_nobody_else(registry):
    writer = badge("a", title="A", when=rules.created(Entry, by="author"))
    hearer = badge("b", title="B", when=rules.event("rang"))
    assert registry.woken_by(SAVED) == (writer,)
    assert registry.woken_by(events.named("rang")) == (hearer,)
    assert registry.woken_by(events.named("fell")) == ()
    assert registry.keys() == {SAVED, events.named("rang")}


def test_a_function_is_woken_by_its_trigger(registry):
    @badge("a", title="A", on=rules.created(Entry))
    def owl(entry):
        return entry.author

    assert registry.woken_by(SAVED) == (owl,)


def test_whoever_watches_is_told_of_new_badges(registry):
    told = []
    registry.watch(lambda: told.append(len(registry)))
    try:
        badge("a", title="A")
        with isolated_registry():
            badge("b", title="B")
        assert told == [1, 0, 1, 1]
    finally:
        registry._listeners.pop()


def test_isolation_ends_also_when_the_test_fails(registry):
    kept = badge("a", title="A", when=rules.created(Entry, by="author"))

    def failing_test():
        with isolated_registry() as empty:
            assert list(empty) == []
            badge("b", title="B", when=rules.event("rang"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing_test()
    assert list(registry) == [kept]
    assert registry.keys() == {SAVED}


def test_a_half_imported_module_leaves_nothing_behind(registry):
    """Django copies ``_registry`` before it imports an app's module, and puts it back when that fails."""
    kept = badge("a", title="A")
    before = dict(registry._registry)
    badge("b", title="B", when=rules.event("rang"))
    registry._registry = before
    assert list(registry) == [kept]
    assert registry.keys() == frozenset()
