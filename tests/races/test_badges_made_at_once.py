"""Declarations become rows once, however many processes start at the same moment."""

import pytest

from django_badger import badge, rules
from django_badger._engine.sync import sync
from django_badger.awarding import award, progress
from django_badger.models import Award, Badge, Tag
from guestbook.models import Entry
from tests.races.threads import LEVELS, at_once

pytestmark = pytest.mark.race


@pytest.mark.parametrize("level", LEVELS)
def test_eight_syncs_at_once_make_one_row_a_declaration(level):
    for number in range(20):
        badge(f"badge-{number}", title=f"Badge {number}", tags=["writing", f"tag {number % 3}"])
    Badge.objects.create(slug="older", title="Older", origin=Badge.Origin.CODE)
    Badge.objects.create(slug="gone", title="Gone", origin=Badge.Origin.CODE)
    badge("newer", title="Newer", formerly="older", tags=["writing"])

    at_once(8, lambda _: sync(), level=level)

    slugs = sorted(Badge.objects.published().values_list("slug", flat=True))
    assert slugs == sorted([*(f"badge-{number}" for number in range(20)), "newer"])
    assert Badge.objects.get(slug="gone").status == Badge.Status.ORPHANED
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["tag 0", "tag 1", "tag 2", "writing"]
    assert all(one.tags.count() == (1 if one.slug == "newer" else 2) for one in Badge.objects.published())
    assert sync().made == []


@pytest.mark.parametrize("level", LEVELS)
def test_the_first_event_of_a_badge_makes_its_row_once(level, people):
    badge("first-post", title="First post!", tags=["writing"], when=rules.created(Entry, by="author"))
    badge("author", title="Author", tags=["writing"], when=rules.has_all("first-post"))
    members = people(8)

    at_once(8, lambda mine: Entry.objects.create(author=members[mine], message="Hello"), level=level)

    assert sorted(Badge.objects.values_list("slug", flat=True)) == ["author", "first-post"]
    assert Award.objects.count() == 2 * 8


@pytest.mark.parametrize("level", LEVELS)
def test_the_first_award_and_the_first_progress_make_the_row_once(level, people):
    thanks = badge("thanks", title="Thanks", tags=["writing"])
    clicks = badge("clicks", title="Clicks", tags=["writing"], progress=1)
    members = people(8)

    def go(mine):
        award(thanks, to=members[mine])
        progress(clicks, members[mine]).increment()

    at_once(8, go, level=level)

    assert sorted(Badge.objects.values_list("slug", flat=True)) == ["clicks", "thanks"]
    assert Award.objects.count() == 2 * 8
