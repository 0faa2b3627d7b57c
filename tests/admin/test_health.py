"""The health of a badge's rule, on its page in the admin; and the filter of the list."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from django_badger.models import Award, Badge
from tests.admin.conftest import badge

pytestmark = pytest.mark.django_db
LIST = "admin:badger_badge_changelist"


def section(client, one):
    """Give the section of a badge's page, in words; empty where there is none."""
    page = client.get(reverse("admin:badger_badge_change", args=[one.pk])).content.decode()
    found = re.search(r'<section class="module aligned badger-health".*?</section>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[0])).split()) if found else ""


@pytest.fixture
def lost(helper):
    """A badge that needs one which is not published, and an award of it by an earlier version of its rule."""
    helper.prerequisites.add(badge("closed", status="disabled"))
    return helper


def test_says_what_is_wrong_and_what_to_do(site, lost):
    told = section(site, lost)

    assert told.startswith(
        "Rule health Problem Nobody can earn it, because of what it needs: “closed” (disabled). Let these badges be "
    )
    assert told.endswith("Last evaluated not known Last earned never Standing awards 0")


def test_says_since_when_it_is_well(site, first_post, person):
    now = timezone.now()
    Badge.objects.filter(pk=first_post.pk).update(rule_changed_at=now, evaluated_at=now)
    baker.make(Award, badge=first_post, recipient=person, evidence={"rule": "older"}, awarded_at=now, hidden=True)

    told = section(site, first_post)

    assert "Good to know 1 award was earned by an earlier version of its rule" in told
    assert re.search(r"Last evaluated \S.* Last earned \S.* Standing awards 1 By an earlier rule 1$", told)
    assert "not known" not in told
    assert "never" not in told


def test_says_that_nothing_is_wrong(site, first_post):
    assert "Rule health Nothing is wrong with it. Last evaluated" in section(site, first_post)


def test_says_that_people_award_it(site, helper):
    assert section(site, helper) == "Rule health It has no rule: people award it. Standing awards 0"


def test_says_nothing_of_what_cannot_be_earned(site, lost):
    Badge.objects.filter(pk=lost.pk).update(status="disabled")

    assert "It cannot be earned, so nothing is said about its rule." in section(site, lost)


def test_is_for_those_who_manage_badges(staff, lost):
    """It counts hidden awards, too."""
    assert section(staff("view_badge", "view_award"), lost) == ""
    assert section(staff("view_badge", "change_badge"), lost)


def test_of_a_new_badge_there_is_none(site):
    assert "badger-health" not in site.get(reverse("admin:badger_badge_add")).content.decode()


def test_escapes_what_an_error_says(site, first_post):
    Badge.objects.filter(pk=first_post.pk).update(
        errors=1, last_error="ValueError: <b>no</b>", last_error_at=timezone.now()
    )

    page = site.get(reverse("admin:badger_badge_change", args=[first_post.pk])).content.decode()

    assert "on " in section(site, first_post)
    assert "<b>no</b>" not in page


def test_has_nothing_that_a_strict_policy_refuses(site, lost):
    page = site.get(reverse("admin:badger_badge_change", args=[lost.pk])).content.decode()
    found = re.search(r'<section class="module aligned badger-health".*?</section>', page, re.DOTALL)

    assert found
    assert not re.search(r"style=|<style|<script| on\w+=", found[0])


def test_the_version_is_shown_with_the_rule(site, first_post):
    page = site.get(reverse("admin:badger_badge_change", args=[first_post.pk])).content.decode()

    assert first_post.rule_version in page


@pytest.mark.parametrize(
    ("chosen", "expected"), [("failed", {"failed"}), ("changed", {"changed"}), ("", {"failed", "changed", "well"})]
)
def test_the_list_is_narrowed_down_by_what_happened_to_rules(site, chosen, expected):
    Badge.objects.all().delete()
    now = timezone.now()
    badge("well", last_error_at=now - timedelta(days=8), rule_changed_at=now - timedelta(days=31))
    badge("failed", last_error_at=now - timedelta(days=6))
    badge("changed", rule_changed_at=now - timedelta(days=29))

    page = site.get(reverse(LIST), {"rule": chosen} if chosen else {})

    assert {one.slug for one in page.context["cl"].result_list} == expected
