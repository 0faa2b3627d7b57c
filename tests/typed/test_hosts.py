"""mypy tells hosts what is wrong with their badges, and says nothing where all is well.

Each line of SITE that ends in ``# E: code`` must be an error of that code; every other line none.
"""

import re
import subprocess
import sys

import pytest

from tests.house.places import ROOT

pytestmark = pytest.mark.slow

SITE = """
from datetime import date, timedelta
from decimal import Decimal
from typing import assert_type

from django.contrib.auth.models import User
from guestbook import badges
from guestbook.models import Entry

from django_badger import Declaration, Tiers, badge, rules
from django_badger.awarding import Already, Awarded, Refused, award, award_many, explain, progress, record, revoke
from django_badger.events import Event
from django_badger.models import Award
from django_badger.rules.reaching import Reaches, Tally

# What a badge says.
assert_type(badge("a", title="A", tags=["x"], when=rules.has("b")), Declaration)
badge("a", title="A", secrte=True)  # E: call-overload
badge("a")  # E: call-overload
badge("a", "A")  # E: call-overload
badge("a", title=1)  # E: call-overload
badge("a", title="A", retention="sometimes")  # E: call-overload
badge("a", title="A", progress=2.5)  # E: call-overload
badge("a", title="A", when=rules.count(Entry, by="author"))  # E: call-overload
badge("a", title="A", when=rules.created(Entry))  # E: call-overload
badge("a", title="A", when="often")  # E: call-overload

# Functions.
@badge("owl", title="Owl", on=rules.created(Entry))
def owl(entry: Entry) -> User | None:
    return entry.author if entry.word_count else None

assert_type(owl, Declaration)

@badge("owls", title="Owls", on=rules.created(Entry))
def owls(entry: Entry) -> list[User]:
    return [entry.author]

@badge("quiz", title="Quiz", on=rules.event("quiz"))
def quiz(event: Event) -> None: ...

@badge("wrong-model", title="W", on=rules.created(Entry))  # E: arg-type
def wrong_model(user: User) -> User:
    return user

@badge("wrong-answer", title="W", on=rules.created(Entry))  # E: arg-type
def wrong_answer(entry: Entry) -> str:
    return entry.message

@badge("wrong-event", title="W", on=rules.event("quiz"))  # E: arg-type
def wrong_event(entry: Entry) -> None: ...

# Rules.
assert_type(rules.count(Entry, by="author"), Tally)
assert_type(rules.count(Entry, by="author", reaches=Decimal(10)), Reaches)
rules.count(Entry, by="author", reaches="10")  # E: call-overload
rules.count(Entry, reaches=10)  # E: call-overload
assert_type(rules.count(Entry, by="author", within=timedelta(days=7)), Tally)
assert_type(rules.total(Entry, "word_count", by="author", reaches=5, since=date(2026, 1, 1)), Reaches)
rules.distinct(Entry, "message", by="author", reaches=5, within=7)  # E: call-overload
assert_type(rules.streak(Entry, by="author", reaches=7, unit="week", gap=1, timezone="last_name"), Reaches)
assert_type(rules.streak(Entry, by="author"), Tally)
rules.streak(Entry, by="author", reaches=7, unit="month")  # E: call-overload
rules.age(365)  # E: arg-type
rules.has("b", times="3")  # E: arg-type
rules.total(Entry, by="author", reaches=10)  # E: call-overload
rules.created(Entry, bye="author")  # E: call-overload
rules.has_all(owl, "slug")
rules.at_least(1, owl, "slug", rules.event("x"))
rules.has(3)  # E: arg-type
rules.has("a") & rules.count(Entry, by="author")  # E: operator
assert_type(badge.tiers("r", title="R", measure=rules.count(Entry, by="author"), gold=3), Tiers)
badge.tiers("r", title="R", measure=rules.count(Entry, by="author", reaches=3), gold=3)  # E: arg-type

# The badges of the site, by name.
assert_type(badges.regular.gold, Declaration)
assert_type(badges.night_owl, Declaration)
badges.frist_post  # E: attr-defined


def thank(user: User) -> None:
    result = award(badges.first_post, to=user, by=user, reason="Thanks.")
    if result:
        assert_type(result, Awarded)
        assert_type(result.award, Award)
    else:
        assert_type(result, Already | Refused)
    assert_type(result.text, str)
    result.award  # E: union-attr
    award(badges.first_post, user)  # E: call-arg
    award(badges.first_post, too=user)  # E: call-arg
    award(7, to=user)  # E: arg-type
    revoke(Award())  # E: call-arg
    assert_type(award_many("slug", to=User.objects.all()).already, int)
    progress(badges.button_clicker, user).increment(0.5)  # E: arg-type
    reported = progress(badges.button_clicker, user).increment(Decimal("0.5"), key="x")
    assert_type(reported.award, Award | None)
    assert_type(explain("slug", user).percent, int)
    record("quiz", user=user, score=3)
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """What mypy says about the site, with the strictness of this repository."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "site_badges.py").write_text(SITE)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--no-error-summary", "--hide-error-context",
         "--cache-dir", ROOT / ".mypy_cache", folder / "site_badges.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout


def expected():
    for number, line in enumerate(SITE.splitlines(), start=1):
        _, marked, codes = line.partition("# E: ")
        if marked:
            yield from ((number, code.strip()) for code in codes.split(","))


def test_every_mistake_is_told_and_nothing_else(output):
    told = re.findall(r"site_badges\.py:(\d+): error: .* \[([a-z-]+)\]$", output, flags=re.MULTILINE)
    assert {(int(number), code) for number, code in told} == set(expected()), output


def test_the_guestbook_passes_as_strict_as_it_can_be(output):
    assert not re.search(r"^(?!.*site_badges).*error:", output, flags=re.MULTILINE), output
