"""Nothing leaves a transaction that is rolled back, and nothing is lost of one that is committed."""

from contextlib import contextmanager, suppress

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from django_badger import badge, rules, signals
from django_badger._engine.award import Planned, insert
from django_badger._engine.sync import row_of, sync
from django_badger.awarding import award, award_many, progress, record, reinstate, revoke
from django_badger.models import Award, Progress, ProgressKey
from django_badger.testing import happened
from guestbook.models import Entry


class ChangedMind(Exception):
    """The host thinks again."""


@contextmanager
def taken_back():
    """A transaction, or a savepoint inside of one, that ends with an error."""
    with suppress(ChangedMind), transaction.atomic():
        yield
        raise ChangedMind


@pytest.fixture
def member(people):
    return people(1)[0]


@pytest.fixture
def asked():
    """What the function of the badge "seen" was asked about."""
    return []


@pytest.fixture
def badges(asked):
    """Badges by every road, with a site that mails for each award."""
    made = {
        "thanks": badge("thanks", title="Thanks"),
        "first-post": badge("first-post", title="First post!", when=rules.created(Entry, by="author")),
        "passed": badge("passed", title="Passed", when=rules.event("quiz.passed")),
        "clicks": badge("clicks", title="Clicks", progress=1),
        "meta": badge("meta", title="Meta", when=rules.has_any("thanks", "first-post", "passed", "clicks")),
    }

    @badge("seen", title="Seen", on=rules.created(Entry))
    def seen(entry):
        asked.append(entry.message)
        return entry.author

    def send(award, **_rest):
        # Through the backend itself, because Django 6.1 wants MAILERS, which 5.2 does not know.
        EmailBackend().send_messages([mail.EmailMessage(f"About {award.badge.slug}", to=["member@example.com"])])

    for signal in (signals.badge_awarded, signals.badge_revoked, signals.badge_reinstated):
        signal.connect(send)
    yield made | {"seen": seen}
    for signal in (signals.badge_awarded, signals.badge_revoked, signals.badge_reinstated):
        signal.disconnect(send)


def held():
    return sorted(Award.objects.standing().values_list("badge__slug", flat=True))


def mailed():
    return sorted(message.subject.rpartition(" ")[2] for message in mail.outbox)


