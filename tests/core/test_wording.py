"""What badges are called and say, in the reader's language: what code says first, then the row, then the rule."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from django_badger import badge, rules, wording
from django_badger.awarding import award
from django_badger.models import Badge
from guestbook.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def row_of(declared, user):
    return award(declared, to=user).award.badge


def test_a_title_is_in_the_readers_language(user):
    made = row_of(badge("a", title=_("Yes"), description=_("No"), criteria=_("Monday"), image_alt=_("Tuesday")), user)
    with translation.override("de"):
        assert [wording.title(made), wording.description(made), wording.criteria(made), wording.image_alt(made)] == [
            "Ja", "Nein", "Montag", "Dienstag",
        ]  # fmt: skip
    with translation.override("en"):
        assert str(made) == wording.title(made) == "Yes"


@pytest.mark.parametrize(
    ("title", "occasion", "shown"),
    [
        ("{occasion} regular", "2026", "2026 regular"),
        ("{occasion} regular", "", "Regular"),
        ("Best of {occasion}", "course:12", "Best of 12"),
        ("best  of {occasion} all", "", "Best of all"),
        ("Plain  title", "2026", "Plain  title"),
        ("{odd} {occasion} {", "2026", "{odd} 2026 {"),
    ],
)
def test_an_award_is_called_for_its_occasion(user, title, occasion, shown):
    declared = badge("a", title=title)
    assert wording.award_title(award(declared, to=user, occasion=occasion).award) == shown


def test_what_code_leaves_out_staff_may_write(user):
    made = row_of(badge("a", title="A"), user)
    made.description, made.criteria, made.image_alt = "Staff's.", "Ask us.", "A picture"
    assert [wording.description(made), wording.criteria(made), wording.image_alt(made)] == [
        "Staff's.", "Ask us.", "A picture",
    ]  # fmt: skip


def test_what_nobody_writes_comes_from_the_rule(user):
    counted = row_of(badge("a", title="A", when=rules.count(Entry, by="author", reaches=3)), user)
    both = row_of(badge("b", title="B", when=rules.event("x") & rules.has("a")), user)
    reported = row_of(badge("c", title="C", progress=10), user)
    plain = row_of(badge("d", title="D"), user)
    assert wording.criteria(counted) == "3 entries"
    assert wording.criteria(both) == "All of these: the event “x”; the badge “a”"
    assert wording.criteria(reported) == "Reach 10."
    assert wording.criteria(plain) == ""
    assert wording.image_alt(plain) == "D"


def test_a_badge_of_the_site_says_what_is_in_its_row(user):
    made = Badge.objects.create(slug="site", title="Site {occasion}", description="D", criteria="C", image_alt="I")
    badge("site", title="Code")  # not synced: the row is the site's
    assert wording.declaration_of(made) is None
    assert [wording.title(made, "2026"), wording.description(made), wording.criteria(made), wording.image_alt(made)] == [
        "Site 2026", "D", "C", "I",
    ]  # fmt: skip
