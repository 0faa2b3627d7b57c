"""The list of badges, and what is done from it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from model_bakery import baker

from django_badger import badge as declare
from django_badger._engine.sync import sync
from django_badger.awarding import award, revoke
from django_badger.models import Award, Badge, Progress, Run, Tag
from django_badger.signals import badge_published
from django_badger.testing import isolated_registry
from tests.admin.conftest import badge, messages_of

pytestmark = pytest.mark.django_db
LIST = "admin:badger_badge_changelist"


def titles(page):
    return [one.title for one in page.context["cl"].result_list]


def act(client, name, *badges, **more):
    sent = {"action": name, "_selected_action": [one.pk for one in badges], "index": 0} | more
    return client.post(reverse(LIST), sent, follow=True)


def actions_of(client):
    form = client.get(reverse(LIST)).context["action_form"]
    return {name for name, _label in form.fields["action"].choices if name} if form else set()


class TestColumns:
    def test_say_what_a_badge_is(self, site):
        badge("gold", title="Gold", series="writer", tier="gold", status="disabled")

        page = site.get(reverse(LIST) + "?q=gold").content.decode()

        for said in ("Gold", "gold", "disabled", "site", "writer · gold"):
            assert said in page

    def test_count_the_people_whose_award_stands_each_once(self, site, helper, person):
        Badge.objects.filter(pk=helper.pk).update(repeatable=True)
        helper.refresh_from_db()
        award(helper, to=person)
        award(helper, to=person)
        revoke(award(helper, to=baker.make(get_user_model())).award, reason="A mistake.")

        page = site.get(reverse(LIST) + "?q=helper")

        assert f'<a href="{reverse("admin:badger_award_changelist")}?badge__id__exact={helper.pk}">1</a>' in (
            page.content.decode()
        )

    def test_lead_to_the_awards_of_one_badge(self, site, helper, person):
        award(helper, to=person)
        award(badge("other"), to=person)

        page = site.get(f"{reverse('admin:badger_award_changelist')}?badge__id__exact={helper.pk}")

        assert page.context["cl"].result_count == 1

    def test_do_not_lead_there_for_those_who_may_not_see_awards(self, staff, helper, person):
        award(helper, to=person)

        page = staff("view_badge").get(reverse(LIST) + "?q=helper").content.decode()

        assert '<td class="field-holders">1</td>' in page

    def test_do_not_count_hidden_awards_for_those_who_may_not_see_them(self, staff, helper, person):
        Award.objects.filter(pk=award(helper, to=person).award.pk).update(hidden=True)

        page = staff("view_badge").get(reverse(LIST) + "?q=helper").content.decode()

        assert '<td class="field-holders">0</td>' in page

    def test_tell_when_a_rule_fails(self, site):
        badge("ill", errors=3, last_error="its rule: ValueError: " + "no " * 100, last_error_at=timezone.now())

        page = site.get(reverse(LIST) + "?q=ill").content.decode()

        assert "3 · its rule: ValueError: no no" in page
        assert re.search(r"no no ?…", page)

    def test_speak_the_readers_language(self, site):
        with isolated_registry():
            declare("consent", title=gettext_lazy("Yes"))
            sync()
            page = site.get(reverse(LIST) + "?q=consent", headers={"accept-language": "de"}).content.decode()

        assert ">Ja</a>" in page

    def test_are_the_same_on_a_site_whose_admin_knows_badges_only(self, site, helper):
        from django.contrib import admin

        kept = admin.site._registry.pop(Award)
        try:
            page = site.get(reverse(LIST) + "?q=helper").content.decode()
        finally:
            admin.site._registry[Award] = kept

        assert '<td class="field-holders">0</td>' in page


class TestFinding:
    @pytest.fixture(autouse=True)
    def badges(self):
        Badge.objects.all().delete()
        badge("apple", title="Apple", description="A fruit")
        badge("birch", title="Birch", secret=True, status="draft").tags.add(baker.make(Tag, pk=777, slug="tree"))
        badge("core", title="Core", origin="member", status="disabled")
        baker.make(Tag, slug="unused")

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("", ["Apple", "Birch", "Core"]),
            ("q=APP", ["Apple"]),
            ("q=fruit", ["Apple"]),
            ("q=core", ["Core"]),
            ("status__exact=draft", ["Birch"]),
            ("origin__exact=member", ["Core"]),
            ("secret__exact=1", ["Birch"]),
            ("tags__id__exact=777", ["Birch"]),
            ("o=-2", ["Core", "Birch", "Apple"]),
        ],
    )
    def test_by_words_and_filters(self, site, asked, found):
        assert titles(site.get(f"{reverse(LIST)}?{asked}")) == found

    def test_shows_drafts_and_secrets_only_to_those_who_change_badges(self, staff):
        assert titles(staff("view_badge").get(reverse(LIST))) == ["Apple", "Core"]
        assert titles(staff("change_badge").get(reverse(LIST))) == ["Apple", "Birch", "Core"]

    @pytest.mark.parametrize(
        "asked",
        ["q=%00", "status__exact=%00", "tags__id__exact=evil", "p=99999999", "p=evil", "o=evil", "%00=1", "e=1&q=%00",
         "tags__id__exact=" + "9" * 40, "secret__exact=evil", "evil=1"],
    )  # fmt: skip
    def test_takes_any_address(self, site, asked):
        assert site.get(f"{reverse(LIST)}?{asked}", follow=True).status_code == 200

    def test_finds_while_one_types_also_a_nul_byte(self, site):
        asked = {"app_label": "badger", "model_name": "award", "field_name": "badge", "term": "app\x00le"}

        answer = site.get(reverse("admin:autocomplete"), asked)

        assert [one["text"] for one in answer.json()["results"]] == ["Apple"]


class TestPublishing:
    def test_publishes_what_was_not_and_says_what_was(self, site, boss, django_capture_on_commit_callbacks):
        told = []
        draft, already = badge("draft", title="Draft", status="draft"), badge("already", title="Already")

        def note(badge, **_rest):
            told.append(badge)

        badge_published.connect(note)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                answer = act(site, "publish_badges", draft, already)
        finally:
            badge_published.disconnect(note)

        assert messages_of(answer) == [
            "“Draft” can be earned from now on.",
            "“Already” was not published: it is published already, or its declaration is gone.",
        ]
        assert told == [draft]
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id, entry.change_message) == (boss, str(draft.pk), "Published.")

    def test_disables(self, site, helper):
        answer = act(site, "disable_badges", helper)

        helper.refresh_from_db()
        assert helper.status == "disabled"
        assert messages_of(answer) == ["“Helper” cannot be earned any more."]
        assert LogEntry.objects.get().change_message == "Disabled."

    def test_is_not_flooded_by_what_it_says(self, site):
        many = [badge(f"one-{number}", title=f"One {number}") for number in range(20)]

        assert len(messages_of(act(site, "disable_badges", *many))) == 10

    @pytest.mark.parametrize(
        ("permissions", "offered"),
        [
            (["view_badge"], set()),
            (["change_badge"], {"publish_badges", "disable_badges"}),
            (["view_badge", "add_award"], {"award_badge"}),
            (["view_badge", "delete_badge"], {"delete_selected"}),
        ],
    )
    def test_is_offered_to_those_who_may(self, staff, permissions, offered):
        badge("helper")

        assert actions_of(staff(*permissions)) == offered

    def test_cannot_be_asked_for_by_those_who_may_only_look(self, staff, helper):
        act(staff("view_badge", "add_award"), "disable_badges", helper)

        helper.refresh_from_db()
        assert helper.status == "published"


class TestAwarding:
    def test_goes_on_to_the_page_that_asks_whom_to_award(self, site, helper):
        answer = act(site, "award_badge", helper)

        assert answer.redirect_chain[-1][0] == f"{reverse('admin:badger_award_add')}?badge={helper.pk}"
        assert answer.context["adminform"].form["badge"].value() == str(helper.pk)

    def test_takes_one_badge_at_a_time(self, site, helper):
        assert messages_of(act(site, "award_badge", helper, badge("other"))) == ["Select one badge to award."]

    def test_refuses_what_cannot_be_earned(self, site):
        answer = act(site, "award_badge", badge("one", status="draft"))

        assert messages_of(answer) == ["This badge cannot be earned: it is draft."]


class TestDeleting:
    def test_a_badge_that_was_awarded_is_refused_with_what_to_do(self, site, helper, person):
        award(helper, to=person)
        address = reverse("admin:badger_badge_delete", args=[helper.pk])

        for answer in (site.get(address), site.post(address, {"post": "yes"})):
            page = answer.content.decode()
            assert "A badge that was awarded stays, because the people who have it keep it." in page
            assert "“Helper” was awarded 1 time: disable it instead." in page
        assert Badge.objects.filter(pk=helper.pk).exists()

    def test_many_at_once_are_refused_where_one_of_them_was_awarded(self, site, helper, person):
        other = badge("other")
        award(helper, to=person)

        for answer in (act(site, "delete_selected", helper, other), delete_selected(site, helper, other)):
            assert "“Helper” was awarded 1 time" in answer.content.decode()
        assert Badge.objects.filter(pk__in=[helper.pk, other.pk]).count() == 2

    def test_others_go_with_what_belongs_to_them(self, site, helper, person):
        baker.make(Progress, badge=helper, user=person)
        baker.make(Run, badge=helper, kind="backfill")
        address = reverse("admin:badger_badge_delete", args=[helper.pk])

        page = site.get(address).content.decode()
        answer = site.post(address, {"post": "yes"}, follow=True)

        assert "Progress: 1" in page
        assert "Runs: 1" in page
        assert "deleted successfully" in messages_of(answer)[0]
        assert not Badge.objects.filter(pk=helper.pk).exists()

    def test_many_at_once_go(self, site, helper):
        other = badge("other")

        answer = delete_selected(site, helper, other)

        assert messages_of(answer) == ["Successfully deleted 2 badges."]
        assert not Badge.objects.filter(pk__in=[helper.pk, other.pk]).exists()

    def test_does_not_fetch_the_awards_to_refuse(self, site, helper, django_assert_max_num_queries):
        baker.make(Award, badge=helper, recipient=baker.make(get_user_model()), slot=iter("abcdefgh"), _quantity=8)

        with django_assert_max_num_queries(12) as asked:
            page = site.get(reverse("admin:badger_badge_delete", args=[helper.pk])).content.decode()

        assert "was awarded 8 times" in page
        assert not [one["sql"] for one in asked.captured_queries if "evidence" in one["sql"]]


def delete_selected(client, *badges):
    sent = {"action": "delete_selected", "_selected_action": [one.pk for one in badges], "post": "yes"}
    return client.post(reverse(LIST), sent, follow=True)


def test_the_list_costs_the_same_with_one_and_with_fifty_badges(site, django_assert_max_num_queries):
    Badge.objects.all().delete()

    def cost():
        with django_assert_max_num_queries(15) as counted:
            assert site.get(reverse(LIST)).status_code == 200
        return len(counted)

    def fill(number, prefix):
        for index in range(number):
            one = badge(f"{prefix}-{index}", errors=1, last_error="no")
            one.tags.add(baker.make(Tag, slug=f"{prefix}-{index}"))
            award(one, to=baker.make(get_user_model()))

    fill(2, "few")  # a filter by tag needs two of them
    cost()  # what is fetched once a process
    few = cost()
    fill(48, "more")

    assert cost() == few
