"""The tags of Django templates and the functions of Jinja2 templates: the same parts in both."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import engines
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_badger.contexts import Moment
from django_badger.models import Award, Badge
from django_badger.parts.people import date_text, moment_of, number_text
from django_badger.testing import happened
from guestbook import badges
from guestbook.models import Entry
from tests.web.world import NASTY, badge, give, noon, words

pytestmark = pytest.mark.django_db

DJANGO = {
    "badge_list": "{% load badger %}{% badge_list whose %}",
    "badge_progress": "{% load badger %}{% badge_progress whose wordsmith %}",
    "recent_awards": "{% load badger %}{% recent_awards limit=5 %}",
    "just_earned": "{% load badger %}{% just_earned %}",
    "twice": "{% load badger %}{% just_earned %}|{% just_earned %}",
    "limit": "{% load badger %}{% badge_list whose limit=1 %}{% recent_awards limit=-1 %}",
    "viewer": "{% load badger %}{% badge_list whose viewer=whose %}{% badge_progress whose wordsmith viewer=whose %}",
    "for": "{% load badger %}{% just_earned whose %}",
    "words": '{% load badger %}{{ badge|badge_title:"2026" }} {{ badge|badge_description }} {{ badge|badge_criteria }} '
    "{{ whose|person_name }} {{ whose|person_page }} {{ at|badge_date }}",
}
JINJA = {
    "badge_list": "{{ badger.badge_list(whose) }}",
    "badge_progress": "{{ badger.badge_progress(whose, wordsmith) }}",
    "recent_awards": "{{ badger.recent_awards(limit=5) }}",
    "just_earned": "{{ badger.just_earned(request) }}",
    "twice": "{{ badger.just_earned(request) }}|{{ badger.just_earned() }}",
    "limit": "{{ badger.badge_list(whose, limit=1) }}{{ badger.recent_awards(limit=-1) }}",
    "viewer": "{{ badger.badge_list(whose, viewer=whose) }}{{ badger.badge_progress(whose, wordsmith, viewer=whose) }}",
    "for": "{{ badger.just_earned(whose) }}",
    "words": '{{ badger.title(badge, "2026") }} {{ badger.description(badge) }} {{ badger.criteria(badge) }} '
    "{{ badger.person(whose) }} {{ badger.person_page(whose) }} {{ badger.date(at) }}",
}


@pytest.fixture
def show(engine):
    """Draw a template of the host's, as ``user`` or for nobody in particular."""

    def draw(name, viewer=None, *, request=True, **variables):
        source = (DJANGO if engine == "django" else JINJA)[name]
        asked = None
        if request:
            asked = variables.pop("asked", None) or RequestFactory().get("/")
            asked.user = viewer or AnonymousUser()
        return engines[engine].from_string(source).render({"wordsmith": badges.wordsmith, **variables}, asked)

    return draw


