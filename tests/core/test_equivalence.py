"""One rule, one answer: however it is asked, it is what :mod:`tests.core.reference` finds by walking through the rows.

Each round writes the histories of several groups of people, and asks some rules about them in every way there is: one
more way is one more function in ``WAYS``. ``BADGER_ROUNDS`` says how many rounds there are; by default 2,000 histories
on SQLite and fewer on the others, whose statements take longer.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from django_badger import badge, events, rules
from django_badger._engine.crossings import moments
from django_badger._engine.due import Asked, Due
from django_badger._engine.filling import Filling
from django_badger._engine.losses import lost
from django_badger._engine.probe import Question, probe
from django_badger._engine.sync import sync
from django_badger.models import Award, Badge, Run, RunRange
from django_badger.rules.combining import standing
from django_badger.rules.facts import Facts
from django_badger.rules.protocol import AsksAll, ComesAndGoes
from django_badger.rules.whom import Span
from django_badger.testing import happened, isolated_registry
from tests.core import reference as ref
from tests.studio.models import Home, Piece, Remark, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

GROUPS = 16
PEOPLE = 3
ROUNDS = int(os.environ.get("BADGER_ROUNDS") or {"sqlite": 125, "postgresql": 25}.get(connection.vendor, 15))
#: In so many parts, which several workers of a test run share.
PARTS = 5
User = get_user_model()

# --- what may happen ---------------------------------------------------------------------------------------------------

#: The night in which summer time begins in Berlin lies in the middle.
START = datetime(2025, 3, 27, 22, 30, tzinfo=UTC)
MOMENTS = [
    START + timedelta(hours=12) * half_day + step
    for half_day in range(14)
    for step in (timedelta(0), timedelta(minutes=30), timedelta(minutes=30, microseconds=1))
]
NOW = [START + timedelta(days=days, minutes=30) for days in (3, 5, 7, 9, 30)]
DAYS = [date(2025, 3, 27) + timedelta(days=number) for number in range(9)]
ZONES = [None, "", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "Mars/Olympus", "europe/london", "+05:00"]
LENGTHS = [timedelta(hours=12), timedelta(days=1), timedelta(days=2, seconds=1), timedelta(days=3), timedelta(days=7)]
KINDS = [None, "oil", "ink", "clay"]
POINTS = [1, 0, 3, -2, 5]
WEIGHTS = [None, "0.10", "0.20", "0.70"]


def taken(number: int, *choices: Iterable[Any]) -> list[Any]:
    """Read one number as a choice from each of these: one draw makes a row, and smaller numbers make simpler ones."""
    found = []
    for options in map(list, choices):
        number, index = divmod(number, len(options))
        found.append(options[index])
    return found


def how_many(*choices: Iterable[Any]) -> int:
    product = 1
    for options in choices:
        product *= len(list(options))
    return product


def one_of(*choices: Iterable[Any]) -> st.SearchStrategy[list[Any]]:
    return st.integers(0, how_many(*choices) - 1).map(lambda number: taken(number, *choices))


PIECE = (MOMENTS, [None, *MOMENTS], [None, *DAYS], KINDS[1:], POINTS, WEIGHTS)
REMARK = (range(3), [None, *MOMENTS], KINDS[1:])
ABOUT = ([*MOMENTS, *NOW], [None, *DAYS], ZONES, [False, True], range(3))
AWARD = (MOMENTS, ["", "", "revoked"], [None, None, *NOW])


@dataclass
class Lived:
    """Somebody's history, as it is drawn."""

    about: list[Any]
    pieces: list[list[Any]]
    remarks: list[list[Any]]
    awards: list[list[Any]]


PERSON = st.builds(
    Lived,
    one_of(*ABOUT),
    st.lists(one_of(*PIECE), max_size=7),
    st.lists(one_of(*REMARK), max_size=4),
    st.lists(one_of(*AWARD), max_size=3),
)
HISTORY = st.lists(PERSON, min_size=1, max_size=PEOPLE)


