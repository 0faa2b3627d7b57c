"""The admin in a real browser: what we add to it is readable in its light and its dark theme."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from tests.web.world import badge, give

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def helper(client, context, live_server, settings):
    """A badge that was awarded now and then, and a superuser's browser to look at it with."""
    boss = baker.make(get_user_model(), is_staff=True, is_superuser=True)
    client.force_login(boss)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    made, now = badge("helper", title="Helper", repeatable=True), timezone.now()
    for week in range(26):
        for number in range(week * 7 % 11):
            at = now - timedelta(weeks=week)
            give(made, boss, slot=f"{week}-{number}", earned_at=at, awarded_at=at)
    return made


@pytest.fixture(
    params=[("light", 1200), ("dark", 1200), ("light", 390), ("dark", 390)], ids=lambda one: f"{one[0]}-{one[1]}"
)
def view(request, page):
    """Look with this theme, in a window of this width."""
    scheme, width = request.param
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    return scheme, width


@pytest.fixture
def ill(helper):
    """The same badge, about whose rule there is all kind of things to say."""
    now = timezone.now()
    helper.prerequisites.add(
        badge("a-badge-with-quite-a-long-name", status="disabled"), badge("closed", status="draft")
    )
    helper.errors, helper.last_error, helper.last_error_at = 12, "its rule: ValueError: " + "no" * 60, now
    helper.rule_version, helper.rule_changed_at, helper.evaluated_at = "1a2b3c4d5e6f", now, now
    helper.save()
    return helper


def test_the_health_of_a_rule_is_shown_to_everybody(live_server, page, ill, inspect, view):
    scheme, width = view
    page.goto(live_server.url + reverse("admin:badger_badge_change", args=[ill.pk]))
    health = page.get_by_role("region", name="Rule health")

    assert health.get_by_role("listitem").count() == 3
    assert health.bounding_box()["width"] <= width
    assert page.evaluate("document.querySelector('.badger-health').scrollWidth") <= width
    health.scroll_into_view_if_needed()
    inspect(f"admin-health-{scheme}-{width}", within=".badger-health")


def test_awards_over_time_are_shown_to_everybody(live_server, page, helper, inspect, view):
    scheme, width = view
    page.goto(live_server.url + reverse("admin:badger_badge_change", args=[helper.pk]))

    drawn = page.get_by_role("img", name="Awards by week")
    page.get_by_text("The same in numbers").click()

    assert drawn.bounding_box()["width"] <= width
    assert page.get_by_role("cell", name="10", exact=True).first.is_visible()
    inspect(f"admin-over-time-{scheme}-{width}", within=".badger-over-time")
