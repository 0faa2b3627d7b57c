"""What ``manage.py check`` says: each number for its fault and not otherwise, with what to type."""

import datetime

import pytest
from django.core.checks import run_checks
from django.db import connection
from model_bakery import baker

from django_badger import badge, checks, rules
from django_badger.models import Badge
from guestbook.models import Entry

pytestmark = pytest.mark.usefixtures("registry")

WARNING = "Write a timedelta, for example timedelta(days=14); timedelta(0) warns nobody."


def found(check, **arguments):
    return [(message.id, message.msg, message.hint) for message in check(**arguments)]


def numbers(check, **arguments):
    return [message.id for message in check(**arguments)]


def test_a_site_without_faults_hears_nothing(db):
    messages = [message for message in run_checks(databases=["default"]) if message.id.startswith("badger.")]
    assert messages == []


# --- declarations ------------------------------------------------------------------------------------------------------------


def test_e001_badges_that_wait_for_each_other():
    badge("a", title="A", when=rules.has("b"))
    badge("b", title="B", when=rules.has("c"))
    badge("c", title="C", when=rules.has_any("a", "d"))
    badge("d", title="D")
    [(number, message, hint)] = found(checks.check_declarations)
    assert number == "badger.E001"
    assert "test_checks.py:" in message
    assert "the badge 'a' can never be earned, because it needs itself: a → b → c → a." in message
    assert hint == "Take one of these badges out of the rule of the one before it."


def test_w001_a_badge_that_nobody_declares():
    badge("a", title="A", when=rules.has_all("frist-post", "b"))
    badge("b", title="B")
    [(number, message, hint)] = found(checks.check_declarations)
    assert number == "badger.W001"
    assert "test_checks.py:" in message
    assert "the badge 'a' waits for 'frist-post', which no badges.py declares." in message
    assert hint.startswith("Correct the slug, or hand over the declared badge itself")


# --- settings ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("BADGER_RAISE_ERRORS", "yes", "Write True or False."),
        ("BADGER_PAGE_SIZE", 0, "Write a number of 1 or more, for example 24."),
        ("BADGER_PAGE_SIZE", True, "Write a number of 1 or more, for example 24."),
        ("BADGER_PAGE_SIZE", "24", "Write a number of 1 or more, for example 24."),
        ("BADGER_EXPIRY_WARNING", 14, WARNING),
        ("BADGER_EXPIRY_WARNING", None, WARNING),
        ("BADGER_EXPIRY_WARNING", datetime.timedelta(seconds=-1), WARNING),
        ("BADGER_EXPIRY_WARNING", datetime.timedelta.max, WARNING),
    ],
)
def test_e002_a_setting_of_the_wrong_kind(settings, name, value, hint):
    setattr(settings, name, value)
    assert found(checks.check_settings) == [("badger.E002", f"{name} is {value!r}.", hint)]


def test_e002_an_engine_that_is_not_there(settings):
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates"},
        {"BACKEND": "django.template.backends.jinja2.Jinja2", "NAME": "playdoh"},
    ]
    settings.BADGER_TEMPLATE_ENGINE = "jinja"
    assert found(checks.check_settings) == [
        ("badger.E002", "BADGER_TEMPLATE_ENGINE is 'jinja'.", "Write the NAME of one in TEMPLATES: 'django', 'playdoh'."),
    ]  # fmt: skip
    settings.BADGER_TEMPLATE_ENGINE = "playdoh"
    assert found(checks.check_settings) == []


@pytest.mark.parametrize("name", ["USER_DISPLAY", "USER_PATH", "USER_FIND"])
@pytest.mark.parametrize("path", ["people.display", "django_badger.people.nope", "django_badger.__version__", "", "x"])
def test_e003_a_path_that_leads_to_no_function(settings, name, path):
    setattr(settings, f"BADGER_{name}", path)
    [(number, message, hint)] = found(checks.check_settings)
    assert number == "badger.E003"
    assert message.startswith(f"BADGER_{name} is {path!r}, which is no function: ")
    assert hint == f'Write the dotted path of a function, for example BADGER_{name} = "site.people.display".'


def test_w002_a_setting_that_nobody_knows(settings):
    settings.BADGER_PAGESIZE = 3
    [(number, message, hint)] = found(checks.check_settings)
    assert (number, message) == ("badger.W002", "BADGER_PAGESIZE is no setting of django-badger.")
    assert "BADGER_PAGE_SIZE" in hint


EXTENSION = "django_badger.jinja.BadgerExtension"
VANILLA = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
#: An engine that finds the playdoh set, the line that is missing, and that line as it is typed.
JINJA = {
    "django": (
        {"BACKEND": "django.template.backends.jinja2.Jinja2", "APP_DIRS": True, "OPTIONS": {}},
        [EXTENSION],
        f'"extensions": ["{EXTENSION}"]',
    ),
    "django-jinja": (
        {
            "BACKEND": "django_jinja.jinja2.Jinja2",
            "APP_DIRS": True,
            "OPTIONS": {"app_dirname": "jinja2", "match_extension": ".html"},
        },
        ["jinja2.ext.do", EXTENSION],
        f'"extensions": [*DEFAULT_EXTENSIONS, "{EXTENSION}"]',
    ),
}


