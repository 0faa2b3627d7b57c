"""Progress and runs are looked at; tags are written; accounts can still be deleted."""

import re
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from model_bakery import baker

from django_badger.awarding import award
from django_badger.models import Award, Badge, Progress, Run, RunRange, Tag
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


class TestRun:
    """What the page of a run says."""

    @pytest.fixture
    def shown(self, site):
        return lambda run: site.get(reverse("admin:badger_run_change", args=[run.pk])).content.decode()

    def test_how_far_it_is_and_how_it_is_stopped(self, shown):
        page = shown(baker.make(Run, kind="backfill", people=200, looked_at=90, options={"badges": ["one", "two"]}))

        assert '<progress value="45" max="100"' in page
        assert "(people: 90 of 200)" in page
        assert "one, two" in page
        assert re.search(r"<code>manage.py badger cancel \d+</code>", page)

    def test_the_awards_it_made_are_a_link_away(self, shown, site, helper, person):
        run = baker.make(Run, kind="backfill", status="finished", added=1)
        made = baker.make(Award, badge=helper, recipient=person, run=run)
        award(helper, to=baker.make(User))

        page = shown(run)
        [address] = re.findall(r'href="([^"]*run__id__exact=[^"]*)"', page)
        assert list(site.get(address).context["cl"].result_list) == [made]
        assert f"manage.py badger undo {run.pk}" in page

    def test_who_may_not_look_at_awards_sees_how_many_there_are(self, staff):
        run = baker.make(Run, kind="backfill", status="finished", added=7)

        page = staff("view_run").get(reverse("admin:badger_run_change", args=[run.pk])).content.decode()

        assert '<div class="readonly">7</div>' in page
        assert "run__id__exact" not in page

    def test_what_failed_and_how_to_go_on(self, shown):
        run = baker.make(Run, kind="reconcile", status="failed", error="OperationalError: <gone>")
        for number in range(1, 25):
            baker.make(RunRange, run=run, number=number, error=f"first-post: KeyError: {number}.")
        baker.make(RunRange, run=run, number=99)

        page = shown(run)
        assert "OperationalError: &lt;gone&gt;" in page
        assert page.count("first-post: KeyError") == 20
        assert f"manage.py badger resume {run.pk}" in page

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"status": "finished"}, ""),
            ({"status": "undone", "added": 3}, ""),
            ({"status": "undoing", "added": 3}, "undo"),
            ({"status": "cancelled"}, "resume"),
        ],
    )
    def test_what_is_over_needs_no_command(self, shown, changes, said):
        page = shown(baker.make(Run, kind="backfill", **changes))

        assert re.findall("manage.py badger ([a-z]+)", page) == [said] * bool(said)

    def test_an_import_looks_at_lines(self, shown):
        page = shown(baker.make(Run, kind="import", people=3, looked_at=1))

        assert "(lines: 1 of 3)" in page
        assert "those that the file names" in page

    def test_an_import_goes_on_with_its_file(self, shown):
        options = {"badges": [], "match": "email", "delimiter": ",", "by": ""}
        page = shown(baker.make(Run, kind="import", status="cancelled", options=options))

        assert "<code>manage.py badger import FILE --match email</code>" in page


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