# --- which rules -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A model of the host, and what rules may name in it."""

    model: Any
    by: str
    times: tuple[str | None, ...]
    numbers: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    each: tuple[tuple[str, str], ...] = ()
    over: tuple[tuple[str, int], ...] = ()


SOURCES = {
    "piece": Source(
        Piece, "author", ("created_at", "finished_at", "made_on"), ("points", "weight", "size"),
        ("kind", "points", "weight"),
        (("value", "kind"), ("year", "made_on"), ("month", "created_at"), ("day", "finished_at")),
        (("points", 0), ("points", 2)),
    ),
    "remark": Source(
        Remark, "piece__author", ("created_at", "piece__created_at"), ("piece__points",), ("text", "piece__weight"),
        (("year", "created_at"), ("day", "piece__created_at")), (("piece__points", 0),),
    ),
    "visit": Source(Visit, "guest", (None,)),
}  # fmt: skip
GOALS = [Decimal(1), Decimal(2), Decimal(3), Decimal("1.5"), Decimal(5)]


def counted(dice: random.Random) -> ref.Counted:
    name = dice.choice(["piece", "piece", "piece", "remark", "remark", "visit"])
    source = SOURCES[name]
    columns = {"count": ("",), "total": source.numbers, "distinct": source.values}
    aggregate = dice.choice([one for one, names in columns.items() if names])
    column, at, over = dice.choice(columns[aggregate]), dice.choice(source.times), dice.choice([None, *source.over])
    within = dice.choice([None, dice.choice(LENGTHS)]) if at else None
    each = None if within else dice.choice([None, *source.each])
    since = dice.choice([None, None, dice.choice(DAYS[:5]), dice.choice(MOMENTS[:20])]) if at else None
    return ref.Counted(name, aggregate, dice.choice(GOALS), column, at, over, each, since, within)


def in_a_row(dice: random.Random) -> ref.InARow:
    name = dice.choice(["piece", "piece", "remark"])
    source = SOURCES[name]
    return ref.InARow(
        name, dice.choice([1, 2, 2, 3, 4]), str(dice.choice(source.times)), dice.choice(["day", "day", "week"]),
        dice.choice([0, 0, 1, 2]), dice.choice([False, True]), dice.choice([None, None, *source.over]),
    )  # fmt: skip


def other(dice: random.Random) -> Any:
    old = ref.Old(dice.choice([*LENGTHS, timedelta(days=28)]), dice.choice([False, True]))
    return dice.choice([old, ref.Held(dice.choice([1, 2, 3])), ref.Inside(), ref.Recorded()])


def any_rule(dice: random.Random, depth: int = 2) -> Any:
    parts = dice.choice([0, 2, 3]) if depth else 0
    if not parts:
        return dice.choice([counted, counted, in_a_row, other])(dice)
    return ref.AtLeast(dice.randint(1, parts), tuple(any_rule(dice, depth - 1) for _ in range(parts)))


def asked_with(seed: int) -> list[Any]:
    """Give some rules: one of each kind, and two of any. By dice: Hypothesis would try a few of them over and over."""
    dice = random.Random(seed)  # noqa: S311  for choosing, not for secrets
    return [counted(dice), counted(dice), in_a_row(dice), other(dice), any_rule(dice), any_rule(dice)]


def declared(rule: Any) -> Any:
    """Give the rule of the package that says what one of the reference says."""
    match rule:
        case ref.Counted():
            return counting(rule)
        case ref.InARow():
            source = SOURCES[rule.source]
            zone = {"timezone": "home__timezone"} if rule.own_zone else {}
            return rules.streak(
                source.model, by=source.by, reaches=rule.goal, unit=rule.unit, gap=rule.gap, at=rule.at,
                where=condition(rule.over), **zone,
            )  # fmt: skip
        case ref.Old():
            return rules.age(rule.length, at="home__moved_in" if rule.moved else None)
        case ref.Held():
            return rules.has("held", times=rule.times)
        case ref.AtLeast():
            return rules.at_least(rule.needed, *map(declared, rule.parts))
        case _:
            return INSIDE if isinstance(rule, ref.Inside) else rules.event("never")


