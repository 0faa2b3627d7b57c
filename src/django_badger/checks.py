"""What ``manage.py check`` says about badges, each with what to type. No check asks the database but with ``--database``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings as django_settings
from django.core import checks
from django.db import connections, router
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.utils import timezone
from django.utils.module_loading import import_string

from django_badger._engine import runners
from django_badger.conf import settings
from django_badger.models import Badge
from django_badger.prerequisites import cycle_through, declared_graph, stored_graph
from django_badger.registry import registry

#: The longest time before an award expires at which its holder can be warned.
LONGEST = timedelta(days=36525)
EXTENSION = "django_badger.jinja.BadgerExtension"


def register_all() -> None:
    """Register all checks; called by the app once."""
    checks.register(check_declarations, "badger")
    checks.register(check_settings, "badger")
    checks.register(check_runner, "badger")
    checks.register(check_templates, "badger", checks.Tags.templates)
    checks.register(check_databases, "badger")
    checks.register(check_stored_cycles, "badger", checks.Tags.database)
    checks.register(check_time_zones, "badger", checks.Tags.database)


def check_declarations(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001 a badge needs itself, W001 a badge waits for one that no code declares."""
    return [*_cycles(), *_unknown_prerequisites()]


def _cycles() -> Iterator[checks.CheckMessage]:
    graph, told = declared_graph(), set()
    for slug in graph:
        way = cycle_through(slug, graph)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            place = registry[slug].place
            yield checks.Error(
                f"{place}: the badge {slug!r} can never be earned, because it needs itself: {' → '.join(way)}.",
                hint="Take one of these badges out of the rule of the one before it.", id="badger.E001", obj=slug,
            )  # fmt: skip


def _unknown_prerequisites() -> Iterator[checks.CheckMessage]:
    for slug, needed in declared_graph().items():
        for other in sorted(needed):
            if other not in registry:
                yield checks.Warning(
                    f"{registry[slug].place}: the badge {slug!r} waits for {other!r}, which no badges.py declares.",
                    hint="Correct the slug, or hand over the declared badge itself instead of its slug. "
                    "If the badge is made in the admin, silence this check.",
                    id="badger.W001", obj=slug,
                )  # fmt: skip


