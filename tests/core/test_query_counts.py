"""What badges cost a host, in queries. Transactions' own statements (BEGIN, SAVEPOINT, COMMIT …) are not counted."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker

from django_badger import badge, rules, signals
from django_badger._engine.sync import sync
from django_badger.awarding import award, explain, next_badges, progress, record
from django_badger.models import Award, Badge
from django_badger.testing import happened, isolated_registry
from guestbook.models import Entry

pytestmark = pytest.mark.django_db

FRAME = re.compile(r"\W*(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|START)", re.IGNORECASE)


@pytest.fixture(autouse=True)
def declared():
    """No badges but those that the test declares."""
    with isolated_registry() as registry:
        yield registry


@pytest.fixture
def user():
    return baker.make(get_user_model())


@pytest.fixture
def receiver():
    """Somebody who wants to be told of awards."""
    told = []

    def hear(award, **_rest):
        told.append(award)

    signals.badge_awarded.connect(hear)
    yield told
    signals.badge_awarded.disconnect(hear)


class Counted(CaptureQueriesContext):
    """Counts what is asked of the database, commits included: what the block does is taken for committed."""

    def __init__(self):
        super().__init__(connection)

    def queries(self):
        return [query["sql"] for query in self.captured_queries if not FRAME.match(query["sql"])]


def cost_of(act):
    """Return how many queries an act and what follows its commit take."""
    with Counted() as counted, happened():
        act()
    return len(counted.queries())


def cost_of_saving(user, **fields):
    """Return how many queries badges add to the one that saves an entry."""
    return cost_of(lambda: Entry.objects.create(author=user, message="Hello", **fields)) - 1


def held(user):
    return sorted(Award.objects.to(user).values_list("badge__slug", flat=True))


# --- nobody listens ----------------------------------------------------------------------------------------------------


def test_a_model_that_no_badge_listens_to_has_no_receiver_and_costs_nothing(user):
    badge("thanks", title="Thanks")
    badge("passed", title="Passed", when=rules.event("quiz.passed"))
    assert not post_save.has_listeners(Entry)
    assert cost_of_saving(user) == 0


def test_a_receiver_comes_with_the_first_badge_and_goes_with_the_last(declared):
    with isolated_registry():
        badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
        assert post_save.has_listeners(Entry)
    assert not post_save.has_listeners(Entry)


def test_recording_what_nobody_listens_to_costs_nothing(user):
    badge("passed", title="Passed", when=rules.event("quiz.passed"))
    assert cost_of(lambda: record("quiz.failed", user=user)) == 0


# --- somebody listens --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 200])
def test_not_earned_is_one_query_however_many_badges_listen(number, user):
    for goal in range(number):
        badge(f"entries-{goal}", title="Entries", when=rules.count(Entry, by="author", reaches=1000 + goal))
    sync()
    assert cost_of_saving(user) == 1


@pytest.mark.parametrize("number", [1, 200])
def test_held_is_one_query_however_many_badges_listen(number, user):
    for goal in range(number):
        badge(f"entries-{goal}", title="Entries", when=rules.count(Entry, by="author", reaches=1 + goal // 100))
    sync()
    with happened():
        Entry.objects.create(author=user, message="Hello")
        Entry.objects.create(author=user, message="Hello again")
    assert len(held(user)) == number
    assert cost_of_saving(user) == 1


def ten_measures(reaches, name=""):
    """Ten badges that count ten different things, each with its occasions, its condition or its field."""
    entries = {"model": Entry, "by": "author", "reaches": reaches}
    each = [None, rules.year("created_at"), rules.month("created_at"), rules.day("created_at"), "is_public"]
    for number, occasions in enumerate(each):
        badge(f"{name}count-{number}", title="Count", when=rules.count(**entries, each=occasions))
    for words in (10, 20, 30):
        badge(f"{name}long-{words}", title="Long", when=rules.count(**entries, where=Q(word_count__gte=words)))
    badge(f"{name}words", title="Words", when=rules.total(Entry, "word_count", by="author", reaches=reaches))
    badge(
        f"{name}more-words",
        title="Words",
        when=rules.total(Entry, "word_count", by="author", reaches=reaches, each="is_public"),
    )
    sync()


def test_windows_streaks_ages_and_times_are_in_the_one_query(user):
    """As are five kinds of values, each in a part of the question of its own."""
    week = timedelta(days=7)
    badge("week", title="W", when=rules.count(Entry, by="author", reaches=9, within=week))
    badge("words", title="W", when=rules.total(Entry, "word_count", by="author", reaches=999, within=week))
    badge("different", title="D", when=rules.distinct(Entry, "message", by="author", reaches=9, within=week))
    badge("row", title="R", when=rules.streak(Entry, by="author", reaches=9))
    badge("old", title="O", when=rules.age(week, at="home__moved_in") & rules.created(Entry, by="author"))
    badge("again", title="A", when=rules.has("week", times=3) & rules.created(Entry, by="author"))
    for goal in range(5):
        value = rules.distinct(Entry, "message", by="author", reaches=9, where=Q(word_count__gt=goal))
        badge(f"value-{goal}", title="V", when=value)
    sync()
    assert cost_of_saving(user) == 1


@pytest.mark.parametrize(
    "rule",
    [
        rules.count(Entry, by="author", reaches=2, within=timedelta(days=7)),
        rules.distinct(Entry, "message", by="author", reaches=2, within=timedelta(days=7)),
        rules.streak(Entry, by="author", reaches=2),
    ],
    ids=["count", "distinct", "streak"],
)
def test_what_may_fall_again_costs_no_more_when_it_is_reached(user, receiver, rule):
    badge("soon", title="Soon", when=rule)
    sync()
    Entry.objects.create(author=user, message="Yesterday", created_at=timezone.now() - timedelta(days=1))
    assert cost_of_saving(user) == 3
    assert cost_of_saving(user) == 1


def test_ten_different_measures_are_one_query(user):
    ten_measures(reaches=1000)
    assert cost_of_saving(user, word_count=40) == 1


def test_two_hundred_badges_on_ten_measures_cost_what_one_does(user, receiver):
    for tens in range(20):
        ten_measures(reaches=100 + 50 * tens, name=f"{tens}-")
    assert cost_of_saving(user, word_count=40) == 1
    assert cost_of(lambda: thousand_entries(user)) - 1000 <= 3 + 1  # one for the dates: very many lines are crossed
    assert len(held(user)) == len(receiver) > 150
    assert cost_of_saving(user, word_count=40) == 1


def test_an_update_that_changes_nothing_earned_is_one_query(user):
    badge("ten", title="Ten", when=rules.count(Entry, by="author", reaches=10))
    sync()
    entry = Entry.objects.create(author=user, message="Hello")
    assert cost_of(entry.save) == 1 + 1


# --- earned ------------------------------------------------------------------------------------------------------------


def test_earned_is_a_question_and_an_insert(user):
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    sync()
    assert cost_of_saving(user) == 2
    assert held(user) == ["first-post"]


def test_earned_and_told_is_one_query_more(user, receiver):
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    sync()
    assert cost_of_saving(user) == 3
    assert len(receiver) == 1


def test_several_badges_at_once_are_asked_written_and_told_together(user, receiver):
    ten_measures(reaches=1)
    assert cost_of_saving(user, word_count=40) == 3
    assert len(receiver) == 10


def test_different_values_cost_the_same(user, receiver):
    badge("lengths", title="Lengths", when=rules.distinct(Entry, "word_count", by="author", reaches=2))
    sync()
    assert cost_of_saving(user, word_count=1) == 1
    assert cost_of_saving(user, word_count=1) == 1
    assert cost_of_saving(user, word_count=2) == 3
    assert [award.badge.slug for award in receiver] == held(user) == ["lengths"]
    assert receiver[0].earned_at == Entry.objects.get(word_count=2).created_at


def test_rules_of_several_parts_cost_the_same(user, receiver):
    """When the parts that were fulfilled long ago were fulfilled makes no difference to when the last one was."""
    entries = {"model": Entry, "by": "author"}
    lengths = rules.distinct(Entry, "word_count", by="author", reaches=2)
    words = rules.total(Entry, "word_count", by="author", reaches=2)
    badge("both", title="Both", when=rules.count(**entries, reaches=4) & lengths & words)
    badge("two", title="Two", when=rules.at_least(2, rules.count(**entries, reaches=4), lengths & words))
    sync()
    for word_count in (1, 2, 3):
        assert cost_of_saving(user, word_count=word_count) == 1
    assert cost_of_saving(user, word_count=3) == 3
    assert sorted(award.badge.slug for award in receiver) == held(user) == ["both", "two"]
    assert {award.earned_at for award in receiver} == {Entry.objects.latest("pk").created_at}


def test_a_line_that_several_entries_cross_at_once_is_one_query_more_for_the_date(user, receiver):
    badge("four", title="Four", when=rules.count(Entry, by="author", reaches=4))
    sync()

    def five_at_once():
        with transaction.atomic():
            for _number in range(5):
                Entry.objects.create(author=user, message="Hello")

    assert cost_of(five_at_once) - 5 == 4
    assert receiver[0].earned_at == Entry.objects.order_by("created_at")[3].created_at


def test_a_line_that_was_crossed_earlier_is_asked_for_once_for_all_badges(user):
    """Entries that came without an event: the moment of each crossing is in the data, and one query brings them all."""
    ten_measures(reaches=3)
    Entry.objects.bulk_create(Entry(author=user, message="Hello", word_count=30 + number) for number in range(9))
    assert cost_of_saving(user, word_count=40) == 3
    assert len(held(user)) == 10


def test_lines_of_one_measure_are_asked_for_together_however_many_there_are(user):
    for goal in range(1, 151):
        badge(f"written-{goal}", title="Written", when=rules.count(Entry, by="author", reaches=goal))
    sync()
    Entry.objects.bulk_create(Entry(author=user, message="Hello") for _ in range(150))
    with Counted() as counted, happened():
        Entry.objects.create(author=user, message="Hello")
    assert len(counted.queries()) == 1 + 3
    assert len(held(user)) == 150


def test_a_meta_badge_costs_no_query_of_its_own(user, receiver):
    first = badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    badge("author", title="Author", when=rules.has_all(first))
    badge("master", title="Master", when=rules.has_all("author", first))
    sync()
    assert cost_of_saving(user) == 3
    assert held(user) == ["author", "first-post", "master"]


def test_a_meta_badge_that_still_waits_is_asked_about_once_more(user):
    """Its other prerequisite may have landed in the same moment: only after the commit can that be seen."""
    first = badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    badge("both", title="Both", when=rules.has_all(first, badge("thanks", title="Thanks")))
    sync()
    assert cost_of_saving(user) == 3
    assert held(user) == ["first-post"]


def test_what_a_function_answers_costs_no_more_than_a_rule(user, receiver):
    @badge("greeter", title="Greeter", on=rules.created(Entry))
    def greeter(entry):
        return entry.author

    sync()
    assert cost_of_saving(user) == 3
    assert cost_of_saving(user) == 1
    assert len(receiver) == 1


def test_an_event_that_is_recorded_costs_the_same(user):
    badge("passed", title="Passed", when=rules.event("quiz.passed"))
    sync()
    assert cost_of(lambda: record("quiz.passed", user=user)) == 2
    assert cost_of(lambda: record("quiz.passed", user=user)) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_earned_is_written_in_one_statement_which_needs_no_transaction():
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    badge("author", title="Author", when=rules.has_all("first-post"))
    sync()
    user = baker.make(get_user_model())
    with CaptureQueriesContext(connection) as captured:
        Entry.objects.create(author=user, message="Hello")
    statements = [query["sql"] for query in captured]
    assert not [sql for sql in statements if FRAME.match(sql)]
    assert len([sql for sql in statements if re.match(r"INSERT .*badger_award", sql)]) == 1
    assert held(user) == ["author", "first-post"]


# --- many events -------------------------------------------------------------------------------------------------------


def thousand_entries(user):
    with transaction.atomic():
        for number in range(1000):
            Entry.objects.create(author=user, message="Hello", word_count=number)


def test_a_thousand_entries_in_one_transaction_cost_three_queries(user):
    ten_measures(reaches=50)
    for goal in (10, 100, 1000):
        badge(f"regular-{goal}", title="Regular", when=rules.count(Entry, by="author", reaches=goal))
    badge("author", title="Author", when=rules.has_all("regular-10", "regular-100"))
    sync()
    assert cost_of(lambda: thousand_entries(user)) - 1000 <= 3
    assert {"count-0", "regular-10", "regular-100", "regular-1000", "words", "author"} <= set(held(user))


def test_entries_of_three_people_in_one_transaction_cost_as_much_as_those_of_one(user):
    # Thirty awards: Django 5.2 writes more than 35 of them in several statements on SQLite.
    ten_measures(reaches=1)
    people = baker.make(get_user_model(), _quantity=3, _bulk_create=True)

    def all_write():
        for person in people:
            Entry.objects.create(author=person, message="Hello", word_count=40)

    assert cost_of(all_write) - 3 == 2
    assert Award.objects.count() == 3 * 10


# --- doors -------------------------------------------------------------------------------------------------------------


def test_awarding_by_hand_asks_for_the_badge_writes_and_looks_for_what_waits(user, receiver):
    badge("thanks", title="Thanks")
    sync()
    assert cost_of(lambda: award("thanks", to=user)) == 4
    assert cost_of(lambda: award("thanks", to=user)) == 2


@pytest.fixture
def clicks():
    made = badge("clicks", title="Clicks", progress=3)
    sync()
    return made


def test_progress_inside_a_transaction_is_one_query_and_two_more_with_a_key_or_one_at_the_goal(user, clicks):
    assert cost_of(lambda: progress(clicks, user).increment()) == 1
    assert cost_of(lambda: progress(clicks, user).increment(key="2")) == 3
    assert cost_of(lambda: progress(clicks, user).increment(key="2")) == 1
    assert cost_of(lambda: progress(clicks, user).increment()) == 2
    assert cost_of(lambda: progress(clicks, user).increment()) == 1
    assert cost_of(lambda: progress(clicks, user).set(2)) == 1
    assert held(user) == ["clicks"]


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_counted_before_waits_for_nobody_and_writes_nothing():
    clicks = badge("clicks", title="Clicks", progress=3)
    sync()
    user = baker.make(get_user_model())
    progress(clicks, user).increment(key="2")
    with CaptureQueriesContext(connection) as captured:
        assert progress(clicks, user).increment(key="2").replayed
    assert [query["sql"].split()[0] for query in captured] == ["SELECT"]


@pytest.mark.django_db(transaction=True)
def test_progress_is_one_query_and_a_transaction_only_at_the_goal():
    clicks = badge("clicks", title="Clicks", progress=3)
    sync()
    user = baker.make(get_user_model())

    def statements():
        with CaptureQueriesContext(connection) as captured:
            progress(clicks, user).increment()
        return [query["sql"].split()[0] for query in captured]

    if connection.features.supports_update_conflicts_with_target:
        assert [statements() for _ in range(4)] == [
            ["INSERT"], ["INSERT"], ["INSERT", "BEGIN", "INSERT", "INSERT", "COMMIT"], ["INSERT"],
        ]  # fmt: skip
    else:
        assert [[one for one in statements() if one == "INSERT"] for _ in range(4)] == [
            ["INSERT"], ["INSERT"], ["INSERT", "INSERT"], ["INSERT"],
        ]  # fmt: skip
    assert held(user) == ["clicks"]


def test_progress_that_is_complete_looks_for_what_waits_only_if_something_does(user, clicks):
    badge("meta", title="Meta", when=rules.has(clicks))
    sync()
    assert cost_of(lambda: progress(clicks, user).increment(3)) == 4
    assert held(user) == ["clicks", "meta"]


def test_explaining_is_one_query(user):
    ten_measures(reaches=5)
    badge("author", title="Author", when=rules.has_all("count-0", "count-1") | rules.has("count-2"))
    badge("clicks", title="Clicks", progress=10)
    sync()
    for slug in ("count-0", "words", "author", "clicks"):
        assert cost_of(lambda slug=slug: explain(slug, user)) == 1
        row = Badge.objects.get(slug=slug)
        assert cost_of(lambda row=row: explain(row, user)) == 1


def test_explaining_a_badge_with_prerequisites_of_the_database_asks_for_these_too(user):
    badge("thanks", title="Thanks")
    sync()
    row = Badge.objects.create(slug="friend", title="Friend")
    row.prerequisites.set(Badge.objects.filter(slug="thanks"))
    assert cost_of(lambda: explain(row, user)) == 2


@pytest.mark.parametrize("number", [1, 200])
def test_the_next_badges_are_three_queries_however_many_there_are(number, user):
    for goal in range(number):
        badge(f"entries-{goal}", title="Entries", when=rules.count(Entry, by="author", reaches=2 + goal))
    sync()
    row = Badge.objects.create(slug="friend", title="Friend")
    row.prerequisites.set(Badge.objects.filter(slug="entries-0"))
    Entry.objects.bulk_create([Entry(author=user, message="Hello")])
    assert cost_of(lambda: next_badges(user)) == 3
    assert next_badges(user)[0].badge.slug == "entries-0"
