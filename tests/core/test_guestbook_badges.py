"""The rest of the guestbook's badges: tiers, years around New Year, and those that only a run can give."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import translation
from model_bakery import baker

from django_badger import wording
from django_badger.awarding import award, explain, next_badges, progress
from django_badger.models import Award, Badge
from django_badger.testing import assert_awarded, happened
from guestbook import badges
from guestbook.models import Entry

pytestmark = pytest.mark.django_db


def entries(user, number, **fields):
    return Entry.objects.bulk_create([Entry(author=user, message="…", **fields) for _ in range(number)])


def held(user):
    return set(Award.objects.standing().to(user).values_list("badge__slug", "occasion"))


@pytest.mark.parametrize(("tier", "goal"), [("bronze", 10), ("silver", 100), ("gold", 1000)])
def test_each_tier_comes_with_its_last_entry_and_not_before(user, tier, goal):
    entries(user, goal - 2)
    with assert_awarded(badges.regular[tier], to=user, times=0):
        Entry.objects.create(author=user, message="…")
    with assert_awarded(badges.regular[tier], to=user):
        Entry.objects.create(author=user, message="…")


def test_a_year_begins_at_midnight_of_the_site(user):
    new_year = datetime.datetime(2025, 12, 31, 23, 0, tzinfo=datetime.UTC)  # midnight in Berlin
    entries(user, 29, created_at=new_year + datetime.timedelta(minutes=29))
    with assert_awarded(badges.yearly, to=user, times=0), happened():
        Entry.objects.create(author=user, message="…", created_at=new_year - datetime.timedelta(microseconds=1))
    with assert_awarded(badges.yearly, to=user):
        Entry.objects.create(author=user, message="…", created_at=new_year)
    award = Award.objects.of(badges.yearly).to(user).get()
    assert award.occasion == "2026"
    assert wording.award_title(award) == "2026 regular"


def test_years_are_awarded_each_once_whatever_comes_later(user):
    with happened():
        for year in (2020, 2021, 2022):
            entries(user, 29, created_at=datetime.datetime(year, 6, 1, tzinfo=datetime.UTC))
            Entry.objects.create(
                author=user, message="…", created_at=datetime.datetime(year, 6, 2, tzinfo=datetime.UTC)
            )
    assert {occasion for slug, occasion in held(user) if slug == "year-in-words"} == {"2020", "2021", "2022"}
    with assert_awarded(badges.yearly, to=user, times=0):
        Entry.objects.create(author=user, message="…", created_at=datetime.datetime(2021, 7, 1, tzinfo=datetime.UTC))


def test_the_busiest_ten_are_found_by_a_run(make_person):
    people = [make_person() for _ in range(12)]
    for number, person in enumerate(people, start=1):
        entries(person, number)
    call_command("badger", "backfill", "top-ten")
    holders = set(Award.objects.of(badges.top_of_the_month).values_list("recipient", flat=True))
    assert holders == {person.pk for person in people[2:]}


def test_the_night_owl_is_secret_until_somebody_holds_it(make_person):
    ann, bob = make_person(), make_person()
    with assert_awarded(badges.night_owl, to=ann), assert_awarded(badges.night_owl, to=bob, times=0):
        for author, hour in ((ann, 4), (bob, 5)):
            moment = datetime.datetime(2026, 1, 1, hour, 59, tzinfo=datetime.UTC)
            Entry.objects.create(author=author, message="…", created_at=moment)
    owl = Badge.objects.filter(slug="night-owl")
    assert owl.visible_to(ann).exists()
    assert not owl.visible_to(bob).exists()
    assert not owl.visible_to(None).exists()


def test_a_function_is_asked_about_new_rows_only(user):
    morning = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)
    with happened():
        entry = Entry.objects.create(author=user, message="…", created_at=morning)
    with assert_awarded(badges.night_owl, to=user, times=0):
        entry.created_at = morning.replace(hour=3)
        entry.save()


def test_everybody_gets_everything_they_have_earned_by_one_command(make_person, capsys):
    ann, bob = make_person(), make_person()
    entries(ann, 100, word_count=3)
    entries(bob, 1)
    progress(badges.button_clicker, bob).set(9)
    call_command("badger", "backfill")
    year = str(Entry.objects.last().created_at.astimezone().year)
    assert {slug for slug, _ in held(ann)} == {
        "first-post", "250-words", "regular-bronze", "regular-silver", "year-in-words", "master-badger", "top-ten",
    }  # fmt: skip
    assert ("year-in-words", year) in held(ann)
    assert held(bob) == {("first-post", ""), ("top-ten", "")}
    before = set(Award.objects.values_list("pk", flat=True))
    call_command("badger", "backfill")
    assert set(Award.objects.values_list("pk", flat=True)) == before
    assert "9 awards made" in capsys.readouterr().out


def test_an_explanation_of_a_meta_badge_says_which_part_is_missing(user):
    with happened():
        Entry.objects.create(author=user, message="…", word_count=120)
    why_not = explain(badges.master_badger, user)
    assert (why_not.text, why_not.holds, why_not.current, why_not.goal) == ("All of these", False, 1, 2)
    assert [(part.text, part.holds) for part in why_not.parts] == [
        ("the badge “First post!”", True),
        ("the badge “250 words”", False),
    ]
    assert why_not.parts[0].at == Award.objects.of("first-post").get().earned_at
    assert why_not.percent == 50


def test_the_closest_badges_come_first(user):
    with happened():
        for _ in range(9):
            Entry.objects.create(author=user, message="…", word_count=20)
    progress(badges.button_clicker, user).increment(2)
    closest = [(item.badge.slug, item.percent) for item in next_badges(user, limit=4)]
    assert closest == [("regular-bronze", 90), ("250-words", 72), ("master-badger", 50), ("year-in-words", 30)]


def test_words_of_the_guestbook_are_shown_in_the_readers_language(user):
    result = award(badges.first_post, to=user)
    with translation.override("de"):
        assert wording.title(result.award.badge) == "First post!"  # the guestbook has no German words
        assert wording.criteria(result.award.badge) == "1 entry"
        assert wording.description(result.award.badge) == "You signed the guestbook."


def test_a_badge_by_hand_for_somebody_who_did_nothing(user):
    result = award(badges.regular.gold, to=user, reason="For the first line ever written here.")
    assert result
    assert result.award.reason == "For the first line ever written here."
    assert not explain(badges.regular.gold, user).holds


def test_a_deleted_entry_takes_nothing_back(user, day):
    with happened():
        entry = Entry.objects.create(author=user, message="…", created_at=day(1))
    entry.delete()
    assert held(user) == {("first-post", "")}


def test_somebody_elses_entries_do_not_count(make_person):
    ann, bob = make_person(), make_person()
    baker.make(Entry, author=bob, word_count=249)
    with assert_awarded(badges.wordsmith, to=ann, times=0):
        Entry.objects.create(author=ann, message="…", word_count=1)
