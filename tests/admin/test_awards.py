"""The list of awards, one award, and how it is revoked and reinstated."""

import datetime
import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from django_badger.awarding import award, reinstate, revoke
from django_badger.models import Award
from django_badger.people import display_of
from django_badger.signals import badge_revoked
from tests.admin.conftest import badge, errors_of, messages_of, typed

pytestmark = pytest.mark.django_db
LIST = "admin:badger_award_changelist"
REVOKE = "admin:badger_award_revoke"
REINSTATE = "admin:badger_award_reinstate"
User = get_user_model()


def given(one, to=None, **columns):
    made = award(one, to=to or baker.make(User)).award
    Award.objects.filter(pk=made.pk).update(**columns) if columns else None
    return Award.objects.with_badges().get(pk=made.pk)


def change(one):
    return reverse("admin:badger_award_change", args=[one.pk])


def shown(page):
    return unescape(page.content.decode())


def act(client, name, *awards, **more):
    sent = {"action": name, "_selected_action": [one.pk for one in awards], "index": 0} | more
    return client.post(reverse(LIST), sent, follow=True)


def page_of(name, *awards):
    return f"{reverse(name)}?awards={','.join(str(one.pk) for one in awards)}"


def actions_of(client):
    form = client.get(reverse(LIST)).context["action_form"]
    return {name for name, _label in form.fields["action"].choices if name} if form else set()


class TestList:
    def test_says_who_has_which_badge_since_when_and_how(self, site, helper, person):
        made = given(helper, person, route="claim")

        page = shown(site.get(reverse(LIST)))

        for said in ("Helper", display_of(person), "claim", "standing"):
            assert said in page
        assert made.ended == ""

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ({}, "standing"),
            ({"ended": "revoked"}, "revoked"),
            ({"ended": "lapsed"}, "lapsed"),
            ({"ended": "retracted"}, "retracted"),
            ({"expires_at": timezone.now() - datetime.timedelta(days=1)}, "expired"),
        ],
        ids=["standing", "revoked", "lapsed", "retracted", "expired"],
    )
    def test_says_whether_it_stands_and_finds_it_by_that(self, site, helper, columns, said):
        made = given(helper, **columns)
        others = {"standing", "revoked", "lapsed", "retracted", "expired"} - {said}

        page = site.get(f"{reverse(LIST)}?state={said}")

        assert [one.pk for one in page.context["cl"].result_list] == [made.pk]
        assert f'<td class="field-state">{said}</td>' in shown(page)
        for other in others:
            assert site.get(f"{reverse(LIST)}?state={other}").context["cl"].result_count == 0

    def test_has_the_newest_first(self, site, helper):
        made = [given(helper) for _ in range(3)]

        page = site.get(reverse(LIST))

        assert [one.pk for one in page.context["cl"].result_list] == [one.pk for one in reversed(made)]

    def test_finds_by_badge_and_by_person(self, site, helper, person):
        made = given(helper, person)
        given(badge("other", title="Quite another"))

        for asked in ("helper", "HELPER", str(getattr(person, User.USERNAME_FIELD))):
            page = site.get(reverse(LIST), {"q": asked})
            assert [one.pk for one in page.context["cl"].result_list] == [made.pk]

    def test_finds_by_when_it_was_awarded(self, site, helper):
        made = given(helper)
        given(badge("old"), awarded_at=timezone.now() - datetime.timedelta(days=40))
        link = re.search(r'<a href="(\?awarded_at__gte=[^"]+)">\s*Past 7 days', shown(site.get(reverse(LIST))))
        assert link

        page = site.get(reverse(LIST) + link[1])

        assert [one.pk for one in page.context["cl"].result_list] == [made.pk]

    @pytest.mark.parametrize(
        "asked",
        [
            "awarded_at__gte=evil",
            "awarded_at__gte=%00",
            "q=%00",
            "state=%00",
            "state=evil",
            "route__exact=evil",
            "badge__id__exact=evil",
            "p=9999999",
            "e=1",
        ],
    )
    def test_takes_any_address(self, site, asked):
        assert site.get(f"{reverse(LIST)}?{asked}", follow=True).status_code == 200

    def test_shows_hidden_awards_and_those_of_secret_badges_to_those_who_decide_about_them(self, staff, helper):
        given(helper, hidden=True)
        given(badge("secret", secret=True))

        def count(*permissions):
            return staff(*permissions).get(reverse(LIST)).context["cl"].result_count

        assert count("view_award") == 0
        assert count("change_award") == 2
        assert count("view_award", "change_badge") == 2

    def test_shows_everybody_their_own(self, staff, helper):
        client = staff("view_award")
        given(helper, client.user, hidden=True)

        assert client.get(reverse(LIST)).context["cl"].result_count == 1

    def test_counts_only_what_was_asked_for(self, site, helper):
        given(helper)

        assert site.get(reverse(LIST) + "?state=revoked").context["cl"].full_result_count is None

    def test_costs_the_same_with_one_and_with_fifty_awards(self, site, django_assert_max_num_queries):
        def cost():
            with django_assert_max_num_queries(10) as counted:
                assert site.get(reverse(LIST)).status_code == 200
            return len(counted)

        given(badge("first"))
        cost()  # what is fetched once a process
        few = cost()
        for number in range(49):
            given(badge(f"more-{number}"))

        assert cost() == few

    @pytest.mark.parametrize(
        ("permissions", "offered"),
        [
            (["view_award"], set()),
            (["view_award", "delete_award"], set()),
            (["change_award"], {"revoke_awards", "reinstate_awards"}),
        ],
    )
    def test_offers_what_one_may_do_and_never_to_delete(self, staff, helper, permissions, offered):
        given(helper)

        assert actions_of(staff("view_badge", "change_badge", *permissions)) == offered