@pytest.mark.project("everything", "playdoh", "uuid_people")
@pytest.mark.parametrize(("engine", "extensions", "typed"), JINJA.values(), ids=JINJA)
class TestW003:
    def test_jinja_without_the_extension(self, settings, engine, extensions, typed):
        settings.TEMPLATES = [engine, VANILLA]

        [(number, _message, hint)] = found(checks.check_templates)

        assert number == "badger.W003"
        assert hint == f"Add it to the engine's OPTIONS: {typed}."

    def test_jinja_with_an_extension_for_texts_that_is_not_ours(self, settings, engine, extensions, typed):
        options = engine["OPTIONS"] | {"extensions": ["jinja2.ext.i18n"]}
        settings.TEMPLATES = [engine | {"OPTIONS": options}]

        assert numbers(checks.check_templates) == ["badger.W003"]

    @pytest.mark.django_db
    def test_with_the_extension_all_is_well(self, settings, client, engine, extensions, typed):
        settings.TEMPLATES = [engine | {"OPTIONS": engine["OPTIONS"] | {"extensions": extensions}}]

        assert found(checks.check_templates) == []
        assert client.get("/badges/").status_code == 200

    def test_an_extension_made_of_ours_will_do(self, settings, engine, extensions, typed):
        own = f"{__name__}.OwnExtension"
        settings.TEMPLATES = [engine | {"OPTIONS": engine["OPTIONS"] | {"extensions": [own]}}]

        assert found(checks.check_templates) == []

    def test_an_engine_that_does_not_draw_the_pages_needs_none(self, settings, engine, extensions, typed):
        settings.TEMPLATES = [engine | {"APP_DIRS": False}]
        assert found(checks.check_templates) == []

        settings.TEMPLATES = [VANILLA, engine]
        assert found(checks.check_templates) == []

    def test_an_engine_that_the_setting_names_needs_it(self, settings, engine, extensions, typed):
        settings.TEMPLATES = [VANILLA, engine | {"NAME": "playdoh"}]
        settings.BADGER_TEMPLATE_ENGINE = "playdoh"

        [message] = checks.check_templates()

        assert (message.id, message.obj) == ("badger.W003", "playdoh")


def __getattr__(name):
    """Make an extension only for a site that has Jinja2."""
    if name == "OwnExtension":
        from django_badger.jinja import BadgerExtension

        return type(name, (BadgerExtension,), {})
    raise AttributeError(name)


@pytest.mark.parametrize(
    ("options", "debug", "expected"),
    [
        ({}, False, ["badger.W004"]),
        ({}, True, []),
        ({"transaction_mode": "DEFERRED"}, False, ["badger.W004"]),
        ({"transaction_mode": "immediate"}, False, []),
        ({"transaction_mode": "EXCLUSIVE"}, False, []),
    ],
)
def test_w004_sqlite_without_a_queue_for_writers(settings, monkeypatch, options, debug, expected):
    settings.DEBUG = debug
    archive = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}
    monkeypatch.setitem(settings.DATABASES, "archive", archive)
    messages = checks.check_databases()
    assert [message.id for message in messages] == expected
    for message in messages:
        assert message.hint.startswith("Write DATABASES['archive'][\"OPTIONS\"] = ")
        assert message.obj == "archive"


def test_other_databases_queue_by_themselves(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "archive", {"ENGINE": "django.db.backends.postgresql"})
    assert found(checks.check_databases) == []


# --- with --database -----------------------------------------------------------------------------------------------------------


def test_e004_a_circle_in_the_database(db):
    a, b = (baker.make(Badge, slug=slug, title=slug) for slug in "ab")
    through = Badge.prerequisites.through.objects
    through.bulk_create([through.model(from_badge=a, to_badge=b), through.model(from_badge=b, to_badge=a)])
    assert found(checks.check_stored_cycles) == []
    [(number, message, hint)] = found(checks.check_stored_cycles, databases=["default"])
    assert number == "badger.E004"
    assert message == "The badge 'a' can never be earned, because it needs itself: a → b → a."
    assert hint == "Take one of these prerequisites out, in the admin or in badges.py."


def test_e004_a_circle_through_code(db):
    badge("b", title="B", when=rules.has("a"))
    a, b = (baker.make(Badge, slug=slug, title=slug) for slug in "ab")
    Badge.prerequisites.through.objects.bulk_create([Badge.prerequisites.through(from_badge=a, to_badge=b)])
    assert numbers(checks.check_stored_cycles, databases=["default"]) == ["badger.E004"]
    assert numbers(checks.check_stored_cycles, databases=["other"]) == []


class Answering:
    """A database that answers a question about time zones with nothing, as MariaDB does without its tables."""

    def __init__(self):
        self.asked = 0

    def __call__(self, execute, sql, params, many, context):
        self.asked += 1
        return execute("SELECT NULL", (), many, context)


def test_w005_a_database_that_does_not_know_the_time_zone(db):
    badge("yearly", title="Y", when=rules.created(Entry, by="author", each=rules.year("created_at")))
    assert found(checks.check_time_zones, databases=["default"]) == []
    with connection.execute_wrapper(Answering()):
        [(number, message, hint)] = found(checks.check_time_zones, databases=["default"])
    assert number == "badger.W005"
    assert message.startswith("The database 'default' does not know the time zone Europe/Berlin, so badges for a year")
    assert hint.startswith("Load them: mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql")


def test_w005_nobody_asks_where_no_badge_reads_the_calendar(db):
    badge("each", title="E", when=rules.created(Entry, by="author", each="is_public") & rules.event("x"))
    badge("hand", title="H")
    answering = Answering()
    with connection.execute_wrapper(answering):
        assert found(checks.check_time_zones, databases=["default"]) == []
        assert found(checks.check_time_zones) == []
    assert answering.asked == 0
