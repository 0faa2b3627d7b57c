"""Databases of a run's own: made at its start, dropped at its end. Others are never touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from signal import SIGTERM, signal
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import dj_database_url

#: Which database a process measures in: an address with the name of its own.
VARIABLE = "BENCHMARK_DATABASE"
SERVERS = {
    "sqlite": "",
    "postgresql": "postgres://postgres@127.0.0.1:5432/",
    "mariadb": "mysql://root@127.0.0.1:3306/",
}


def address_of_its_own(kind: str, server: str = "") -> str:
    """Return an address of a database that nobody has: on ``server``, or in a temporary folder."""
    name = f"badger_benchmark_{token_hex(6)}"
    if kind == "sqlite":
        return f"sqlite:///{Path(gettempdir()) / name}.sqlite3"
    parts = urlsplit(server or SERVERS[kind])
    return urlunsplit(parts._replace(path=f"/{name}"))


def settings_of_this_run() -> dict[str, Any]:
    """Return Django's settings of the database of this process."""
    found: dict[str, Any] = {**dj_database_url.parse(os.environ.get(VARIABLE, "sqlite://:memory:"))}
    found["TEST"] = {"NAME": found["NAME"]}
    if found["ENGINE"].endswith("sqlite3"):
        # As a site sets it up that has more than one process.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        }
    return found


@contextmanager
def made() -> Iterator[None]:
    """Make the database of this process with all tables, and drop it at the end."""
    from django.db import connection  # noqa: PLC0415  settings come first

    name = connection.settings_dict["NAME"]
    # Who is asked to end tidies up, too.
    signal(SIGTERM, lambda *_: sys.exit("ended from outside"))
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        for rest in Path(gettempdir()).glob(f"{Path(name).name}*") if connection.vendor == "sqlite" else ():
            rest.unlink()


def told() -> str:
    """Return the name and version of the database."""
    from django.db import connection  # noqa: PLC0415  the same

    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SELECT version()")
        version = str(cursor.fetchone()[0])
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
    number = version.removeprefix("PostgreSQL ").split(" ")[0].split("-")[0]
    return f"{names[connection.vendor]} {number}"