class TestOneAward:
    def test_is_looked_at_but_for_whether_it_is_shown(self, site, helper, person):
        made = given(helper, person)

        page = site.get(change(made))

        assert set(page.context["adminform"].form.fields) == {"hidden"}
        assert f"Helper: {display_of(person)}" in shown(page)
        assert 'name="_addanother"' not in shown(page)

    def test_says_who_gave_it_and_who_revoked_it(self, site, boss, helper, person):
        giver = baker.make(User, is_superuser=True)
        made = award(helper, to=person, by=giver, reason="Stayed late.").award
        revoke(made, by=boss, reason="Went early.")

        page = shown(site.get(change(made)))

        for said in (display_of(giver), display_of(boss), "Stayed late.", "Went early."):
            assert said in page

    def test_writes_only_what_was_changed(self, site, helper):
        made = given(helper)
        page = site.get(change(made))
        revoke(made, reason="Meanwhile.")

        site.post(change(made), typed(page, hidden="on", reason="Mine", ended=""))

        made.refresh_from_db()
        assert (made.hidden, made.pinned, made.ended, made.reason) == (True, None, "revoked", "")

    def test_saved_unchanged_stays_the_same(self, site, helper):
        made = given(helper)

        assert site.post(change(made), typed(site.get(change(made)))).status_code == 302

    def test_leads_to_revoking_it_and_then_to_reinstating_it(self, site, helper):
        made = given(helper)
        assert page_of(REVOKE, made) in shown(site.get(change(made)))

        revoke(made, reason="A mistake.")
        assert page_of(REINSTATE, made) in shown(site.get(change(made)))

        Award.objects.update(ended="lapsed")
        page = shown(site.get(change(made)))
        assert page_of(REVOKE, made) not in page
        assert page_of(REINSTATE, made) not in page

    def test_is_only_looked_at_by_those_who_may_only_look(self, staff, helper):
        made = given(helper)
        client = staff("view_award")

        page, answer = client.get(change(made)), client.post(change(made), {"hidden": "on"})

        assert "Revoke…" not in shown(page)
        assert 'name="_save"' not in shown(page)
        assert answer.status_code == 403

    def test_cannot_be_deleted_not_even_by_a_superuser(self, site, helper):
        made = given(helper)
        address = reverse("admin:badger_award_delete", args=[made.pk])

        assert address not in shown(site.get(change(made)))
        assert site.post(address, {"post": "yes"}).status_code == 403
        assert Award.objects.filter(pk=made.pk).exists()

    def test_costs_the_same_however_many_there_are(self, site, helper, django_assert_max_num_queries):
        made = given(helper)

        def cost():
            with django_assert_max_num_queries(12) as counted:
                assert site.get(change(made)).status_code == 200
            return len(counted)

        cost()  # what is fetched once a process
        few = cost()
        for _ in range(49):
            given(helper)

        assert cost() == few

    @pytest.mark.parametrize("key", ["evil", "9" * 40])
    def test_one_that_does_not_exist_is_no_page(self, site, key):
        answer = site.get(f"/admin/badger/award/{key}/change/", follow=True)

        assert "Perhaps it was deleted" in messages_of(answer)[0]


