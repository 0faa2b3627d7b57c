"""A badge is awarded to many people, by name or by choice, with a reason."""

from html import unescape

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse
from model_bakery import baker

from django_badger.models import Award, Badge
from django_badger.people import display_of
from tests.admin.conftest import badge, errors_of, messages_of, typed

pytestmark = pytest.mark.django_db
ADD = "admin:badger_award_add"
User = get_user_model()
#: Django's own users have user names, and an admin in which they are searched.
auth_users = pytest.mark.project("everything", "playdoh")


def name(person):
    return str(getattr(person, User.USERNAME_FIELD))


def ask(client, one=None):
    return client.get(reverse(ADD) + (f"?badge={one.pk}" if one else ""))


def send(client, one, *, follow=True, **fields):
    return client.post(reverse(ADD), typed(ask(client, one), **fields), follow=follow)


def holders(one):
    return set(Award.objects.standing().of(one).values_list("recipient", flat=True))


def shown(page):
    return unescape(page.content.decode())


class TestAwarding:
    def test_people_by_name_with_a_reason(self, site, boss, helper):
        people = baker.make(User, _quantity=3)

        answer = send(site, helper, named="\n".join(name(one) for one in people), reason="Stayed late.")

        assert messages_of(answer) == ["3 people were awarded the badge."]
        assert holders(helper) == {one.pk for one in people}
        made = Award.objects.of(helper).first()
        assert made is not None
        assert (made.awarded_by, made.reason, made.route) == (boss, "Stayed late.", "hand")

    def test_leads_to_the_awards_of_that_badge(self, site, helper, person):
        answer = send(site, helper, named=name(person))

        assert answer.redirect_chain[-1][0].endswith(f"?badge__id__exact={helper.pk}")
        assert display_of(person) in shown(answer)

    def test_leads_home_those_who_may_not_see_awards(self, staff, helper, person):
        answer = send(staff("add_award"), helper, named=name(person))

        assert answer.redirect_chain[-1][0] == reverse("admin:index")
        assert holders(helper) == {person.pk}

    def test_counts_who_had_it_before(self, site, helper, person):
        send(site, helper, named=name(person))

        answer = send(site, helper, named=name(person))

        assert messages_of(answer) == ["0 people were awarded the badge. 1 had it before."]

    def test_is_written_into_the_history_of_the_badge_and_of_each_award(self, site, boss, helper, person):
        send(site, helper, named=name(person), reason="Stayed late.")

        made = Award.objects.get()
        of_award, of_badge = (
            LogEntry.objects.get(content_type__model=model, object_id=str(key))
            for model, key in (("award", made.pk), ("badge", helper.pk))
        )
        assert (of_award.user, of_award.action_flag, of_award.change_message) == (boss, 1, "Stayed late.")
        assert (of_badge.user, of_badge.change_message) == (boss, "Awarded to 1 person. Stayed late.")

    def test_of_keys_and_spaces_and_the_same_person_twice(self, site, helper, person):
        answer = send(site, helper, named=f"\n  {person.pk}  \r\n\n{name(person)}\n")

        assert messages_of(answer) == ["1 person was awarded the badge."]

    def test_by_addresses_however_they_are_written(self, site, helper):
        known = baker.make(User, email="Ann@Example.org")

        send(site, helper, named="ANN@example.ORG")

        assert holders(helper) == {known.pk}

    @auth_users
    def test_by_a_name_that_is_written_in_another_form_of_the_same_letters(self, site, helper):
        known = baker.make(User, username="rené")

        send(site, helper, named="rene\u0301")

        assert holders(helper) == {known.pk}

    @auth_users
    def test_by_a_user_name_rather_than_by_the_key_or_address_of_somebody_else(self, site, helper, person):
        namesake = baker.make(User, username=str(person.pk))
        letter = baker.make(User, username="ann@example.org")
        baker.make(User, email="ann@example.org")

        send(site, helper, named=f"{person.pk}\nann@example.org")

        assert holders(helper) == {namesake.pk, letter.pk}

    @auth_users
    def test_chosen_people_and_named_ones_together(self, site, helper, person):
        chosen = baker.make(User)

        answer = send(site, helper, named=name(person), chosen=[chosen.pk, person.pk])

        assert messages_of(answer) == ["2 people were awarded the badge."]

    def test_offers_only_badges_that_can_be_earned(self, site, helper):
        badge("draft", title="Draft", status="draft")
        badge("old", title="Old", status="disabled")

        page = shown(ask(site))

        assert "Helper (helper)" in page
        assert "(draft)" not in page
        assert "(old)" not in page

    def test_offers_only_badges_that_one_may_see(self, staff):
        badge("surprise", title="Surprise", secret=True)

        assert "Surprise" not in shown(ask(staff("add_award")))
        assert "Surprise" in shown(ask(staff("add_award", "change_badge")))

    def test_costs_the_same_for_two_and_for_thirty_people(self, site, helper, django_assert_max_num_queries):
        def cost(number):
            names = "\n".join(name(one) for one in baker.make(User, _quantity=number))
            sent = typed(ask(site, helper), named=names)
            with django_assert_max_num_queries(30) as counted:
                assert site.post(reverse(ADD), sent).status_code == 302
            return len(counted)

        cost(2)
        assert cost(30) == cost(2)