def check_settings(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E002 a BADGER_ setting has the wrong type, E003 a dotted path leads nowhere, W002 nobody knows a setting."""
    return [*_wrong_types(), *_wrong_paths(), *_unknown_settings()]


def _wrong_types() -> Iterator[checks.CheckMessage]:
    wanted = {
        "RAISE_ERRORS": (bool, "True or False"),
        "PAGE_SIZE": (int, "a number of 1 or more, for example 24"),
        "RUN_WORKERS": (int, "a number of 1 or more, for example 2"),
    }
    for name, (kind, example) in wanted.items():
        value: Any = getattr(django_settings, f"BADGER_{name}", None)
        number = type(value) is int and value >= 1
        if not (number if kind is int else isinstance(value, kind)):
            yield checks.Error(f"BADGER_{name} is {value!r}.", hint=f"Write {example}.", id="badger.E002")
    warning: Any = getattr(django_settings, "BADGER_EXPIRY_WARNING", None)
    if not isinstance(warning, timedelta) or not timedelta(0) <= warning <= LONGEST:
        hint = "Write a timedelta, for example timedelta(days=14); timedelta(0) warns nobody."
        yield checks.Error(f"BADGER_EXPIRY_WARNING is {warning!r}.", hint=hint, id="badger.E002")
    engine = settings.template_engine
    names = [_engine_name(template) for template in django_settings.TEMPLATES]
    if engine is not None and engine not in names:
        hint = f"Write the NAME of one in TEMPLATES: {', '.join(map(repr, names))}."
        yield checks.Error(f"BADGER_TEMPLATE_ENGINE is {engine!r}.", hint=hint, id="badger.E002")


def _engine_name(template: dict[str, Any]) -> str:
    """Return what Django calls an engine: its NAME, else the last but one part of its path."""
    return str(template.get("NAME") or template["BACKEND"].rsplit(".", 2)[-2])


def _wrong_paths() -> Iterator[checks.CheckMessage]:
    for name in ("USER_DISPLAY", "USER_PATH", "USER_FIND"):
        path = str(getattr(django_settings, f"BADGER_{name}", ""))
        try:
            found = import_string(path)
        except ImportError as error:
            found = str(error)
        if not callable(found):
            hint = f'Write the dotted path of a function, for example BADGER_{name} = "site.people.display".'
            yield checks.Error(f"BADGER_{name} is {path!r}, which is no function: {found}", hint=hint, id="badger.E003")


def _unknown_settings() -> Iterator[checks.CheckMessage]:
    from django_badger.conf import BadgerAppConf  # noqa: PLC0415  its class body is what settings are compared with

    known = {f"BADGER_{name}" for name in dir(BadgerAppConf) if name.isupper()}
    for name in dir(django_settings):
        if name.startswith("BADGER_") and name not in known:
            hint = f"Correct it or take it out. There are: {', '.join(sorted(known))}."
            yield checks.Warning(f"{name} is no setting of django-badger.", hint=hint, id="badger.W002")


def check_runner(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E008 no such runner, E009 its package is not installed, E010 and W007 its queue is not set up."""
    name = settings.runner
    if name == runners.INLINE:
        return []
    try:
        found: Any = runners.runner()
    except ImportError as error:
        return [_no_runner(name, error)]
    except Exception as error:  # noqa: BLE001  each queue has errors of its own
        hint = "Set the queue up: django.tasks needs a backend “default” in TASKS, with a queue “default”."
        message = f"BADGER_RUNNER is {name!r}, and its queue is not set up: {type(error).__name__}: {error}"
        return [checks.Error(message, hint=hint, id="badger.E010")]
    if not callable(found):
        return [_no_runner(name, f"it is {found!r}, which is no function")]
    complaint = import_module(found.__module__).complaint() if name in runners.PATHS else None
    return [checks.Warning(complaint[0], hint=complaint[1], id="badger.W007")] if complaint else []


def _no_runner(name: str, reason: object) -> checks.CheckMessage:
    if name in runners.PATHS:
        hint = f'Type: python -m pip install "django-badger[{name}]".'
        return checks.Error(
            f"BADGER_RUNNER is {name!r}, and its package is missing: {reason}", hint=hint, id="badger.E009"
        )
    known = ", ".join(map(repr, [runners.INLINE, *sorted(runners.PATHS)]))
    hint = f'Write one of {known}, or the dotted path of a function, for example BADGER_RUNNER = "site.queue.enqueue".'
    return checks.Error(f"BADGER_RUNNER is {name!r}, which is no runner: {reason}", hint=hint, id="badger.E008")


def check_templates(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W003 the Jinja2 engine that draws the pages lacks the extension."""
    engine = _drawing_engine()
    environment = getattr(engine, "env", None)
    if engine is None or environment is None or EXTENSION in _extensions(environment):
        return []
    kept = ""
    if type(engine).__module__.startswith("django_jinja."):
        kept = "*DEFAULT_EXTENSIONS, "  # what is written there replaces what django-jinja brings by itself
    return [
        checks.Warning(
            "The playdoh templates of django-badger need its Jinja2 extension, and this engine does not have it.",
            hint=f'Add it to the engine\'s OPTIONS: "extensions": [{kept}"{EXTENSION}"].',
            id="badger.W003", obj=engine.name,
        )
    ]  # fmt: skip


def _drawing_engine() -> Any:
    """Return the engine that draws the pages: the one that the setting names, else the first that has them."""
    wanted = settings.template_engine
    for engine in engines.all():
        with suppress(TemplateDoesNotExist):
            if wanted in {None, engine.name}:
                with suppress(TemplateSyntaxError):  # as without the extension
                    engine.get_template("badger/badge_list.html")
                return engine
    return None


def _extensions(environment: Any) -> set[str]:
    """Return the dotted paths of a Jinja2 environment's extensions, and of those they are made of."""
    classes = {base for one in environment.extensions.values() for base in type(one).__mro__}
    return {f"{one.__module__}.{one.__qualname__}" for one in classes}


def check_databases(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W004 SQLite begins transactions in a way in which two writers can stop each other."""
    found: list[checks.CheckMessage] = []
    for alias, database in django_settings.DATABASES.items():
        immediate = str(database.get("OPTIONS", {}).get("transaction_mode", "")).upper() in {"IMMEDIATE", "EXCLUSIVE"}
        if database.get("ENGINE") == "django.db.backends.sqlite3" and not immediate and not django_settings.DEBUG:
            hint = f'Write DATABASES[{alias!r}]["OPTIONS"] = {{"transaction_mode": "IMMEDIATE", "timeout": 20}}.'
            message = "Two requests that write to SQLite at the same moment can fail with “database is locked”."
            found.append(checks.Warning(message, hint=hint, id="badger.W004", obj=alias))
    return found


def check_stored_cycles(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """E004 badges whose prerequisites in the database go round in a circle. Only with ``check --database``."""
    home = router.db_for_read(Badge)
    if home not in (databases or ()) or Badge._meta.db_table not in connections[home].introspection.table_names():
        return []  # `migrate` asks this too, before there is a table
    graph: dict[str, set[str]] = stored_graph()
    for slug, needed in declared_graph().items():
        graph.setdefault(slug, set()).update(needed)
    found: list[checks.CheckMessage] = []
    told: set[frozenset[str]] = set()
    for slug in sorted(graph):
        way = cycle_through(slug, graph)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            hint = "Take one of these prerequisites out, in the admin or in badges.py."
            message = f"The badge {slug!r} can never be earned, because it needs itself: {' → '.join(way)}."
            found.append(checks.Error(message, hint=hint, id="badger.E004", obj=slug))
    return found


def check_time_zones(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """W005 a database cannot tell the year in the site's time zone. Only with ``check --database``."""
    zone = timezone.get_default_timezone_name()
    found: list[checks.CheckMessage] = []
    for alias in sorted({*(databases or ())} & _read_by_calendar()):
        if not _knows(connections[alias], zone):
            hint = "Load them: mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql (MySQL: mysql_tzinfo_to_sql)."
            message = (
                f"The database {alias!r} does not know the time zone {zone}, so badges for a year, month or day, and streaks, cannot "
                "be earned: its time zone tables are empty."
            )
            found.append(checks.Warning(message, hint=hint, id="badger.W005", obj=alias))
    return found


def _read_by_calendar() -> set[str]:
    """Return the databases of which some badge asks for rows by year, month, week or day."""
    measures = [measure for one in registry if one.when is not None for measure in one.when.reads().measures]
    return {router.db_for_write(measure.model) for measure in measures if measure.by_calendar}


def _knows(connection: Any, zone: str) -> bool:
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    year, params = connection.ops.datetime_extract_sql("year", "%s", (moment,), zone)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {year}{connection.features.bare_select_suffix}", params)
        return cursor.fetchone()[0] is not None
