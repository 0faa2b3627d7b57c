import json
import re
import resource
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.example.sites import PEOPLE, free_port, manage, serving

pytestmark = [pytest.mark.project("everything"), pytest.mark.sqlite]

COUNT = """
import json
from campus.models import Comment, Enrolment, Friendship, Post
from django.contrib.auth.models import User
from django_badger.models import Award, Badge, Progress
from guestbook.models import Entry
print(json.dumps({one.__name__: one.objects.count() for one in (Award, Badge, Comment, Enrolment, Entry, Friendship, Post, Progress, User)}
 | {"statuses": sorted(set(Badge.objects.values_list("status", flat=True))),
    "earned": sorted(set(Award.objects.values_list("badge__slug", flat=True))),
    "failed": sum(Badge.objects.values_list("errors", flat=True)),
    "routes": sorted(set(Award.objects.values_list("route", flat=True))),
    "reasons": Award.objects.exclude(reason="").count(),
    "unseen": Award.objects.filter(seen_at=None).count(),
    "prerequisites": Badge.objects.filter(prerequisites__isnull=False, secret=True).distinct().count()}))
"""


def counted(data: Path) -> dict[str, Any]:
    done = manage(data, "shell", "--verbosity", "0", "--command", COUNT)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(filled: Path) -> dict[str, Any]:
    return counted(filled)


class TestTheStory:
    def test_has_as_many_people_as_asked_for(self, found):
        assert found["User"] == PEOPLE

    def test_has_something_of_everything(self, found):
        assert found["Entry"] >= 15 * PEOPLE
        assert min(found[name] for name in ("Award", "Comment", "Enrolment", "Friendship", "Post", "Progress")) > 20

    def test_breaks_no_rule(self, found):
        assert found["failed"] == 0

    def test_has_badges_in_every_state(self, found):
        assert found["statuses"] == ["disabled", "draft", "published"]
        assert found["prerequisites"] == 1

    def test_has_awards_by_rules_and_by_people_who_say_why(self, found):
        assert found["routes"] == ["hand", "rule"]
        assert found["reasons"] >= 12

    def test_has_badges_of_every_kind_earned(self, found):
        kinds = {
            "first-post", "250-words", "regular-bronze", "master-badger", "night-owl", "top-ten",
            "published", "conversation-bronze", "all-ears", "give-and-take", "busy-month", "good-company",
            "outgoing", "graduate", "thirst-for-knowledge", "fast-learner", "all-rounder",
            "helping-paw", "founding-member", "keeper-of-the-sett",
        }  # fmt: skip

        assert kinds <= set(found["earned"])

    def test_leaves_nobody_with_old_news(self, found):
        assert found["unseen"] == 0


def test_what_is_shown_was_really_earned(data):
    before = counted(data)["Award"]
    done = manage(data, "badger", "backfill")

    assert done.returncode == 0, done.stderr
    assert counted(data)["Award"] == before, "the rules find nobody whom the story forgot"


def test_a_second_run_adds_nothing(data):
    before = counted(data)
    done = manage(data, "demo", "--people", str(PEOPLE))

    assert "have passed" not in done.stdout
    assert counted(data) == before


def test_a_run_that_was_stopped_half_way_is_started_again(data):
    stop = "from django.contrib.auth.models import User; User.objects.get(username='admin').delete()"
    stopped = manage(data, "shell", "--command", stop)
    done = manage(data, "demo", "--people", "20")

    assert stopped.returncode == done.returncode == 0, stopped.stderr + done.stderr
    assert "stopped half-way" in done.stdout
    assert counted(data)["User"] == 20


def test_a_site_with_people_of_its_own_is_left_alone(tmp_path):
    manage(tmp_path, "migrate", "--verbosity", "0")
    manage(
        tmp_path, "shell", "--command", "from django.contrib.auth.models import User; User.objects.create_user('me')"
    )
    done = manage(tmp_path, "demo", "--people", "20")

    assert "people of its own" in done.stdout
    assert counted(tmp_path)["User"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--people", "3"), "write a number from 15 to 5000"),
        (("--serve", "nonsense:port"), "is no address"),
        (("--serve", "127.0.0.1:99999"), "is no address"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path, arguments, said):
    done = manage(tmp_path, "demo", *arguments)

    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_no_known_password_comes_into_production(tmp_path):
    done = manage(tmp_path, "demo", EXAMPLE_PRODUCTION="1")

    assert done.returncode == 1
    assert "known password" in done.stderr


def test_a_taken_port_is_left_to_others(data):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port()))
        other.listen()
        taken = other.getsockname()[1]
        with serving(data, "demo", "--serve", f"127.0.0.1:{taken}") as address:
            port = int(address.rpartition(":")[2])

    assert taken < port <= taken + 19


@pytest.mark.slow
def test_two_hundred_people_take_less_than_a_minute(tmp_path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = manage(tmp_path, "demo")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = counted(tmp_path)

    assert done.returncode == 0, done.stderr
    assert re.search(r"The site has 200 people, \d+ badges, \d{4} awards", done.stdout)
    assert found["Entry"] >= 3000
    assert after.ru_utime - before.ru_utime < 60, "seconds of work, however busy the machine is"
