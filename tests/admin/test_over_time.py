"""The chart of a badge's awards over time: on its page, for eyes, for ears and without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from django_badger.admin.over_time import months_until, over_time, weeks_until
from django_badger.models import Award
from tests.admin.conftest import badge

pytestmark = pytest.mark.django_db
#: A Thursday.
NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)


@pytest.fixture
def give(helper):
    """Award the helper badge at this moment."""

    def make(at, **columns):
        return baker.make(
            Award, recipient=baker.make(get_user_model()), awarded_at=at, slot=str(Award.objects.count()),
            **({"badge": helper} | columns),
        )  # fmt: skip

    return make


@pytest.fixture
def counted(helper):
    """Give the bars of the helper badge that are not empty."""

    def bars(at=NOW):
        shown = over_time(helper, Award.objects.all(), at=at)
        return {bar.label: bar.number for bar in shown.chart.bars if bar.number} if shown else None

    return bars


def page_of(client, one):
    return unescape(client.get(reverse("admin:badger_badge_change", args=[one.pk])).content.decode())


def drawing(page):
    """Give the drawing alone, without the admin's own icons."""
    found = re.search(r'<svg viewBox="0 0 720 180".*?</svg>', page, re.DOTALL)
    return found[0] if found else ""


class TestCounting:
    def test_by_week_for_half_a_year(self, give, counted):
        give(NOW)
        give(NOW - timedelta(days=3))
        give(NOW - timedelta(days=4))
        give(NOW - timedelta(weeks=25))

        assert counted() == {"October 12": 2, "October 5": 1, "April 20": 1}

    def test_a_week_begins_on_monday_where_one_is(self, give, counted):
        give(datetime(2026, 10, 11, 21, 59, tzinfo=UTC))  # 23:59 on Sunday in Berlin
        give(datetime(2026, 10, 11, 22, 0, tzinfo=UTC))

        assert counted() == {"October 5": 1, "October 12": 1}
        with timezone.override("America/New_York"):
            assert counted() == {"October 5": 2}

    def test_a_week_in_which_the_clocks_change_has_seven_days(self, give, counted):
        give(datetime(2026, 10, 18, 22, 0, tzinfo=UTC))  # midnight, summer time
        give(datetime(2026, 10, 25, 22, 59, tzinfo=UTC))  # 23:59, winter time
        give(datetime(2026, 10, 25, 23, 0, tzinfo=UTC))

        assert counted(NOW + timedelta(weeks=2)) == {"October 19": 2, "October 26": 1}

    def test_by_month_where_half_a_year_was_quiet(self, give, counted):
        give(datetime(2026, 4, 19, 12, tzinfo=UTC))
        give(datetime(2026, 4, 1, 12, tzinfo=UTC))
        give(datetime(2024, 11, 1, 12, tzinfo=UTC))

        assert counted() == {"April 2026": 2, "November 2024": 1}

    def test_older_awards_are_left_out_of_the_weeks(self, give, counted):
        give(NOW)
        give(NOW - timedelta(weeks=30))

        assert counted() == {"October 12": 1}

    def test_nothing_for_two_years_is_nothing(self, give, counted):
        give(datetime(2024, 10, 31, 12, tzinfo=UTC))

        assert counted() is None

    def test_what_is_dated_ahead_is_in_the_last_week(self, give, counted):
        give(NOW + timedelta(weeks=9))

        assert counted() == {"October 12": 1}

    def test_ended_awards_count_but_for_those_that_never_were(self, give, counted):
        for ended in ("", "revoked", "lapsed", "retracted"):
            give(NOW, ended=ended)

        assert counted() == {"October 12": 3}

    def test_other_badges_do_not_count(self, give, counted):
        give(NOW, badge=badge("other"))

        assert counted() is None

    def test_on_a_site_without_time_zones(self, settings, give, counted):
        settings.USE_TZ = False
        give(datetime(2026, 10, 12))  # noqa: DTZ001  as such a site has them
        give(datetime(2026, 10, 11, 23, 59))  # noqa: DTZ001  the same

        assert counted(datetime(2026, 10, 15)) == {"October 12": 1, "October 5": 1}  # noqa: DTZ001  the same

    def test_is_one_query_that_asks_the_database_for_no_time_zone(self, helper, give):
        for number in range(50):
            give(NOW - timedelta(days=number * 9))

        with CaptureQueriesContext(connection) as asked:
            over_time(helper, Award.objects.all(), at=NOW)

        [query] = asked
        assert "Berlin" not in query["sql"]

    @pytest.mark.sqlite
    def test_goes_by_the_index_of_the_badge(self, helper, give):
        with CaptureQueriesContext(connection) as asked:
            over_time(helper, Award.objects.all(), at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())

        assert "USING INDEX badger_award_badge (badge_id=? AND awarded_at>?)" in plan


class TestCalendar:
    @pytest.mark.parametrize("today", [date(2026, 10, 12), date(2026, 10, 18)])
    def test_weeks_end_with_this_one(self, today):
        weeks = weeks_until(today)

        assert (len(weeks), weeks[0], weeks[-1]) == (26, date(2026, 4, 20), date(2026, 10, 12))

    @pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 1, 31)])
    def test_months_end_with_this_one(self, today):
        months = months_until(today)

        assert (len(months), months[0], months[-2:]) == (24, date(2024, 2, 1), [date(2025, 12, 1), date(2026, 1, 1)])


class TestPage:
    def test_shows_bars_with_their_text_and_the_same_in_numbers(self, site, helper, give):
        give(timezone.now())
        give(timezone.now())
        give(timezone.now() - timedelta(weeks=3))

        page = page_of(site, helper)

        assert page.count('<rect class="badger-bar"') == 26
        assert re.search(r"<desc [^>]*>3 awards since [^<]+, at most 2 at a time \([^)]+\)\.</desc>", page)
        assert '<th scope="col">Week from</th>' in page
        assert re.findall(r"<td>(\d+)</td>", page).count("0") == 24
        assert "badger/admin.css" in page

    def test_says_one_award_in_one_word(self, site, helper, give):
        give(timezone.now())

        assert re.search(r">1 award since [^<,]+\.</desc>", page_of(site, helper))

    def test_says_where_there_is_nothing_to_show(self, site, helper):
        page = page_of(site, helper)

        assert "Nobody was awarded this badge in the last two years." in page
        assert not drawing(page)

    def test_of_a_new_badge_says_nothing(self, site):
        assert "badger-over-time" not in site.get(reverse("admin:badger_badge_add")).content.decode()

    def test_counts_hidden_awards_only_for_those_who_may_see_them(self, site, staff, helper, give):
        give(timezone.now(), hidden=True)

        assert "1 award since" in page_of(site, helper)
        assert "Nobody was awarded" in page_of(staff("view_badge"), helper)

    @pytest.mark.parametrize("language", ["de", "ar", "en"])
    def test_is_drawn_the_same_in_every_language(self, site, settings, helper, give, language):
        settings.USE_THOUSAND_SEPARATOR = True
        give(timezone.now())
        address = reverse("admin:badger_badge_change", args=[helper.pk])

        page = site.get(address, headers={"accept-language": language}).content.decode()

        places = re.findall(r' (?:x|y|x1|x2|y1|y2|width|height)="([^"]*)"', drawing(page))
        assert len(places) > 100
        assert all(place.isascii() and place.isdecimal() for place in places)

    def test_has_nothing_that_a_strict_policy_refuses(self, site, helper, give):
        give(timezone.now())

        drawn = drawing(page_of(site, helper))

        assert "badger-bar" in drawn
        assert not re.search(r"style=|<style|<script| on\w+=", drawn)