class TestRefusals:
    def test_unknown_names_are_told_and_nothing_typed_is_lost(self, site, helper, person):
        names = f"{name(person)}\nnobody-1\nnobody-2"

        answer = send(site, helper, named=names, reason="Stayed late.")

        assert errors_of(answer)["named"] == [
            "Nobody here is known as “nobody-1”.", "Nobody here is known as “nobody-2”."
        ]  # fmt: skip
        for kept in (names, "Stayed late."):
            assert kept in shown(answer)
        assert answer.context["adminform"].form["badge"].value() == str(helper.pk)
        assert not Award.objects.exists()

    def test_not_all_of_a_thousand_wrong_names_are_told(self, site, helper):
        answer = send(site, helper, named="\n".join(f"nobody-{number}" for number in range(1000)))

        said = errors_of(answer)["named"]
        assert (len(said), said[-1]) == (21, "… and 980 more.")

    def test_more_than_a_thousand_people_are_too_many_at_once(self, site, helper):
        answer = send(site, helper, named="\n".join(f"nobody-{number}" for number in range(1001)))

        assert errors_of(answer)["named"] == ["At most 1000 people at once."]

    @auth_users
    def test_an_address_of_two_accounts_is_nobodys(self, site, helper):
        baker.make(User, email="ann@example.org", _quantity=2)

        answer = send(site, helper, named="ann@example.org")

        assert errors_of(answer)["named"] == [
            "Several accounts have the address “ann@example.org”: write the user name instead."
        ]

    def test_nobody_at_all_is_nobody(self, site, helper):
        answer = send(site, helper, named=" \n ")

        assert errors_of(answer)["named"] == ["Say whom to award: nobody is named here."]

    def test_no_badge_is_no_badge(self, site, person):
        answer = send(site, None, named=name(person))

        assert errors_of(answer)["badge"] == ["This field is required."]

    def test_an_empty_answer_is_answered(self, site):
        assert "badge" in errors_of(site.post(reverse(ADD), {}))

    def test_a_blocked_account_is_named_and_the_others_are_awarded(self, site, helper, person):
        blocked = baker.make(User, is_active=False)

        answer = send(site, helper, named=f"{name(person)}\n{name(blocked)}")

        (said,) = messages_of(answer)
        assert said.startswith("1 person was awarded the badge.")
        assert said.endswith(f"{display_of(blocked)}: This account is blocked, so it cannot be awarded a badge.")
        assert holders(helper) == {person.pk}

    def test_nobody_awards_themself(self, staff, helper):
        client = staff("add_award", "view_award")

        answer = send(client, helper, named=name(client.user), reason="I am good.")

        assert "Nobody decides their own case: ask somebody else." in errors_of(answer)["__all__"][0]
        assert "I am good." in shown(answer)
        assert not Award.objects.exists()

    def test_but_a_superuser_who_says_why(self, site, boss, helper):
        silent = send(site, helper, named=name(boss))
        answer = send(site, helper, named=name(boss), reason="For the test site.")

        assert "This is your own case: say why." in errors_of(silent)["__all__"][0]
        assert messages_of(answer) == ["1 person was awarded the badge."]

    @pytest.mark.parametrize("permissions", [[], ["view_award"], ["change_award"]])
    def test_those_who_may_not_award_have_no_page(self, staff, permissions):
        client = staff(*permissions)

        assert client.get(reverse(ADD)).status_code == 403
        assert client.post(reverse(ADD), {}).status_code == 403

    def test_a_badge_that_was_disabled_meanwhile_is_refused(self, site, helper, person):
        page = ask(site, helper)
        Badge.objects.update(status="disabled")

        answer = site.post(reverse(ADD), typed(page, named=name(person)))

        assert "not one of the available choices" in errors_of(answer)["badge"][0]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("named", "\x00"),
            ("named", "9" * 50),
            ("named", "-1"),
            ("named", "🏅" * 300),
            ("named", "@"),
            ("named", "%s ' \" ; --"),
            ("reason", "a\x00b"),
            ("reason", "x" * 2001),
            ("badge", "evil"),
            ("badge", "9" * 50),
            ("badge", "\x00"),
        ],
        ids=lambda value: repr(value)[:20],
    )
    def test_bad_input_is_told_at_its_field(self, site, helper, person, field, value):
        answer = send(site, helper, **({"named": name(person)} | {field: value}))

        assert answer.status_code == 200
        assert field in errors_of(answer)
        assert not Award.objects.exists()

    @auth_users
    @pytest.mark.parametrize("value", ["evil", "\x00", "9" * 50, "987654321"])
    def test_a_choice_that_is_nobody_is_told(self, site, helper, value):
        answer = send(site, helper, chosen=[value])

        assert answer.status_code == 200
        assert "chosen" in errors_of(answer)

    @pytest.mark.parametrize("key", ["evil", "%00", "9" * 50])
    def test_any_badge_in_the_address_is_taken(self, site, key):
        assert site.get(f"{reverse(ADD)}?badge={key}").status_code == 200

    def test_another_sites_form_is_refused(self, boss, helper, person):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(boss)

        assert client.post(reverse(ADD), {"badge": helper.pk, "named": name(person)}).status_code == 403


