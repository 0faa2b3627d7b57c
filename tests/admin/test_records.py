"""Progress and runs are looked at; tags are written; accounts can still be deleted."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from model_bakery import baker

from django_badger.awarding import award
from django_badger.models import Award, Badge, Progress, Run, Tag
from django_badger.people import display_of
from tests.admin.conftest import badge, typed

pytestmark = pytest.mark.django_db
User = get_user_model()


def progress(number):
    for index in range(number):
        baker.make(Progress, badge=badge(f"one-{Progress.objects.count()}"), user=baker.make(User), current=index)


def runs(number):
    for _ in range(number):
        baker.make(Run, badge=badge(f"one-{Run.objects.count()}"), kind="backfill", asked_by=baker.make(User))


def tags(number):
    for _ in range(number):
        baker.make(Tag, name="One", slug=f"one-{Tag.objects.count()}")


@pytest.mark.parametrize(("model", "fill"), [("progress", progress), ("run", runs), ("tag", tags)])
def test_lists_cost_the_same_with_one_and_with_fifty_rows(site, model, fill, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(10) as counted:
            assert site.get(reverse(f"admin:badger_{model}_changelist")).status_code == 200
        return len(counted)

    fill(1)
    cost()  # what is fetched once a process
    few = cost()
    fill(49)

    assert cost() == few


@pytest.mark.parametrize(("model", "fill"), [(Progress, progress), (Run, runs)])
class TestReadOnly:
    def test_nothing_is_added_changed_or_deleted_even_by_a_superuser(self, site, model, fill):
        fill(1)
        one, name = model.objects.get(), f"admin:badger_{model._meta.model_name}"

        page = site.get(reverse(f"{name}_change", args=[one.pk]))

        assert not page.context["adminform"].form.fields
        assert site.get(reverse(f"{name}_add")).status_code == 403
        assert site.post(reverse(f"{name}_change", args=[one.pk]), {}).status_code == 403
        assert site.post(reverse(f"{name}_delete", args=[one.pk]), {"post": "yes"}).status_code == 403
        assert site.get(reverse(f"{name}_changelist")).context["action_form"] is None

    def test_is_found_by_the_badge(self, site, model, fill):
        fill(2)

        page = site.get(reverse(f"admin:badger_{model._meta.model_name}_changelist"), {"q": "one-1"})

        assert [one.badge.slug for one in page.context["cl"].result_list] == ["one-1"]


def test_progress_says_who_and_how_far(site, helper, person):
    one = baker.make(Progress, badge=helper, user=person, current=Decimal("2.500000"))

    for page in (
        site.get(reverse("admin:badger_progress_changelist")),
        site.get(reverse("admin:badger_progress_change", args=[one.pk])),
    ):
        said = page.content.decode()
        assert ">2.5<" in said
        assert display_of(person) in said


@pytest.mark.parametrize("asked", [True, False])
def test_a_run_says_who_asked_for_it(site, person, asked):
    one = baker.make(Run, kind="backfill", asked_by=person if asked else None, error="no")

    page = site.get(reverse("admin:badger_run_change", args=[one.pk])).content.decode()

    assert (display_of(person) in page) == asked


def test_tags_are_written_and_found(site):
    page = site.get(reverse("admin:badger_tag_add"))

    site.post(reverse("admin:badger_tag_add"), typed(page, name="Grün", slug="grün"))

    assert Tag.objects.get().slug == "grün"
    assert "Grün" in site.get(reverse("admin:badger_tag_changelist") + "?q=gr").content.decode()


class TestAccounts:
    """What the library keeps must not keep the host's staff from deleting an account."""

    @pytest.fixture(autouse=True)
    def kept(self, helper, person):
        award(helper, to=person)
        baker.make(Progress, badge=badge("other"), user=person)

    @pytest.mark.project("everything", "playdoh")  # where Django's own admin of users is
    def test_are_deleted_with_what_is_their_own(self, site, person):
        answer = site.post(reverse("admin:auth_user_delete", args=[person.pk]), {"post": "yes"}, follow=True)

        assert answer.status_code == 200
        assert not User.objects.filter(pk=person.pk).exists()
        assert not Award.objects.exists()
        assert Badge.objects.filter(slug="helper").exists()

    def test_are_asked_about_outside_of_any_page(self, boss):
        request = HttpRequest()
        request.user = boss

        assert admin.site._registry[Award].has_delete_permission(request)
