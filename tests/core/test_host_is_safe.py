"""Badge code cannot break a host: whatever it does, the response, the host's rows and the other badges are as ever."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import F, Func, Q
from django.db.models.functions import Exp
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from model_bakery import baker

from django_badger import badge, rules, signals
from django_badger._engine.sync import sync
from django_badger.awarding import award
from django_badger.models import Award, Badge
from django_badger.verdicts import ONE, Reading
from guestbook.models import Entry
from tests.core.careful import Faulty, careful, errors, held, sound, user
from tests.races.committed import committed, declared
from tests.studio.models import Piece

__all__ = ["careful", "committed", "declared", "errors", "sound", "user"]

pytestmark = pytest.mark.urls(__name__)


def sign(request, key):
    """A view of the host: it saves two rows in a transaction, and reads after it."""
    with transaction.atomic():
        author = get_user_model().objects.get(pk=key)
        Entry.objects.create(author=author, message="first", word_count=100_000)
        Entry.objects.create(author=author, message="second", word_count=1)
    return HttpResponse(str(Entry.objects.filter(author=author).count()))


urlpatterns = [path("sign/<key>/", sign)]


def assert_the_host_notices_nothing(user, others):
    """Sign the guestbook: the page is there, the rows are there, the other badges are there."""
    response = Client().get(f"/sign/{user.pk}/")
    assert (response.status_code, response.content) == (200, b"2")
    assert held(user) == others


def assert_told(errors, slug, *words):
    """The error is in the log with its badge, and counted and shown on the badge."""
    row = Badge.objects.get(slug=slug)
    assert row.errors >= 1
    assert row.last_error_at is not None
    logged = [line for line in errors() if repr(slug) in line]
    assert logged
    for word in words:
        assert any(str(word) in line for line in logged)
    return row.last_error


# --- rules that fail ---------------------------------------------------------------------------------------------------


def earned(**fields):
    return lambda: {"": Reading(ONE, ONE, **fields)}


ANSWERS = {
    "people raises": ("people", ValueError),
    "people is a number": ("people", 5),
    "people cannot be told apart": ("people", lambda: [["no", "key"]]),
    "people are no keys": ("people", lambda: ["nobody's key"]),
    "reads raises": ("reads", KeyError),
    "reads is a text": ("reads", "nothing"),
    "readings raises": ("readings", ZeroDivisionError),
    "readings is none": ("readings", None),
    "readings hold a text": ("readings", lambda: {"": "earned"}),
    "a reading without numbers": ("readings", lambda: {"": Reading("one", ONE)}),
    "a moment that is none": ("readings", earned(at="yesterday")),
    "evidence that cannot be stored": ("readings", earned(evidence={"subject": object()})),
    "evidence that is a number": ("readings", earned(evidence=5)),
    "a crossing of nothing": ("readings", earned(crossing=("no measure", ONE))),
    "an occasion that is a number": ("readings", lambda: {5: Reading(ONE, ONE, evidence={"value": Decimal("NaN")})}),
    "version raises": ("version", RuntimeError),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_rule_that_answers_a_question_wrongly(kind, user, sound, errors):
    badge("c-faulty", title="Faulty", when=Faulty(*ANSWERS[kind]))
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-faulty")


def test_a_meta_badge_whose_rule_fails(user, sound, errors):
    class Waiting(Faulty):
        def wakes_on(self):
            return rules.has("a-first").wakes_on()

    badge("c-faulty", title="Faulty", when=Waiting("reads", ValueError))
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-faulty")


def too_much():
    refused = Exp(F("word_count") * 1.0) if connection.vendor != "sqlite" else Func(F("message"), function="JSON")
    return rules.created(Entry, by="author", where=Q(message__lt=refused))


def no_such_table():
    return rules.every(lambda: Entry.objects.extra(tables=["no_such_table"]).values("author"), text="…", wakes_on=[Entry], by="author")  # fmt: skip


def no_query():
    return rules.every(lambda: raises(KeyError("somebody's mistake"))(None), text="…", wakes_on=[Entry], by="author")


@pytest.mark.parametrize("rule", [too_much, no_such_table, no_query])
def test_a_rule_that_only_fails_when_the_database_is_asked(rule, user, sound, errors):
    """SQLite takes no greeting for JSON, and no other database can raise e to the power of 100,000 words."""
    badge("c-faulty", title="Faulty", when=rule())
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-faulty", user.pk)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "where",
    [Q(word_count__gt=100 / (F("word_count") - 1)), Q(created_at__gt=F("message"))],
    ids=["division by zero", "bad cast"],
)
def test_a_condition_that_postgresql_refuses(where, user, sound, errors):
    badge("c-faulty", title="Faulty", when=rules.created(Entry, by="author", where=where))
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-faulty", user.pk)


def test_two_broken_rules_are_told_apart(user, sound, errors):
    badge("c-faulty", title="Faulty", when=too_much())
    badge("d-faulty", title="Faulty", when=no_query())
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert "KeyError" in assert_told(errors, "d-faulty")
    assert "KeyError" not in assert_told(errors, "c-faulty")


def test_a_broken_rule_alone_is_counted_each_time(user, errors):
    badge("c-faulty", title="Faulty", when=too_much())
    sync()
    assert_the_host_notices_nothing(user, [])
    Entry.objects.create(author=user, message="third")
    assert_told(errors, "c-faulty", user.pk)
    assert Badge.objects.get(slug="c-faulty").errors == 2


@pytest.mark.parametrize("words", [1, 10], ids=["nothing is earned", "something is earned"])
def test_a_rule_that_cannot_say_what_it_reads_is_counted_beside_one_that_can(words, user, errors):
    badge("a-first", title="First", when=rules.total(Entry, "word_count", by="author", reaches=10))
    badge("c-faulty", title="Faulty", when=Faulty("reads", ValueError))
    sync()
    Entry.objects.create(author=user, message="…", word_count=words)
    assert held(user) == ["a-first"] * (words == 10)
    assert_told(errors, "c-faulty")
    assert Badge.objects.get(slug="c-faulty").errors == 1


# --- functions that fail -----------------------------------------------------------------------------------------------


def raises(error):
    def answer(entry):
        raise error

    return answer


def bad_sql(entry):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")


def fails_late(entry):
    yield entry.author
    raise ValueError("somebody's mistake")


def too_deep(entry):
    return too_deep(entry)


def hangs_up(entry):
    connection.close()
    raise ValueError("somebody's mistake")


FUNCTIONS = {
    "value error": raises(ValueError("somebody's mistake")),
    "key error": raises(KeyError("somebody's mistake")),
    "no such row": raises(Entry.DoesNotExist("somebody's mistake")),
    "assertion": raises(AssertionError()),
    "not text": raises(ValueError(b"\x00", "\x00 \ud800")),
    "bad sql": bad_sql,
    "fails late": fails_late,
    "too deep": too_deep,
    "hangs up": hangs_up,
    "a number": lambda entry: 5,
    "a text": lambda entry: "abc",
    "another model": lambda entry: entry,
    "keys": lambda entry: [entry.author_id],
    "a visitor": lambda entry: AnonymousUser(),
    "true": lambda entry: True,
    "broken query": lambda entry: get_user_model().objects.extra(where=["no_such_column = 1"]),
}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_a_function_that_fails_or_answers_nonsense(kind, user, sound, errors):
    badge("c-faulty", title="Faulty", on=rules.created(Entry))(FUNCTIONS[kind])
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-faulty", "guestbook.Entry")


def swallows_bad_sql(entry):
    try:
        bad_sql(entry)
    except Exception:  # noqa: BLE001  the mistake to be lived with
        return entry.author


def marks_for_rollback(entry):
    transaction.set_rollback(True)
    return entry.author


def leaves_rows_behind(entry):
    Piece.objects.create(author=entry.author)
    raise ValueError("somebody's mistake")


@pytest.mark.parametrize("function", [swallows_bad_sql, marks_for_rollback])
def test_a_function_that_breaks_its_transaction_and_answers_all_the_same(function, user, sound, errors):
    badge("c-careless", title="Careless", on=rules.created(Entry))(function)
    sync()
    assert_the_host_notices_nothing(user, sorted([*sound, "c-careless"]))
    assert errors() == []


def test_what_a_function_wrote_before_it_failed_is_taken_back(user, sound, errors):
    badge("c-faulty", title="Faulty", on=rules.created(Entry))(leaves_rows_behind)
    sync()
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-faulty")
    assert not Piece.objects.exists()


def test_a_function_may_answer_with_several_people_and_with_nobody(user):
    friend = baker.make(get_user_model())
    badge("many", title="Many", on=rules.created(Entry))(lambda entry: [entry.author, friend, friend])
    badge("query", title="Query", on=rules.created(Entry))(lambda entry: get_user_model().objects.filter(pk=friend.pk))
    badge("none", title="None", on=rules.created(Entry))(lambda entry: None)
    Entry.objects.create(author=user, message="Hello")
    assert (held(user), held(friend)) == (["many"], ["many", "query"])


# --- receivers that fail -----------------------------------------------------------------------------------------------


def bad_receiver(**_arguments):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")


def value_error(**_arguments):
    raise ValueError("somebody's mistake")


@pytest.fixture
def connected():
    """Connect a receiver to a signal until the end of the test, and behind it one that notes what comes through."""
    connections = []

    def connect(signal, receiver):
        heard = []
        for one in (receiver, lambda **arguments: heard.append(arguments)):
            signal.connect(one, weak=False)
            connections.append((signal, one))
        return heard

    yield connect
    for signal, receiver in connections:
        signal.disconnect(receiver)


@pytest.mark.parametrize("receiver", [bad_receiver, value_error])
def test_a_receiver_of_awards_that_fails(receiver, user, sound, errors, connected):
    sync()
    heard = connected(signals.badge_awarded, receiver)
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "a-first", user.pk)
    assert len(heard) == len(sound)
    assert not Award.objects.filter(announced_at=None).exists()


@pytest.mark.parametrize("receiver", [bad_receiver, value_error])
def test_a_receiver_of_progress_that_fails(receiver, user, sound, errors, connected):
    badge("c-far", title="Far", when=rules.count(Entry, by="author", reaches=100))
    sync()
    heard = connected(signals.progressed, receiver)
    assert_the_host_notices_nothing(user, sound)
    assert_told(errors, "c-far", user.pk)
    assert [(one["current"], one["goal"]) for one in heard] == [(2, 100)]


def test_a_receiver_that_fails_does_not_keep_a_person_from_awarding(user, errors, connected):
    badge("thanks", title="Thanks")
    connected(signals.badge_awarded, value_error)
    assert award("thanks", to=user)
    assert_told(errors, "thanks", user.pk)


def test_a_receiver_that_saves_a_row_wakes_its_badges(user, connected):
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    badge("artist", title="Artist", when=rules.created(Piece, by="author"))
    connected(signals.badge_awarded, lambda award, **_rest: Piece.objects.get_or_create(author=award.recipient))
    with transaction.atomic():
        Entry.objects.create(author=user, message="Hello")
    assert held(user) == ["artist", "first-post"]
