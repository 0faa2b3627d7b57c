"""A badge is written by staff; what code states stays what code states."""

import datetime
import io
import itertools
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from model_bakery import baker
from PIL import Image

from django_badger import badge as declare
from django_badger import rules
from django_badger._engine.sync import sync
from django_badger.awarding import award
from django_badger.models import Badge, Tag
from django_badger.people import display_of
from django_badger.signals import badge_published
from django_badger.testing import isolated_registry
from tests.admin.conftest import badge, errors_of, messages_of, typed

pytestmark = pytest.mark.django_db
ADD = "admin:badger_badge_add"


def change(one):
    return reverse("admin:badger_badge_change", args=[one.pk])


def moment(field, day):
    """Give what a browser sends for the midnight of a day."""
    return {f"{field}_0": day, f"{field}_1": "00:00:00"}


def pixel():
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


def shown(page):
    return page.content.decode()


@pytest.fixture
def published():
    """Note which badges are told to be published."""
    told = []

    def note(badge, **_rest):
        told.append(badge.slug)

    badge_published.connect(note)
    yield told
    badge_published.disconnect(note)


class TestNew:
    def test_belongs_to_the_site_and_to_who_made_it(self, site, boss):
        page = site.get(reverse(ADD))

        site.post(reverse(ADD), typed(page, title="Helper", slug="helper"))

        made = Badge.objects.get(slug="helper")
        assert (made.origin, made.created_by, made.status) == ("site", boss, "published")

    def test_is_told_to_be_published_once_it_is_committed(self, site, published, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as callbacks:
            site.post(reverse(ADD), typed(site.get(reverse(ADD)), title="Helper", slug="helper"))
        assert published == []

        for callback in callbacks:
            callback()

        assert published == ["helper"]
        assert Badge.objects.get(slug="helper").published_at is not None

    def test_can_be_a_draft_that_nobody_is_told_of(self, site, published, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            site.post(reverse(ADD), typed(site.get(reverse(ADD)), title="Helper", slug="helper", status="draft"))

        made = Badge.objects.get(slug="helper")
        assert (made.status, made.published_at, published) == ("draft", None, [])

    def test_stays_a_draft_where_its_maker_may_not_publish(self, staff):
        client = staff("add_badge", "view_badge")

        answer = client.post(
            reverse(ADD), typed(client.get(reverse(ADD)), title="Helper", slug="helper"), follow=True
        )  # fmt: skip

        assert Badge.objects.get(slug="helper").status == "draft"
        assert "You may not publish this badge." in messages_of(answer)

    def test_gets_its_slug_suggested_while_the_title_is_typed(self, site):
        assert "prepopulated-fields-constants" in shown(site.get(reverse(ADD)))

    def test_has_no_groups_that_say_nothing_yet(self, site):
        page = shown(site.get(reverse(ADD)))

        assert "Rule health" not in page
        assert "Rule changed at" not in page

    def test_can_need_other_badges_and_carry_tags(self, site, helper):
        tag = baker.make(Tag, slug="kind")
        sent = typed(site.get(reverse(ADD)), title="Hero", slug="hero", prerequisites=[helper.pk], tags=[tag.pk])

        site.post(reverse(ADD), sent | {"prerequisites_needed": "1"})

        hero = Badge.objects.get(slug="hero")
        assert (list(hero.prerequisites.all()), list(hero.tags.all())) == ([helper], [tag])

    def test_can_be_earned_for_a_time_and_kept_for_a_grace(self, site):
        times = moment("starts_at", "2026-03-01") | moment("ends_at", "2026-03-02")
        sent = typed(site.get(reverse(ADD)), title="Helper", slug="helper", retention="while_true", grace="7 00:00:00")

        site.post(reverse(ADD), sent | times)

        made = Badge.objects.get(slug="helper")
        midnight = datetime.datetime(2026, 2, 28, 23, tzinfo=datetime.UTC)  # in Berlin
        assert (made.starts_at, made.ends_at) == (midnight, midnight + datetime.timedelta(days=1))
        assert (made.retention, made.grace) == ("while_true", datetime.timedelta(days=7))

    def test_needs_only_badges_that_its_maker_may_see(self, staff, helper):
        badge("surprise", title="Surprise", secret=True)

        page = shown(staff("add_badge").get(reverse(ADD)))

        assert "Helper (helper)" in page
        assert "Surprise" not in page


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "field", "said"),
        [
            ({"slug": "???"}, "slug", "valid “slug”"),
            ({"slug": "---"}, "slug", "at least one letter or digit"),
            ({"slug": "a\x00b"}, "slug", "Null characters are not allowed."),
            ({"title": "a\x00b"}, "title", "Null characters are not allowed."),
            ({"title": "   "}, "title", "This field is required."),
            ({"title": "💎" * 256}, "title", "at most 255 characters"),
            ({"status": "disabled"}, "status", "Select a valid choice."),
            ({"valid_for": "-1 00:00:00"}, "valid_for", "Between a moment and a hundred years"),
            ({"valid_for": "99999999 00:00:00"}, "valid_for", "Between a moment and a hundred years"),
            ({"valid_for": "9" * 30}, "valid_for", "days"),
            ({"grace": "-1 00:00:00", "retention": "while_true"}, "grace", "Between a moment and a hundred years"),
            ({"grace": "7 00:00:00"}, "grace", "Only for badges that are kept while the rule is true"),
            (moment("starts_at", "2026-03-02") | moment("ends_at", "2026-03-01"), "ends_at", "Choose a later moment"),
            (moment("starts_at", "2026-03-01") | moment("ends_at", "2026-03-01"), "ends_at", "Choose a later moment"),
            (moment("starts_at", "0001-01-01"), "starts_at", "Choose a moment between 1900 and 2200."),
            (moment("ends_at", "9999-12-31"), "ends_at", "Choose a moment between 1900 and 2200."),
            (moment("ends_at", "soon"), "ends_at", "Enter a valid date"),
            ({"prerequisites": ["evil"]}, "prerequisites", "not a valid value"),
            ({"prerequisites": ["987654321"]}, "prerequisites", "not one of the available choices"),
            ({"prerequisites_needed": "1"}, "prerequisites_needed", "Only 0 badges are chosen."),
            ({"prerequisites_needed": "0"}, "prerequisites_needed", "greater than or equal to 1"),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_is_told_at_its_field_and_nothing_typed_is_lost(self, site, changes, field, said):
        sent = {"title": "Helper", "slug": "helper", "description": "Helps."} | changes

        answer = site.post(reverse(ADD), typed(site.get(reverse(ADD)), **sent))

        assert answer.status_code == 200
        assert said in " ".join(errors_of(answer)[field])
        assert "Helps." in shown(answer)
        assert not Badge.objects.filter(description="Helps.").exists()

    @pytest.mark.parametrize(("title", "suggestion"), [("Über alles", "über-alles"), ("Hello, you!", "hello-you")])
    def test_an_empty_slug_is_refused_with_a_better_one(self, site, title, suggestion):
        answer = site.post(reverse(ADD), typed(site.get(reverse(ADD)), title=title))

        assert errors_of(answer)["slug"] == [f"Write a slug, for example “{suggestion}”."]

    def test_255_emoji_are_a_title_and_the_slug_that_is_suggested_for_them_works(self, site):
        title = "🏅" * 255
        answer = site.post(reverse(ADD), typed(site.get(reverse(ADD)), title=title))
        suggested = errors_of(answer)["slug"][0].partition("“")[2].partition("”")[0]

        site.post(reverse(ADD), typed(answer, slug=suggested))

        assert Badge.objects.get(slug=suggested).title == title
        assert site.get(change(Badge.objects.get(slug=suggested))).status_code == 200

    def test_a_taken_slug_is_refused(self, site, helper):
        answer = site.post(reverse(ADD), typed(site.get(reverse(ADD)), title="Other", slug="helper"))

        assert errors_of(answer)["slug"] == ["Badge with this Slug already exists."]

    @pytest.mark.parametrize("key", ["evil", "9" * 40, "%00", "-1"])
    def test_a_badge_that_does_not_exist_is_no_page(self, site, key):
        answer = site.get(f"/admin/badger/badge/{key}/change/", follow=True)

        assert "Perhaps it was deleted" in messages_of(answer)[0]

    @pytest.mark.parametrize("address", ["?prerequisites=evil&tags=evil", "?status=evil&valid_for=evil&image=evil"])
    def test_nonsense_in_the_address_of_the_form_does_no_harm(self, site, address):
        assert site.get(reverse(ADD) + address).status_code == 200


class TestPrerequisites:
    def test_that_go_round_are_refused_with_the_way(self, site):
        one, two, three = (badge(slug) for slug in ("one", "two", "three"))
        one.prerequisites.add(two)
        two.prerequisites.add(three)

        answer = site.post(change(three), typed(site.get(change(three)), prerequisites=[one.pk]))

        (said,) = errors_of(answer)["prerequisites"]
        assert "three → one → two → three" in said
        assert not three.prerequisites.exists()

    def test_that_go_round_by_way_of_code_are_refused_too(self, site):
        with isolated_registry():
            meta = declare("meta", title="Meta", when=rules.has("helper"))
            sync()
            row, needed = badge("helper"), Badge.objects.get(slug=meta.slug)

            answer = site.post(change(row), typed(site.get(change(row)), prerequisites=[needed.pk]))

        assert "helper → meta → helper" in errors_of(answer)["prerequisites"][0]

    def test_are_checked_under_the_old_and_under_the_new_slug(self, site):
        one, two = badge("one"), badge("two")
        one.prerequisites.add(two)

        answer = site.post(change(two), typed(site.get(change(two)), slug="second", prerequisites=[one.pk]))

        assert "two → one → two" in errors_of(answer)["prerequisites"][0]

    def test_a_new_slug_that_closes_a_circle_is_refused(self, site):
        with isolated_registry():
            declare("meta", title="Meta", when=rules.has("helper"))
            sync()
            row = badge("other")
            row.prerequisites.add(Badge.objects.get(slug="meta"))

            answer = site.post(change(row), typed(site.get(change(row)), slug="helper"))

        assert "helper → meta → helper" in errors_of(answer)["prerequisites"][0]

    def test_a_circle_that_came_from_elsewhere_can_be_opened(self, site):
        one, two = badge("one"), badge("two")
        one.prerequisites.add(two)
        Badge.prerequisites.through._base_manager.create(from_badge=two, to_badge=one)

        site.post(change(two), typed(site.get(change(two)), prerequisites=[]))

        assert not two.prerequisites.exists()

    def test_do_not_offer_the_badge_itself(self, site, helper):
        field = site.get(change(helper)).context["adminform"].form.fields["prerequisites"]

        assert helper not in field.queryset

    def test_more_needed_than_chosen_is_refused(self, site, helper):
        other = badge("other")

        answer = site.post(
            change(helper), typed(site.get(change(helper)), prerequisites=[other.pk], prerequisites_needed="2")
        )

        assert errors_of(answer)["prerequisites_needed"] == ["Only 1 badge is chosen."]


class TestOfCode:
    def test_what_code_states_is_shown_and_cannot_be_written(self, site, first_post):
        page = site.get(change(first_post))

        written = set(page.context["adminform"].form.fields)
        assert written == {"status", "criteria", "tags", "image", "image_alt"}
        assert "You signed the guestbook." in shown(page)

    def test_when_it_can_be_earned_is_shown(self, site):
        with isolated_registry():
            day = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
            declare("spring", title="Spring", starts=day, ends=day + datetime.timedelta(days=90))
            sync()
            page = site.get(change(Badge.objects.get(slug="spring")))

        assert {"starts_at", "ends_at", "grace"}.isdisjoint(page.context["adminform"].form.fields)
        assert "March 1, 2026" in shown(page)
        assert "May 30, 2026" in shown(page)

    def test_what_is_sent_all_the_same_changes_nothing(self, site, first_post):
        page = site.get(change(first_post))

        site.post(change(first_post), typed(page, title="Mine", slug="mine", secret="on", criteria="Sign."))

        first_post.refresh_from_db()
        assert (first_post.title, first_post.slug, first_post.secret) == ("First post!", "first-post", False)
        assert first_post.criteria == "Sign."

    def test_a_badge_without_a_rule_can_need_others(self, site, helper):
        with isolated_registry():
            declare("plain", title="Plain")
            sync()
            plain = Badge.objects.get(slug="plain")
            page = site.get(change(plain))
            site.post(change(plain), typed(page, prerequisites=[helper.pk]))

        assert {"prerequisites", "description"} <= set(page.context["adminform"].form.fields)
        assert list(plain.prerequisites.all()) == [helper]

    @pytest.mark.parametrize(
        "options",
        [{"when": rules.has("helper")}, {"progress": 10}],
        ids=["rule", "progress"],
    )
    def test_a_badge_with_a_rule_cannot(self, site, options):
        with isolated_registry():
            declare("ruled", title="Ruled", **options)
            sync()
            page = site.get(change(Badge.objects.get(slug="ruled")))

        assert not {"prerequisites", "prerequisites_needed"} & set(page.context["adminform"].form.fields)

    def test_nor_can_one_whose_rule_is_a_function(self, site):
        sync()

        page = site.get(change(Badge.objects.get(slug="night-owl")))

        assert "prerequisites" not in page.context["adminform"].form.fields

    def test_one_whose_declaration_is_gone_keeps_slug_and_status(self, site):
        gone = badge("gone", origin="code", status="orphaned")

        page = site.get(change(gone))

        assert {"slug", "status"}.isdisjoint(page.context["adminform"].form.fields)
        assert "orphaned" in shown(page)


class TestChange:
    def test_freezes_the_slug_once_it_was_awarded(self, site, helper, person):
        assert "slug" in site.get(change(helper)).context["adminform"].form.fields

        award(helper, to=person)

        assert "slug" not in site.get(change(helper)).context["adminform"].form.fields

    def test_writes_only_what_was_changed(self, site, helper):
        page = site.get(change(helper))
        Badge.objects.filter(pk=helper.pk).update(errors=7, title="Changed meanwhile")

        site.post(change(helper), typed(page, description="Helps."))

        helper.refresh_from_db()
        assert (helper.errors, helper.description) == (7, "Helps.")

    @pytest.mark.parametrize(
        ("before", "choices"),
        [
            ("draft", ["draft", "published"]),
            ("published", ["published", "disabled"]),
            ("disabled", ["published", "disabled"]),
        ],
    )
    def test_offers_where_a_badge_can_go(self, site, before, choices):
        page = site.get(change(badge("one", status=before)))

        offered = page.context["adminform"].form.fields["status"].choices
        assert [value for value, _label in offered] == choices

    def test_publishes_and_disables(self, site, published, django_capture_on_commit_callbacks):
        one = badge("one", status="draft")
        found = []
        for status in ("published", "disabled", "published"):
            with django_capture_on_commit_callbacks(execute=True):
                site.post(change(one), typed(site.get(change(one)), status=status))
            one.refresh_from_db()
            found.append((one.status, one.published_at))

        assert [status for status, _at in found] == ["published", "disabled", "published"]
        assert found[0][1] is not None
        assert all(at == found[0][1] for _status, at in found), "published_at is the first time"
        assert published == ["one", "one"]

    def test_says_in_its_history_what_was_decided_and_what_was_written(self, site, boss):
        one = badge("one", title="One", status="draft")

        site.post(change(one), typed(site.get(change(one)), status="published", title="Two"))
        site.post(change(one), typed(site.get(change(one)), status="disabled"))
        site.post(change(one), typed(site.get(change(one))))

        history = LogEntry.objects.order_by("pk")
        assert {(entry.user, entry.object_id) for entry in history} == {(boss, str(one.pk))}
        assert [entry.get_change_message() for entry in history] == ["Published.", "Changed Title.", "Disabled."]

    def test_says_nothing_in_its_history_of_what_was_refused(self, staff):
        client = staff("add_badge", "view_badge")

        client.post(reverse(ADD), typed(client.get(reverse(ADD)), title="Helper", slug="helper"))

        assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Added."]

    def test_takes_an_image(self, site, helper, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        upload = SimpleUploadedFile("../../evil name.PNG", pixel(), content_type="image/png")

        site.post(change(helper), typed(site.get(change(helper)), image=upload, image_alt="A hand"))

        helper.refresh_from_db()
        assert helper.image.name.startswith("badger/badges/")
        assert helper.image.name.endswith(".png")
        sizes = set()
        for stored in filter(Path.is_file, tmp_path.rglob("*")):
            with Image.open(stored) as image:
                sizes.add(image.size)
        assert sizes == {(512, 512), (256, 256), (128, 128)}

    def test_takes_an_image_away_again(self, site, helper, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        image = SimpleUploadedFile("one.png", pixel(), content_type="image/png")
        site.post(change(helper), typed(site.get(change(helper)), image=image))
        sent = {name: value for name, value in typed(site.get(change(helper))).items() if name != "image"}

        site.post(change(helper), sent | {"image-clear": "on"})

        helper.refresh_from_db()
        assert not helper.image

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"<svg onload='alert(1)'/>", "This is no PNG"),
            (b"", "The submitted file is empty."),
            (b"\x89PNG", "broken"),
        ],
        ids=["SVG", "empty", "broken"],
    )
    def test_refuses_what_is_no_image(self, site, helper, content, said):
        image = SimpleUploadedFile("evil.png", content, content_type="image/png")

        answer = site.post(change(helper), typed(site.get(change(helper)), image=image))

        assert said in errors_of(answer)["image"][0]

    def test_shows_the_health_of_its_rule_and_its_maker(self, site, person):
        one = badge("one", errors=3, last_error="its rule: ValueError: <b>no</b>", created_by=person)

        page = shown(site.get(change(one)))

        assert "its rule: ValueError: &lt;b&gt;no&lt;/b&gt;" in page
        assert display_of(person) in page

    def test_keeps_a_year_as_days(self, site, helper):
        site.post(change(helper), typed(site.get(change(helper)), valid_for="365 00:00:00"))

        helper.refresh_from_db()
        assert helper.valid_for == datetime.timedelta(days=365)

    def test_leads_to_awarding_it(self, site, helper):
        assert f"{reverse('admin:badger_award_add')}?badge={helper.pk}" in shown(site.get(change(helper)))

    @pytest.mark.parametrize("status", ["draft", "disabled"])
    def test_does_not_where_it_cannot_be_earned(self, site, status):
        assert "Award to people…" not in shown(site.get(change(badge("one", status=status))))

    def test_does_not_for_those_who_may_not_award(self, staff, helper):
        assert "Award to people…" not in shown(staff("change_badge").get(change(helper)))

    def test_is_only_looked_at_by_those_who_may_only_look(self, staff, helper):
        client = staff("view_badge")

        page, answer = client.get(change(helper)), client.post(change(helper), {"title": "Mine", "slug": "mine"})

        assert 'name="_save"' not in shown(page)
        assert answer.status_code == 403

    @pytest.mark.parametrize("hidden", [{"secret": True}, {"status": "draft"}], ids=["secret", "draft"])
    def test_does_not_exist_for_those_who_may_not_see_it(self, staff, hidden):
        answer = staff("view_badge").get(change(badge("one", **hidden)), follow=True)

        assert "Perhaps it was deleted" in messages_of(answer)[0]


def test_the_form_costs_the_same_with_one_and_with_fifty_of_everything(
    site, helper, django_assert_max_num_queries, person
):
    def cost():
        with django_assert_max_num_queries(40) as counted:
            assert site.get(change(helper)).status_code == 200
        return len(counted)

    def fill(number, prefix):
        for index in range(number):
            other = badge(f"{prefix}-{index}")
            helper.prerequisites.add(other)
            helper.tags.add(baker.make(Tag, slug=f"{prefix}-{index}"))
            award(helper, to=baker.make(get_user_model()))

    fill(1, "one")
    cost()  # what is fetched once a process
    few = cost()
    fill(49, "more")

    assert cost() == few


def test_a_thousand_titles_get_a_thousand_slugs(site):
    from django_badger.forms import suggested_slug

    titles = ["".join(letters) for letters in itertools.product("aé日💎- ", repeat=4)]

    assert all(suggested_slug(title).strip("-_") for title in titles)
    assert max(len(suggested_slug("wide " * 60)) for _ in range(3)) <= 100