class TestChoosing:
    @auth_users
    def test_people_are_searched_while_one_types(self, site, person):
        page = ask(site)
        asked = {"app_label": "badger", "model_name": "award", "field_name": "recipient", "term": person.username}

        answer = site.get(reverse("admin:autocomplete"), asked)

        assert 'data-field-name="recipient"' in shown(page)
        assert [one["id"] for one in answer.json()["results"]] == [str(person.pk)]

    @auth_users
    def test_not_one_of_a_million_people_is_fetched_for_the_page(self, site, django_assert_max_num_queries):
        baker.make(User, _quantity=50, last_name="Millionaire")

        assert "Millionaire" not in shown(ask(site))

    @auth_users
    def test_the_chosen_stay_chosen_when_something_else_is_wrong(self, site, helper, person):
        page = shown(send(site, helper, chosen=[person.pk], named="nobody"))

        assert f'<option value="{person.pk}" selected>' in page

    @auth_users
    def test_it_is_left_out_for_those_who_may_not_see_people(self, staff):
        assert "chosen" not in ask(staff("add_award")).context["adminform"].form.fields
        assert "chosen" in ask(staff("add_award", "view_user")).context["adminform"].form.fields

    @auth_users
    def test_it_is_left_out_where_people_cannot_be_searched(self, site, monkeypatch):
        monkeypatch.setattr(type(admin.site._registry[User]), "search_fields", ())

        assert "chosen" not in ask(site).context["adminform"].form.fields

    @pytest.mark.project("uuid_people")
    def test_it_is_left_out_where_the_admin_has_no_people(self, site):
        assert "chosen" not in ask(site).context["adminform"].form.fields