INSIDE = rules.every(lambda: User.objects.filter(last_name="inside"), text="Be inside.")


def condition(over: tuple[str, int] | None) -> Q | None:
    return Q(**{f"{over[0]}__gt": over[1]}) if over else None


def counting(rule: ref.Counted) -> Any:
    source = SOURCES[rule.source]
    word: Any = {"count": rules.count, "total": rules.total, "distinct": rules.distinct}[rule.aggregate]
    each: Any = None
    if rule.each:
        unit, name = rule.each
        each = name if unit == "value" else {"year": rules.year, "month": rules.month, "day": rules.day}[unit](name)
    return word(
        source.model, *filter(None, [rule.column]), by=source.by, reaches=rule.goal, where=condition(rule.over),
        at=rule.at, since=rule.since, each=each, within=rule.within,
    )  # fmt: skip


# --- writing it down ---------------------------------------------------------------------------------------------------


def write(histories: list[list[Lived]]) -> dict[Any, ref.Person]:
    """Write everything into the database, in a few statements; return it by the people's keys."""
    lives = [life for history in histories for life in history]
    users = User.objects.bulk_create(
        User(username=str(number), date_joined=life.about[0], last_name="inside" if life.about[3] else "")
        for number, life in enumerate(lives)
    )
    people = {
        user.pk: ref.Person(joined=life.about[0], zone=life.about[2], moved_in=life.about[1], inside=life.about[3])
        for user, life in zip(users, lives, strict=True)
    }
    Home.objects.bulk_create(
        Home(owner=user, timezone=life.about[2], moved_in=life.about[1])
        for user, life in zip(users, lives, strict=True)
        if life.about[2] is not None or life.about[1]
    )
    Visit.objects.bulk_create(
        Visit(guest=user) for user, life in zip(users, lives, strict=True) for _ in range(life.about[4])
    )
    pieces = write_pieces(users, lives, people)
    for user, life in zip(users, lives, strict=True):
        people[user.pk].rows += [ref.Row("visit", {})] * life.about[4]
        people[user.pk].awards = [(at, ended, expires) for at, ended, expires in life.awards]
        write_remarks(life, pieces[user.pk], people[user.pk])
    write_awards(users, lives)
    return people


def write_pieces(users: Any, lives: list[Lived], people: Mapping[Any, ref.Person]) -> dict[Any, list[Piece]]:
    made = []
    for user, life in zip(users, lives, strict=True):
        for created, finished, day, kind, points, weight in life.pieces:
            weighed = Decimal(weight) if weight else None
            made.append(
                Piece(
                    author=user, created_at=created, finished_at=finished, made_on=day, kind=kind, points=points,
                    weight=weighed, size=float(weight) if weight else None,
                )
            )  # fmt: skip
    found: dict[Any, list[Piece]] = defaultdict(list)
    for piece in Piece.objects.bulk_create(made):
        found[piece.author_id].append(piece)
        names = ("created_at", "finished_at", "made_on", "kind", "points", "weight", "size")
        people[piece.author_id].rows.append(ref.Row("piece", {name: getattr(piece, name) for name in names}))
    return found


def write_remarks(life: Lived, pieces: list[Piece], person: ref.Person) -> None:
    about = [(pieces[number % len(pieces)], at, text) for number, at, text in life.remarks if pieces]
    Remark.objects.bulk_create(Remark(piece=piece, created_at=at, text=text) for piece, at, text in about)
    for piece, at, text in about:
        own = {"created_at": at, "text": text}
        theirs = {f"piece__{name}": getattr(piece, name) for name in ("created_at", "points", "weight")}
        person.rows.append(ref.Row("remark", own | theirs))