class TestRevoking:
    def test_asks_why_and_says_whose(self, site, helper, person):
        made = given(helper, person)

        page = act(site, "revoke_awards", made)

        assert page.redirect_chain[-1][0] == page_of(REVOKE, made)
        assert f'href="{reverse(LIST)}">No, take me back</a>' in shown(page)
        assert f"Helper: {display_of(person)}" in shown(page)

    def test_takes_the_awards_back_with_the_reason(self, site, boss, helper, django_capture_on_commit_callbacks):
        told = []
        made = [given(helper), given(helper)]

        def note(award, **_rest):
            told.append(award.pk)

        badge_revoked.connect(note)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                answer = site.post(page_of(REVOKE, *made), {"reason": "A mistake."}, follow=True)
        finally:
            badge_revoked.disconnect(note)

        assert messages_of(answer) == ["2 awards were revoked."]
        assert answer.redirect_chain[-1][0] == reverse(LIST)
        found = Award.objects.values_list("ended", "revoked_by", "revoked_reason").distinct()
        assert list(found) == [("revoked", boss.pk, "A mistake.")]
        assert sorted(told) == sorted(one.pk for one in made)

    def test_is_written_into_the_history_of_the_award(self, site, boss, helper):
        made = given(helper)

        answer = site.post(page_of(REVOKE, made), {"reason": "A mistake."}, follow=True)

        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id, entry.change_message) == (boss, str(made.pk), "Revoke awards: A mistake.")
        assert answer.redirect_chain[-1][0] == change(made)

    @pytest.mark.parametrize("reason", ["", "  \n ", "a\x00b", "x" * 2001], ids=["none", "blank", "NUL", "too long"])
    def test_without_a_good_reason_revokes_nothing(self, site, helper, reason):
        made = given(helper)

        answer = site.post(page_of(REVOKE, made), {"reason": reason})

        assert answer.status_code == 200
        assert "reason" in errors_of(answer)
        assert Award.objects.standing().filter(pk=made.pk).exists()

    def test_says_that_some_had_ended_before(self, site, helper):
        before, now = given(helper), given(helper)
        revoke(before, reason="Before.")

        answer = site.post(page_of(REVOKE, before, now), {"reason": "A mistake."}, follow=True)

        assert messages_of(answer) == ["1 award was revoked.", "Some had ended before."]
        before.refresh_from_db()
        assert before.revoked_reason == "Before."

    def test_of_what_had_ended_does_nothing(self, site, helper):
        before = given(helper)
        revoke(before, reason="Before.")

        answer = site.post(page_of(REVOKE, before), {"reason": "A mistake."}, follow=True)

        assert messages_of(answer) == ["Some had ended before."]
        assert not LogEntry.objects.exists()

    def test_of_ones_own_award_is_refused_and_nothing_typed_is_lost(self, staff, helper):
        client = staff("change_award")
        mine = given(helper, client.user)

        answer = client.post(page_of(REVOKE, mine), {"reason": "Too modest."})

        assert errors_of(answer)["__all__"] == ["Nobody decides their own case: ask somebody else."]
        assert "Too modest." in shown(answer)
        assert Award.objects.standing().filter(pk=mine.pk).exists()

    def test_of_ones_own_and_of_others_revokes_the_others(self, staff, helper):
        client = staff("change_award")
        mine, other = given(helper, client.user), given(helper)

        answer = client.post(page_of(REVOKE, mine, other), {"reason": "A mistake."}, follow=True)

        assert messages_of(answer) == [
            "1 award was revoked.", "Nobody decides their own case: ask somebody else."
        ]  # fmt: skip
        assert list(Award.objects.standing()) == [mine]

    def test_of_too_many_at_once_is_refused(self, site, helper):
        baker.make(Award, badge=helper, recipient=baker.make(User), slot=(str(n) for n in range(201)), _quantity=201)

        answer = act(site, "revoke_awards", Award.objects.first(), select_across=1)

        assert messages_of(answer) == ["At most 200 awards at once."]

    @pytest.mark.parametrize("keys", ["", "evil", "%00", "-1", "9" * 50, "1,,2", "٣", "987654321"])
    def test_of_nothing_that_exists_says_so(self, site, keys):
        for answer in (
            site.get(f"{reverse(REVOKE)}?awards={keys}", follow=True),
            site.post(f"{reverse(REVOKE)}?awards={keys}", {"reason": "!"}, follow=True),
        ):
            assert messages_of(answer) == ["No awards were selected."]

    @pytest.mark.parametrize("name", [REVOKE, REINSTATE])
    def test_those_who_may_not_change_awards_have_no_page(self, staff, helper, name):
        client, made = staff("view_award", "add_award"), given(helper)

        assert client.get(page_of(name, made)).status_code == 403
        assert client.post(page_of(name, made), {"reason": "!"}).status_code == 403
        assert Award.objects.standing().filter(pk=made.pk).exists()

    def test_by_a_link_alone_changes_nothing(self, site, helper):
        made = given(helper)

        site.get(page_of(REVOKE, made) + "&reason=Evil")

        assert Award.objects.standing().filter(pk=made.pk).exists()

    def test_by_another_sites_form_is_refused(self, boss, helper):
        from django.test import Client

        client, made = Client(enforce_csrf_checks=True), given(helper)
        client.force_login(boss)

        assert client.post(page_of(REVOKE, made), {"reason": "Evil"}).status_code == 403

    def test_costs_as_much_to_ask_about_fifty_as_about_one(self, site, helper, django_assert_max_num_queries):
        made = [given(helper) for _ in range(50)]

        def cost(awards):
            with django_assert_max_num_queries(10) as counted:
                assert site.get(page_of(REVOKE, *awards)).status_code == 200
            return len(counted)

        cost(made)
        assert cost(made) == cost(made[:1])


