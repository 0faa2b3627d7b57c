import pytest

from tests.example.sites import free_port, manage, serving
from tests.example.visitor import Visitor

pytestmark = [pytest.mark.project("everything"), pytest.mark.sqlite]


def test_there_is_nothing_to_warn_of_before_deploying(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "DEBUG", EXAMPLE_PRODUCTION="1")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("templates", ["vanilla", "playdoh"])
def test_there_is_nothing_to_warn_of_while_developing(tmp_path, templates):
    done = manage(tmp_path, "check", "--fail-level", "DEBUG", EXAMPLE_TEMPLATES=templates, EXAMPLE_DEBUG="1")

    assert done.returncode == 0, done.stderr


def test_no_migration_is_missing(tmp_path):
    done = manage(tmp_path, "makemigrations", "--check", "--dry-run")

    assert done.returncode == 0, done.stdout
    assert "No changes detected" in done.stdout


def test_the_secret_key_is_made_once_and_is_nobody_elses(tmp_path):
    ask = ("shell", "--verbosity", "0", "--command", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = manage(tmp_path, *ask), manage(tmp_path, *ask)
    elsewhere, given = manage(tmp_path / "other", *ask), manage(tmp_path, *ask, EXAMPLE_SECRET_KEY="of my own")

    assert first.stdout == second.stdout != elsewhere.stdout
    assert len(first.stdout.strip()) >= 50
    assert (tmp_path / "secret.txt").stat().st_mode & 0o077 == 0
    assert given.stdout.strip() == "of my own"


def test_all_goes_by_https(data):
    arguments = ("runserver", "--noreload", f"127.0.0.1:{free_port()}")
    with serving(data, *arguments, EXAMPLE_PRODUCTION="1", EXAMPLE_BEHIND_PROXY="1") as address:
        visitor = Visitor(address)
        visitor.opener.addheaders = [("X-Forwarded-Proto", "https")]
        page = visitor.get("/accounts/login/")

    assert page.status == 200
    assert "max-age=31536000; includeSubDomains; preload" in page.headers["Strict-Transport-Security"]
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["X-Frame-Options"] == "DENY"