def write_awards(users: Any, lives: list[Lived]) -> None:
    badge = Badge.objects.create(slug="held", title="Held", status=Badge.Status.PUBLISHED)
    Award.objects.bulk_create(
        Award(badge=badge, recipient=user, slot=str(number), occasion=str(number), earned_at=at, ended=ended, expires_at=expires)
        for user, life in zip(users, lives, strict=True)
        for number, (at, ended, expires) in enumerate(life.awards)
    )  # fmt: skip


# --- ways to ask -------------------------------------------------------------------------------------------------------

#: By number of the rule and key of the person.
Answers = dict[tuple[int, Any], ref.Told]


def told_by(rule: Any, facts: Facts, user_id: Any, crossed: Mapping[Any, datetime]) -> ref.Told:
    """Give what a rule reads in the facts, with the moments that had to be asked of the data."""
    found = ref.Told(stands=standing(rule, facts, user_id))
    for occasion, reading in rule.readings(facts, user_id).items():
        if not reading.earned:
            found.under_way[occasion] = reading.current
            continue
        at = reading.at
        if at is None and reading.crossing is not None:
            at = reading.crossing.moment(
                lambda line, own=occasion: crossed.get((line, user_id, own if line.measure.each else ""))
            )
        found.earned[occasion] = (at, reading.current)
    return found


def read(asked: list[Any], people: list[Any], now: datetime) -> Answers:
    """Ask one question about these people, and one more for the moments that it left open."""
    reads = rules.at_least(1, *asked).reads()
    facts = probe(Question(frozenset({"held"}), reads), people=people, at=now).facts
    lines: dict[Any, set[Any]] = defaultdict(set)
    for rule in asked:
        for user_id in people:
            for reading in rule.readings(facts, user_id).values():
                if reading.earned and reading.at is None and reading.crossing is not None:
                    for line in reading.crossing.lines():
                        lines[line].add(user_id)
    crossed = moments(lines)
    return {
        (number, user_id): told_by(rule, facts, user_id, crossed)
        for number, rule in enumerate(asked)
        for user_id in people
    }


def one_by_one(asked: list[Any], people: list[Any], now: datetime) -> Answers:
    """Read the rules for each person alone."""
    found: Answers = {}
    for user_id in people[::4]:  # a statement is compiled once and kept: a few people tell as much as all
        found |= read(asked, [user_id], now)
    return found


def all_at_once(asked: list[Any], people: list[Any], now: datetime) -> Answers:
    """Read the rules for everybody together."""
    return read(asked, people, now)


def in_one_statement(asked: list[Any], people: list[Any], now: datetime) -> Answers:
    """Ask each rule that can for all who earned it, and for all who keep it: everybody, a span of them, or some."""
    found: Answers = {}
    for number, rule in enumerate(asked):
        if not isinstance(rule, AsksAll):
            continue
        whom, about = some_of(number, people)
        told = {user_id: ref.Told() for user_id in about}
        earners: Any = rule.earners(whom, "default", now)
        for user_id, occasion, at, value in earners:
            assert occasion not in told[user_id].earned, "one row a person and occasion"
            told[user_id].earned[occasion] = (at, value)
            evidence = rule.evidence("" if value is None else str(value))
            assert "value" not in evidence or Decimal(evidence["value"]) == value
        keepers: Any = rule.keepers(whom, "default", now) if isinstance(rule, ComesAndGoes) else None
        for one in about:
            told[one].stands = frozenset(told[one].earned)
            if keepers is not None:
                told[one].stands = frozenset()
        for user_id, occasion, _at, _value in keepers if keepers is not None else ():
            told[user_id].stands |= {occasion}
        found |= {(number, user_id): answer for user_id, answer in told.items()}
    return found


