"""Which badges somebody can still come to hold, as far as rules say which badges they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django_badger.rules.combining import AtLeast
from django_badger.rules.holding import Has
from django_badger.rules.protocol import Rule


def needs(rule: Rule) -> set[str]:
    """Return the badges that a rule names. What other rules than ours may need, nobody knows."""
    if isinstance(rule, Has):
        return {rule.slug}
    return {slug for part in rule.parts for slug in needs(part)} if isinstance(rule, AtLeast) else set()


def may_hold(rule: Rule, within_reach: Collection[str]) -> bool:
    """Whether a rule can come true where only these badges can be held. Numbers can always be reached."""
    if isinstance(rule, Has):
        return rule.slug in within_reach
    if isinstance(rule, AtLeast):
        return sum(may_hold(part, within_reach) for part in rule.parts) >= rule.needed
    return True


def lacking(rule: Rule, within_reach: Collection[str]) -> set[str]:
    """Return the badges for want of which a rule cannot come true; none where it can."""
    if may_hold(rule, within_reach):
        return set()
    if isinstance(rule, AtLeast):
        return {slug for part in rule.parts for slug in lacking(part, within_reach)}
    return needs(rule)


def within_reach(earnable: Iterable[str], rules: Mapping[str, Rule], held: Collection[str] = ()) -> set[str]:
    """Return the badges that somebody can come to hold: those ``held``, and of the ``earnable`` those whose rule can hold.

    Circles are out of reach, unless another way leads into them.
    """
    found, others = set(held), set(earnable)
    while True:
        others -= found
        more = {slug for slug in others if slug not in rules or may_hold(rules[slug], found)}
        if not more:
            return found
        found |= more