class TestReinstating:
    def test_lets_the_award_stand_again(self, site, boss, helper):
        made = given(helper)
        revoke(made, reason="A mistake.")

        page = act(site, "reinstate_awards", made)
        answer = site.post(page.redirect_chain[-1][0], typed(page), follow=True)

        assert messages_of(answer) == ["1 award stands again."]
        assert Award.objects.standing().filter(pk=made.pk).exists()
        entry = LogEntry.objects.get()
        assert (entry.user, entry.change_message) == (boss, "Reinstate awards")

    def test_of_what_stands_is_refused(self, site, helper):
        made = given(helper)

        answer = site.post(page_of(REINSTATE, made), {"reason": ""})

        assert errors_of(answer)["__all__"] == [
            "This award is not revoked, or another one has taken its place."
        ]  # fmt: skip

    def test_of_ones_own_award_needs_a_superuser_who_says_why(self, site, boss, helper):
        mine = given(helper, boss)
        revoke(mine, reason="A mistake.")

        silent = site.post(page_of(REINSTATE, mine), {"reason": ""})
        answer = site.post(page_of(REINSTATE, mine), {"reason": "For the test site."}, follow=True)

        assert errors_of(silent)["__all__"] == ["This is your own case: say why."]
        assert messages_of(answer) == ["1 award stands again."]

    def test_twice_is_once(self, site, helper):
        made = given(helper)
        revoke(made, reason="A mistake.")
        reinstate(made)

        answer = act(site, "reinstate_awards", made)

        assert site.post(answer.redirect_chain[-1][0], {}).status_code == 200
        assert Award.objects.standing().filter(pk=made.pk).count() == 1