def some_of(number: int, people: list[Any]) -> tuple[Any, list[Any]]:
    middle = sorted(people)[len(people) // 3 : 1 + 2 * len(people) // 3]
    return [(None, people), (Span(middle[0], middle[-1]), middle), (middle, middle)][number % 3]


def awarded_by_a_run(asked: list[Any], people: list[Any], now: datetime) -> Answers:
    """Let a run award everybody, combinations too, and see that another one finds nothing left to do."""
    rows = Badge.objects.bulk_create(Badge(slug=f"rule-{number}", title="Rule") for number in range(len(asked)))
    dues = [Due(row.pk, row.slug, rule) for row, rule in zip(rows, asked, strict=True)]
    run = Run.objects.create(kind=Run.Kind.BACKFILL)
    for span, left in ((Span(min(people), max(people)), None), (Span(), 0)):
        done = RunRange(run=run)
        Filling(run, [dues], now, told=False, done=done).fill(span)
        assert left is None or done.added == left
    found: Answers = {(number, user_id): ref.Told() for number in range(len(asked)) for user_id in people}
    numbers = {row.pk: number for number, row in enumerate(rows)}
    for award in Award.objects.filter(run=run):
        told = found[numbers[award.badge_id], award.recipient_id]
        told.earned[award.occasion] = (award.earned_at, None)
        assert award.evidence["rule"] == asked[numbers[award.badge_id]].version()
    for due in dues:
        gone = {row.pk for row in Award.objects.filter(pk__in=list(lost(due, Asked(Span(), "default", now))))}
        for award in Award.objects.filter(run=run, badge=due.pk).exclude(pk__in=gone):
            found[numbers[due.pk], award.recipient_id].stands |= {award.occasion}
    return found


WAYS = {
    "one by one": one_by_one, "all at once": all_at_once, "in one statement": in_one_statement, "by a run": awarded_by_a_run,
}  # fmt: skip
#: These say nothing of how far it is.
ONLY_EARNED = {"in one statement", "by a run"}


# --- the test ----------------------------------------------------------------------------------------------------------


def compare(way: str, expected: ref.Told, found: ref.Told, context: Any, now: datetime) -> None:
    earned = dict(expected.earned)
    if way == "by a run":  # which dates what does not say when with the moment of the run
        earned = {occasion: (at or now, number) for occasion, (at, number) in earned.items()}
    for occasion, (at, number) in found.earned.items():
        known = earned.get(occasion)
        if known is not None and (number is None or known[1] is None):  # of an age, there is no number
            earned[occasion] = (known[0], number)
        assert at is None or at.tzinfo is not None
    assert found.earned == earned, (way, context)
    if way not in ONLY_EARNED:
        assert found.under_way == expected.under_way, (way, context)
    stands = (
        expected.stands & set(earned) if way == "by a run" else expected.stands
    )  # there is an award or there is none
    assert found.stands == stands, (way, context)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of what failed: it is shown all the same
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.project("core", "everything", "playdoh")  # their users have a date of joining
@settings(
    max_examples=ROUNDS // PARTS,
    deadline=None,
    derandomize=False,
    print_blob=True,
    # Nothing is made smaller: people do not touch each other, and the error names the one rule and person it is about.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    histories=st.lists(HISTORY, min_size=GROUPS, max_size=GROUPS),
    asked=st.integers(0, 2**32 - 1).map(asked_with),
    now=st.sampled_from(NOW),
)
def test_every_way_of_asking_gives_the_same_answer(part, histories, asked, now):
    with transaction.atomic():
        people = write(histories)
        own = [declared(rule) for rule in asked]
        expected = {
            (number, pk): rule.tell(person, now) for number, rule in enumerate(asked) for pk, person in people.items()
        }
        for way, ask in WAYS.items():
            for (number, pk), told in ask(own, list(people), now).items():
                compare(way, expected[number, pk], told, (asked[number], people[pk], now), now)
        # Each leaf of the combinations by itself, too.
        leaves = [leaf for rule in asked if isinstance(rule, ref.AtLeast) for leaf in ref.leaves(rule)]
        for (number, pk), told in in_one_statement(list(map(declared, leaves)), list(people), now).items():
            compare(
                "in one statement", leaves[number].tell(people[pk], now), told, (leaves[number], people[pk], now), now
            )
        transaction.set_rollback(True)


# --- event by event ----------------------------------------------------------------------------------------------------


@dataclass
class Happening:
    """What happens to people one by one: their rows are saved as a site saves them, and badges are awarded in between."""

    users: list[Any]
    people: dict[Any, ref.Person]
    rules: dict[str, tuple[Any, Any]]
    expected: dict[tuple[str, Any], dict[str, datetime | None]]

    def save(self, model: Any, user: Any, row: ref.Row, **columns: Any) -> Any:
        """Save a row, and note what the reference expects of the rules that wake then."""
        with happened():
            made = model.objects.create(**columns)
        self.people[user.pk].rows.append(row)
        for slug, (told, rule) in self.rules.items():
            if events.saved(model) in rule.wakes_on():
                for occasion, (at, _number) in told.tell(self.people[user.pk], timezone.now()).earned.items():
                    self.expected[slug, user.pk].setdefault(occasion, at)
        return made

    def live(self, user: Any, life: Lived) -> None:
        pieces = []
        for created, finished, day, kind, points, weight in life.pieces:
            own = {
                "created_at": created, "finished_at": finished, "made_on": day, "kind": kind, "points": points,
                "weight": Decimal(weight) if weight else None, "size": float(weight) if weight else None,
            }  # fmt: skip
            pieces.append(self.save(Piece, user, ref.Row("piece", own), author=user, **own))
        for _visit in range(life.about[4]):
            self.save(Visit, user, ref.Row("visit", {}), guest=user)
        for number, at, text in life.remarks if pieces else ():
            piece = pieces[number % len(pieces)]
            own = {"created_at": at, "text": text}
            theirs = {f"piece__{name}": getattr(piece, name) for name in ("created_at", "points", "weight")}
            self.save(Remark, user, ref.Row("remark", own | theirs), piece=piece, **own)


def born(history: list[Lived], asked: list[Any]) -> Happening:
    """Write the people without their rows, and declare the rules as badges."""
    bare = [Lived([*life.about[:4], 0], [], [], life.awards) for life in history]
    people = write([bare])
    users = list(User.objects.filter(pk__in=people).order_by("pk"))
    rules_of = {f"rule-{number}": (rule, declared(rule)) for number, rule in enumerate(asked)}
    for slug, (_told, rule) in rules_of.items():
        badge(slug, title="Rule", when=rule)
    sync()
    return Happening(users, people, rules_of, defaultdict(dict))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of what failed: it is shown all the same
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.project("core", "everything", "playdoh")  # their users have a date of joining
@settings(
    max_examples=ROUNDS // PARTS,
    deadline=None,
    derandomize=False,
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(history=HISTORY, asked=st.integers(0, 2**32 - 1).map(asked_with))
def test_what_is_awarded_event_by_event_is_the_same(part, history, asked):
    """At each event that wakes a rule, everybody whom it concerns has what the reference says by then, dated as it says."""
    with transaction.atomic(), isolated_registry():
        happening = born(history, asked)
        for user, life in zip(happening.users, history, strict=True):
            happening.live(user, life)
        found: dict[tuple[str, Any], dict[str, datetime | None]] = defaultdict(dict)
        for award in Award.objects.exclude(badge__slug="held").select_related("badge"):
            undated = award.earned_at == award.awarded_at
            found[award.badge.slug, award.recipient_id][award.occasion] = None if undated else award.earned_at
        expected = {place: told for place, told in happening.expected.items() if told}
        assert found == expected, (asked, list(happening.people.values()))
        transaction.set_rollback(True)