class TestBadgeList:
    def test_shows_what_somebody_has(self, show, ada, bob):
        give(Badge.objects.get(slug="first-post"), ada)

        assert "First post! All badges" in words(show("badge_list", bob, whose=ada))

    def test_says_so_when_they_have_nothing(self, show, ada):
        assert "Ada has no badges to show." in words(show("badge_list", ada, whose=ada))

    def test_shows_hidden_awards_to_their_holder_only(self, show, ada, bob):
        give(Badge.objects.get(slug="first-post"), ada, hidden=True)

        assert "First post!" in show("badge_list", ada, whose=ada)
        assert "First post!" not in show("badge_list", bob, whose=ada)
        assert "First post!" not in show("badge_list", request=False, whose=ada)
        assert "First post!" in show("viewer", request=False, whose=ada)

    @pytest.mark.parametrize("user", [AnonymousUser(), None, ""])
    def test_of_nobody_is_empty_and_asks_nothing(self, show, user, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert show("badge_list", whose=user) == ""

    def test_can_be_limited(self, show, no_badges, ada):
        give(badge("one"), ada, days_ago=1), give(badge("two"), ada)

        shown = words(show("limit", ada, whose=ada))

        assert "Two" in shown
        assert "One" not in shown


class TestBadgeProgress:
    @pytest.mark.parametrize("named", [badges.wordsmith, "250-words"], ids=["declaration", "slug"])
    def test_shows_how_far_somebody_is(self, show, ada, named):
        with happened():
            Entry.objects.create(author=ada, message="…", word_count=120)

        shown = words(show("badge_progress", ada, whose=ada, wordsmith=named))

        assert "250 words 48 48 percent done" in shown
        assert "120 of 250" in shown

    def test_takes_the_row_too(self, show, ada):
        row = Badge.objects.get(slug="250-words")

        assert "Not earned yet" in words(show("badge_progress", ada, whose=ada, wordsmith=row))

    def test_shows_when_it_was_earned(self, show, ada):
        give(Badge.objects.get(slug="250-words"), ada)

        assert "Earned on " in words(show("badge_progress", ada, whose=ada))

    def test_is_for_the_person_and_for_managers_only(self, show, ada, bob, manager):
        assert "250 words" in words(show("badge_progress", manager, whose=ada))
        assert show("badge_progress", bob, whose=ada) == ""
        assert show("badge_progress", whose=ada) == ""
        assert show("badge_progress", request=False, whose=ada) == ""
        assert "250 words" in words(show("viewer", request=False, whose=ada))

    @pytest.mark.parametrize("unknown", ["no-such-badge", "", None, "night-owl", "\x00"])
    def test_of_a_badge_that_is_not_to_be_seen_is_empty(self, show, ada, unknown):
        assert show("badge_progress", ada, whose=ada, wordsmith=unknown) == ""

    @pytest.mark.parametrize("user", [AnonymousUser(), None, ""])
    def test_of_nobody_is_empty_and_asks_nothing(self, show, user, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert show("badge_progress", whose=user) == ""

    def test_of_a_closed_badge_shows_no_bar(self, show, ada):
        Badge.objects.filter(slug="250-words").update(status="disabled")

        shown = words(show("badge_progress", ada, whose=ada))

        assert "250 words" in shown
        assert "percent" not in shown


class TestRecentAwards:
    def test_shows_the_newest_of_everybody(self, show, no_badges, ada, bob):
        give(badge("one"), ada, days_ago=1), give(badge("two"), bob)

        shown = words(show("recent_awards"))

        assert shown.index("Two Bob") < shown.index("One Ada")

    def test_shows_so_many_and_not_more(self, show, no_badges, ada):
        for number in range(7):
            give(badge(f"badge-{number}"), ada, days_ago=number)

        shown = words(show("recent_awards"))

        assert "Badge 4" in shown
        assert "Badge 5" not in shown

    def test_says_so_when_there_are_none(self, show):
        assert "Nobody has earned a badge yet." in words(show("recent_awards"))


class TestJustEarned:
    def test_shows_a_new_award_once(self, show, ada):
        given = give(Badge.objects.get(slug="first-post"), ada)

        assert "You have earned a badge! First post!" in words(show("just_earned", ada))
        assert show("just_earned", ada) == ""
        given.refresh_from_db()
        assert given.seen_at is not None

    def test_shows_the_same_wherever_one_page_asks(self, show, ada):
        give(Badge.objects.get(slug="first-post"), ada)

        first, second = show("twice", ada).split("|")

        assert first == second
        assert "First post!" in first

    def test_costs_visitors_nothing(self, show, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert show("just_earned") == ""

    def test_costs_members_one_query_when_there_is_nothing_new(self, show, ada):
        with CaptureQueriesContext(connection) as asked:
            show("just_earned", ada)

        assert len([one for one in asked if "badger_award" in one["sql"]]) == 1

    def test_can_be_asked_for_a_user(self, show, ada):
        give(Badge.objects.get(slug="first-post"), ada)

        assert "First post!" in show("for", ada, whose=ada)
        assert show("for", ada, whose=ada) == ""

    def test_is_nothing_where_there_is_no_request(self, show):
        assert show("just_earned", request=False) == ""

    def test_leaves_awards_of_others_alone(self, show, ada, bob):
        given = give(Badge.objects.get(slug="first-post"), bob)

        assert show("just_earned", ada) == ""
        given.refresh_from_db()
        assert given.seen_at is None


def test_words_are_the_same_in_both_languages(show, ada):
    made = Badge.objects.get(slug="year-in-words")
    Badge.objects.filter(pk=made.pk).update(description="Write, write, write.", criteria="One a day.")
    made.refresh_from_db()

    shown = words(show("words", ada, whose=ada, badge=made, at=noon(2026, 11, 21)))

    assert shown == f"2026 regular Write, write, write. One a day. Ada /badges/people/{ada.pk}/ Nov. 21, 2026"


def test_everything_is_escaped(show, ada):
    nasty = badge("nasty", title=NASTY)
    give(nasty, ada, reason=NASTY)

    for name in ("badge_list", "recent_awards", "just_earned"):
        html = show(name, ada, whose=ada)
        assert "<script" not in html, name
        assert "alert(" in html, name


class TestNumbersAndMoments:
    @pytest.mark.parametrize(
        ("number", "text"), [(5, "5"), ("5.000000", "5"), ("2.500000", "2.5"), ("1E+3", "1000"), ("9" * 40, "9" * 40)]
    )
    def test_numbers_have_no_useless_zeros(self, number, text):
        from decimal import Decimal

        assert number_text(Decimal(number)) == text

    def test_moments_are_told_in_the_time_zone_of_the_reader(self):
        at = noon(2026, 1, 1).replace(hour=1).astimezone(timezone.get_fixed_timezone(0))

        assert moment_of(at) == Moment(iso="2026-01-01T01:00:00+01:00", text="Jan. 1, 2026")

    def test_moments_without_a_time_zone_are_taken_as_they_are(self):
        from datetime import datetime

        naive = datetime(2026, 1, 1, 12)  # noqa: DTZ001  what a site with USE_TZ = False has

        assert moment_of(naive).iso == "2026-01-01T12:00:00"
        assert date_text(naive) == "Jan. 1, 2026"


def test_awards_are_not_counted_as_seen_by_pages(client, ada, engine):
    given = give(Badge.objects.get(slug="first-post"), ada)
    client.force_login(ada)
    client.get("/badges/me/")

    assert Award.objects.get(pk=given.pk).seen_at is None
