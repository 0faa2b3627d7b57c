"""The tables: names, slugs, files, and who may see which row."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from model_bakery import baker

from django_badger import badge
from django_badger.models import Award, Badge, Tag, image_path

pytestmark = pytest.mark.django_db


def row(slug, **fields):
    return baker.make(Badge, slug=slug, title=slug, **fields)


def given(one, to, **fields):
    return baker.make(Award, badge=one, recipient=to, **fields)


# --- badges ------------------------------------------------------------------------------------------------------------------


def test_who_sees_which_badge(make_person):
    maker, manager, holder, stranger = make_person(), make_person(may=["change_badge"]), make_person(), make_person()
    Badge.objects.all().delete()
    draft, secret = row("draft", status="draft", created_by=maker), row("secret", secret=True, created_by=maker)
    row("open"), row("disabled", status="disabled"), row("orphaned", status="orphaned")
    secret_draft = row("secret-draft", secret=True, status="draft")
    given(secret, holder)
    given(secret_draft, holder)

    def seen(viewer):
        return set(Badge.objects.visible_to(viewer).values_list("slug", flat=True))

    public = {"open", "disabled", "orphaned"}
    assert seen(None) == seen(AnonymousUser()) == seen(stranger) == public
    assert seen(maker) == public | {"draft", "secret"}
    assert seen(holder) == public | {"secret"}
    assert seen(manager) == public | {"draft", "secret", "secret-draft"}
    assert draft.is_published is False


@pytest.mark.parametrize("ended", [{"ended": "revoked"}, {"expires_at": timezone.now() - datetime.timedelta(days=1)}])
def test_a_secret_is_secret_again_for_who_held_it(user, ended):
    given(row("secret", secret=True), user, **ended)
    assert not Badge.objects.visible_to(user).filter(slug="secret").exists()


def test_only_published_badges_can_be_earned():
    for status in Badge.Status.values:
        row(f"x-{status}", status=status)
    assert list(Badge.objects.published().filter(slug__startswith="x-").values_list("slug", flat=True)) == [
        "x-published"
    ]


def test_badges_are_found_by_words_and_tags():
    cake = row("cake", description="Bake a badger")
    bread = baker.make(Badge, slug="bread", title="Baker's bread", tags=[Tag.objects.create(name="Food", slug="food")])
    assert list(Badge.objects.search("BAKE badger")) == [cake]
    assert set(Badge.objects.search("bake")) == {cake, bread}
    assert list(Badge.objects.search("b\x00ake cake")) == [cake]
    assert list(Badge.objects.search("🦡")) == []
    assert Badge.objects.search("  ").count() == Badge.objects.count()
    assert list(Badge.objects.tagged("food")) == [bread]
    assert [str(tag) for tag in Tag.objects.all()] == ["Food"]


@pytest.mark.parametrize("slug", ["-", "__", "-_-"])
def test_a_slug_has_something_to_say(slug):
    with pytest.raises(ValidationError, match="A slug needs at least one letter or digit"):
        Badge(slug=slug, title="A").full_clean()
    Badge(slug="日本", title="A").full_clean()


@pytest.mark.parametrize(
    ("filename", "extension"), [("a.PNG", "png"), ("no-extension", "img"), ("a.", "img"), ("a.p/ng", "img")]
)
def test_an_upload_is_kept_under_a_name_of_ours(filename, extension):
    folder, _, name = image_path(Badge(), filename).rpartition("/")
    assert folder == "badger/badges"
    assert name.partition(".")[2] == extension
    assert image_path(Badge(), filename) != image_path(Badge(), filename)


def test_a_badge_that_was_awarded_cannot_be_deleted(user):
    one = row("a")
    given(one, user)
    with pytest.raises(ProtectedError):
        one.delete()


# --- awards ------------------------------------------------------------------------------------------------------------------


def test_who_sees_which_award(make_person):
    ann, bob = make_person(), make_person()
    shown, hidden = given(row("a"), ann), given(row("b"), ann, hidden=True)
    secret, draft = given(row("c", secret=True), ann), given(row("d", status="draft"), ann)
    given(row("e"), ann, ended="revoked")
    given(row("f"), ann, expires_at=timezone.now() - datetime.timedelta(seconds=1))
    lasting = given(row("g"), ann, expires_at=timezone.now() + datetime.timedelta(days=1))

    def seen(viewer):
        return set(Award.objects.visible_to(viewer))

    assert seen(None) == seen(AnonymousUser()) == seen(bob) == {shown, lasting}
    assert seen(ann) == {shown, lasting, hidden, secret}
    assert seen(make_person(may=["change_badge"])) == {shown, lasting, secret, draft}


def test_awards_are_found_by_row_declaration_or_slug(user, registry):
    made = given(row("a"), user)
    for named in (made.badge, badge("a", title="A"), "a"):
        assert list(Award.objects.of(named).to(user)) == [made]
    assert str(made) == str(made.uuid)


def test_awards_come_the_newest_first(user):
    now = timezone.now()
    older = given(row("a"), user, awarded_at=now - datetime.timedelta(days=1))
    same = [given(row(slug), user, awarded_at=now) for slug in "bc"]
    assert list(Award.objects.newest_first()) == [*reversed(same), older]


def test_the_database_itself_knows_an_award_only_once(user):
    one = row("a")
    given(one, user, slot="2026")
    given(one, user, slot="2027")
    with pytest.raises(IntegrityError), transaction.atomic():
        given(one, user, slot="2026")


def test_awards_go_with_their_recipient_and_outlive_who_gave_them(make_person):
    ann, bob = make_person(), make_person()
    kept = given(row("a"), ann, awarded_by=bob, revoked_by=bob)
    given(row("b"), bob)
    bob.delete()
    assert list(Award.objects.all()) == [kept]
    kept.refresh_from_db()
    assert (kept.awarded_by, kept.revoked_by) == (None, None)