ACTS = {
    "award": (lambda one: award("thanks", to=one), ["meta", "thanks"]),
    "award_many": (lambda one: award_many("thanks", to=[one]), ["meta", "thanks"]),
    "record": (lambda one: record("quiz.passed", user=one), ["meta", "passed"]),
    "save": (lambda one: Entry.objects.create(author=one, message="Hello"), ["first-post", "meta", "seen"]),
    "increment": (lambda one: progress("clicks", one).increment(key="click:1"), ["clicks", "meta"]),
    "set": (lambda one: progress("clicks", one).set(1), ["clicks", "meta"]),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_transaction_that_is_rolled_back_leaves_nothing(act, badges, asked, member):
    with taken_back():
        ACTS[act][0](member)

    assert (held(), mailed(), asked) == ([], [], [])
    assert not Progress.objects.exists()
    assert not ProgressKey.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_the_same_act_after_a_rollback_brings_all_of_it_once(act, badges, member):
    with taken_back():
        ACTS[act][0](member)
    with transaction.atomic():
        ACTS[act][0](member)
        assert mailed() == []

    assert held() == ACTS[act][1]
    assert mailed() == ACTS[act][1]


@pytest.mark.parametrize("act", ACTS)
def test_what_a_savepoint_took_back_is_gone_and_the_rest_is_there(act, badges, asked, member, people):
    somebody_else = people(1)[0]
    with transaction.atomic():
        ACTS[act][0](somebody_else)
        with taken_back():
            ACTS[act][0](member)

    assert held() == ACTS[act][1]
    assert mailed() == ACTS[act][1]
    assert not Award.objects.to(member).exists()
    assert not Progress.objects.filter(user=member).exists()


def test_revoking_and_reinstating_are_taken_back_with_the_transaction(badges, member):
    given = award("thanks", to=member).award
    mail.outbox.clear()
    with taken_back():
        revoke(Award.objects.get(pk=given.pk), reason="Too early.")
    assert held() == ["meta", "thanks"]
    revoke(given, reason="Too early.")
    with taken_back():
        reinstate(Award.objects.get(pk=given.pk))

    assert held() == ["meta"]
    assert mailed() == ["thanks"]


def test_a_function_sees_what_was_committed_and_nothing_else(badges, asked, member):
    with transaction.atomic():
        Entry.objects.create(author=member, message="before")
        with transaction.atomic():
            Entry.objects.create(author=member, message="released")
            with taken_back():
                Entry.objects.create(author=member, message="lost")
            Entry.objects.create(author=member, message="between")
        with taken_back():
            with transaction.atomic():
                Entry.objects.create(author=member, message="released and lost")
            Entry.objects.create(author=member, message="lost too")
        Entry.objects.create(author=member, message="after")
        assert asked == []

    assert sorted(asked) == ["after", "before", "between", "released"]
    assert held() == ["first-post", "meta", "seen"]


def test_many_nested_transactions_are_evaluated_once(member):
    badge("ten", title="Ten", when=rules.count(Entry, by="author", reaches=10))
    sync()
    Entry.objects.create(author=member, message="0")
    with CaptureQueriesContext(connection) as done:
        with transaction.atomic():
            for number in range(1, 50):
                Entry.objects.get_or_create(author=member, message=str(number))
                with taken_back():
                    Entry.objects.create(author=member, message="lost")
        about_badges = [query["sql"] for query in done if "badger_" in query["sql"]]

    assert held() == ["ten"]
    assert len(about_badges) <= 3
    assert sum(sql.lstrip("( ").startswith("INSERT") for sql in about_badges) == 1


def test_a_released_savepoint_inside_a_lost_one_brings_nothing(badges, asked, member):
    with transaction.atomic():
        with taken_back(), transaction.atomic():
            Entry.objects.create(author=member, message="lost")
        record("quiz.passed", user=member)

    assert asked == []
    assert held() == ["meta", "passed"]


def test_transactions_one_after_the_other_do_not_mix(badges, asked, member, people):
    for number in range(3):
        with taken_back():
            Entry.objects.create(author=member, message=f"lost {number}")
        with transaction.atomic():
            Entry.objects.create(author=people(1)[0], message=f"kept {number}")
        Entry.objects.create(author=people(1)[0], message=f"by itself {number}")

    assert sorted(asked) == [f"{word} {number}" for word in ("by itself", "kept") for number in range(3)]
    assert not Award.objects.to(member).exists()
    assert Award.objects.of("first-post").count() == 6


def test_a_marked_transaction_that_ends_without_an_error_brings_nothing(badges, asked, member):
    with transaction.atomic():
        Entry.objects.create(author=member, message="lost")
        award("thanks", to=member)
        transaction.set_rollback(True)

    assert (held(), mailed(), asked) == ([], [], [])


def test_a_row_that_was_rolled_back_takes_no_number_that_is_somebody_elses_by_now(badges, people):
    one, other = people(2)
    planned = [Planned(Award(badge=row_of("thanks"), recipient=one), "thanks")]
    with taken_back():
        assert insert(planned)
    award("thanks", to=other)
    assert insert(planned)
    assert Award.objects.of("thanks").count() == 2


def test_a_condition_is_asked_of_what_the_transaction_left_behind(member):
    badge("public", title="Public", when=rules.created(Entry, by="author", where=Q(is_public=True)))
    with transaction.atomic():
        entry = Entry.objects.create(author=member, message="Hello")
        entry.is_public = False
        entry.save()
    assert held() == []
    with transaction.atomic():
        entry.is_public = True
        entry.save()
        Entry.objects.filter(pk=entry.pk).update(is_public=True)
    assert held() == ["public"]


# --- a view, with ATOMIC_REQUESTS --------------------------------------------------------------------------------------


def write(request, ending):
    author = get_user_model().objects.get()
    Entry.objects.create(author=author, message="Hello")
    award("thanks", to=author)
    if ending == "savepoint":
        with taken_back():
            record("quiz.passed", user=author)
    assert not mail.outbox
    if ending == "error":
        raise ChangedMind
    return HttpResponse("thank you")


urlpatterns = [path("write/<ending>/", write)]


@pytest.fixture
def view(badges, client, member, monkeypatch):
    """A site whose views are transactions."""
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    client.raise_request_exception = False
    return lambda ending: client.get(f"/write/{ending}/")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("ending", ["well", "savepoint"])
def test_a_view_that_ends_well_brings_its_badges_after_its_commit(ending, view):
    assert view(ending).content == b"thank you"
    assert held() == ["first-post", "meta", "seen", "thanks"]
    assert mailed() == ["first-post", "meta", "seen", "thanks"]


@pytest.mark.urls(__name__)
def test_a_view_that_fails_brings_nothing(view, asked):
    assert view("error").status_code == 500
    assert (held(), mailed(), asked) == ([], [], [])
    assert view("well").status_code == 200
    assert held() == ["first-post", "meta", "seen", "thanks"]


def test_a_block_that_is_taken_for_committed_in_a_transaction_that_goes_on(member):
    """The block's own events are evaluated, and those before it wait for the commit."""
    badge("first-post", title="First post!", when=rules.created(Entry, by="author"))
    badge("loud", title="Loud", when=rules.event("rang"))
    sync()
    with transaction.atomic():
        record("rang", user=member)
        with happened():
            Entry.objects.create(author=member, message="Hello")
            Entry.objects.create(author=member, message="Hello again")
        assert list(Award.objects.values_list("badge__slug", flat=True)) == ["first-post"]
    assert set(Award.objects.values_list("badge__slug", flat=True)) == {"first-post", "loud"}
