"""Prerequisites set in the database behave like rules; circles are refused from either side."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from model_bakery import baker

from django_badger import badge, rules
from django_badger._engine import runs
from django_badger.awarding import award, explain
from django_badger.exceptions import PrerequisiteCycle
from django_badger.models import Award, Badge
from django_badger.prerequisites import cycle_through, declared_graph, refuse_cycle, stored_graph
from django_badger.testing import assert_awarded, happened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def row(slug, **fields):
    return baker.make(Badge, slug=slug, title=slug.upper(), **fields)


@pytest.fixture
def three():
    return [row(slug) for slug in ("a", "b", "c")]


# --- earning ---------------------------------------------------------------------------------------------------------------


def test_all_of_them_are_needed(user, three):
    meta = row("meta")
    meta.prerequisites.set(three)
    with assert_awarded(meta, to=user, times=0), happened():
        for one in three[:2]:
            award(one, to=user)
    with assert_awarded(meta, to=user):
        award(three[2], to=user)
    made = Award.objects.of(meta).get()
    assert made.route == "rule"
    assert made.earned_at == Award.objects.of(three[2]).get().earned_at


@pytest.mark.parametrize(("needed", "enough"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_so_many_of_them_are_enough(user, three, needed, enough):
    meta = row("meta", prerequisites_needed=needed)
    meta.prerequisites.set(three)
    for number, one in enumerate(three, start=1):
        with happened():
            award(one, to=user)
        assert Award.objects.of(meta).exists() is (number >= enough)


def test_they_behave_like_the_same_rule_in_code(user, three):
    stored = row("stored", prerequisites_needed=2)
    stored.prerequisites.set(three)
    declared = badge("declared", title="D", when=rules.at_least(2, *three))
    with happened():
        award(three[0], to=user)
        award(three[2], to=user)
    one, other = (Award.objects.of(each).to(user).get() for each in (stored, declared))
    assert one.earned_at == other.earned_at
    assert one.evidence == other.evidence
    assert explain(stored, user) == explain(declared, user)


def test_they_follow_each_other_and_code(user, three):
    first, last = row("first"), row("last")
    first.prerequisites.add(three[0])
    middle = badge("middle", title="M", when=rules.has("first"))
    award(middle, to=baker.make(type(user)))  # its row is made
    last.prerequisites.add(Badge.objects.get(slug="middle"))
    with assert_awarded(last, to=user):
        award(three[0], to=user)


def test_a_declared_badge_may_have_them_besides_people_who_award_it(user, three):
    by_hand = badge("by-hand", title="By hand")
    award(by_hand, to=baker.make(type(user)))
    Badge.objects.get(slug="by-hand").prerequisites.add(three[0])
    with assert_awarded(by_hand, to=user):
        award(three[0], to=user)


@pytest.mark.parametrize("status", ["draft", "disabled"])
def test_what_cannot_be_earned_is_not(user, three, status):
    meta = row("meta", status=status)
    meta.prerequisites.add(three[0])
    with assert_awarded(meta, to=user, times=0):
        award(three[0], to=user)


def test_everybody_who_holds_them_already_gets_it_by_a_run(user, three):
    for one in three:
        award(one, to=user)
    meta = row("meta")
    meta.prerequisites.set(three)
    runs.backfill()
    assert Award.objects.of(meta).to(user).exists()


def test_a_run_counts_badges_and_dates_by_their_first_awards(user):
    often, other = row("often", repeatable=True), row("other", repeatable=True)
    meta = row("meta")
    meta.prerequisites.set([often, other])
    day = [timezone.now() - timedelta(days=9 - number) for number in range(4)]
    twice_one, both, each_for_a_time = (baker.make(get_user_model()) for _ in range(3))
    for person, held, occasion, at in [
        (twice_one, often, "2024", day[0]),
        (twice_one, often, "2025", day[1]),
        (both, often, "2024", day[0]),
        (both, often, "2025", day[3]),
        (both, other, "", day[2]),
        (each_for_a_time, often, "2024", day[1]),
        (each_for_a_time, other, "2024", day[0]),
    ]:
        award(held, to=person, occasion=occasion, at=at)

    assert runs.backfill().added == 2
    assert dict(Award.objects.of(meta).values_list("recipient", "earned_at")) == {
        both.pk: day[2],
        each_for_a_time.pk: day[1],
    }
    assert runs.backfill().added == 0


# --- circles ---------------------------------------------------------------------------------------------------------------


def test_a_circle_is_refused_from_both_sides(three):
    a, b, c = three
    b.prerequisites.add(a)
    c.prerequisites.add(b)
    message = "A badge cannot need itself: .* Take one of these prerequisites out."
    with pytest.raises(PrerequisiteCycle, match=message), transaction.atomic():
        a.prerequisites.add(c)
    with pytest.raises(PrerequisiteCycle, match=message), transaction.atomic():
        c.needed_for.add(a)
    with pytest.raises(PrerequisiteCycle, match="a → a"), transaction.atomic():
        a.prerequisites.add(a)
    with pytest.raises(PrerequisiteCycle, match="a → c → b → a"), transaction.atomic():
        a.prerequisites.set([c])
    assert set(Badge.prerequisites.through.objects.values_list("from_badge__slug", "to_badge__slug")) == {
        ("b", "a"), ("c", "b"),
    }  # fmt: skip


def test_a_circle_may_go_through_code(three):
    badge("meta", title="M", when=rules.has("a"))
    meta = row("meta")
    with pytest.raises(PrerequisiteCycle, match="a → meta → a"), transaction.atomic():
        three[0].prerequisites.add(meta)


def test_what_is_no_circle_is_taken(three):
    a, b, c = three
    c.prerequisites.add(a, b)
    b.prerequisites.add(a)
    b.prerequisites.clear()
    b.prerequisites.set([a])
    assert stored_graph() == {"c": {"a", "b"}, "b": {"a"}}


def test_a_form_asks_before_it_writes(three):
    refuse_cycle("a", ["b", "c"])
    three[1].prerequisites.add(three[0])
    with pytest.raises(PrerequisiteCycle):
        refuse_cycle("a", ["b"])


def test_graphs_without_end_are_walked_once():
    assert cycle_through("a", {"a": ["b", "c"], "b": ["c"], "c": ["b"]}) == []
    assert cycle_through("a", {"a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c", "a"]


def test_what_code_waits_for_is_a_graph():
    badge("x", title="X")
    badge("y", title="Y", when=rules.has_all("x", "z") | rules.event("e"))
    assert declared_graph() == {"y": {"x", "z"}}


def test_the_sentence_of_a_rule_does_not_tell_the_titles_of_secret_badges_and_drafts(user):
    waiting, hidden = (baker.make(Badge, title=title) for title in ("Waiting", "Hidden gem"))
    draft = baker.make(Badge, title="Not yet out", status=Badge.Status.DRAFT)
    Badge.objects.filter(pk=hidden.pk).update(secret=True)
    waiting.prerequisites.set([hidden, draft])

    told = str(explain(waiting, user))

    assert "Hidden gem" not in told
    assert "Not yet out" not in told
    assert told.count("a secret badge") == 2


def test_a_declared_secret_badge_is_not_told_either(registry):
    hidden = badge("hidden-gem", title="Hidden gem", secret=True)
    assert str(rules.has_all(hidden).text()) == "a secret badge"
