"""A site with workers, on PostgreSQL: a database, a queue and processes of its own, all gone when the test is over."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.utils import ConnectionHandler

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: How many seconds anything may take. The machine may be busy with other tests.
WAIT = 90
DATABASE_WORKER = ["django", "db_worker", "--interval", "0.2", "--no-startup-delay", "--worker-id", "{name}"]
CELERY = [
    "celery", "-A", "tests.runners.site", "worker", "--hostname", "{name}@%h", "--concurrency", "1", "--loglevel", "INFO",
    "--without-mingle", "--without-gossip", "--without-heartbeat",
]  # fmt: skip


@dataclass
class Site:
    """A site with workers."""

    runner: str
    broker: str
    folder: Path
    name: str = field(default_factory=lambda: f"workers_{uuid4().hex[:12]}")
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        handler = ConnectionHandler({"default": {**connection.settings_dict, "NAME": self.name}})
        self.connection: Any = handler["default"]

    def environment(self, worker: str = "") -> dict[str, str]:
        address = os.environ["DATABASE_URL"].rpartition("/")[0]
        return {
            **os.environ,
            "DATABASE_URL": f"{address}/{self.name}",
            "DJANGO_SETTINGS_MODULE": "tests.runners.site.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
            "PYTHONUNBUFFERED": "1",
            "RUNNER": self.runner,
            "BROKER_URL": self.broker,
            "QUEUE": self.name,
            "WORKER": worker,
        }

    # --- what its people do -------------------------------------------------------------------------------------------

    def manage(self, *words: str) -> str:
        command = [sys.executable, "-m", "django", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        words = [word.format(name=name) for word in (CELERY if self.runner == "celery" else DATABASE_WORKER)]
        with (self.folder / name).open("wb") as log:
            self.workers[name] = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=ROOT, env=self.environment(name),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def wait_until_ready(self, name: str) -> None:
        """Wait until a worker says that it takes jobs."""
        end = time.monotonic() + WAIT
        while not re.search(r" ready\.|Starting worker", self.log(name)):
            assert time.monotonic() < end, self.log(name)
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """Kill a worker and its children, as when the machine is switched off."""
        os.killpg(self.workers[name].pid, signal.SIGKILL)
        self.workers.pop(name).wait()

    def kill_child(self, name: str) -> None:
        """Kill the child of a worker that does its jobs, as the kernel does when memory is short."""
        pid = self.workers[name].pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def log(self, name: str) -> str:
        return (self.folder / name).read_text()

    # --- what its database says ---------------------------------------------------------------------------------------

    def ask(self, sql: str, *params: object) -> list[Any]:
        """Give the answer's rows; those of one column without their brackets."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[Any] = cursor.fetchall() if cursor.description else []
        return [row[0] if len(row) == 1 else row for row in rows]

    def wait_until(self, sql: str, *params: object, seconds: float = WAIT) -> list[Any]:
        """Ask until there is an answer."""
        end = time.monotonic() + seconds
        while not (rows := self.ask(sql, *params)):
            if time.monotonic() > end:
                logs = "\n".join(self.log(path.name) for path in sorted(self.folder.iterdir()))
                raise AssertionError(f"not within {seconds} seconds: {sql} {params}\n{logs}")
            time.sleep(0.02)
        return rows

    # --- its beginning and its end ------------------------------------------------------------------------------------

    def open(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.name}"')
        self.manage("migrate", "--verbosity", "0")
        with self.connection.cursor() as cursor:
            cursor.execute((HERE / "filled.sql").read_text(encoding="utf-8"))

    def close(self) -> None:
        for name in list(self.workers):
            self.kill(name)
        self.connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        if self.broker:
            self._empty_broker()

    def _empty_broker(self) -> None:
        from kombu.connection import Connection

        with Connection(self.broker) as broker:
            channel: Any = broker.default_channel
            if self.broker.startswith("redis"):
                for key in channel.client.scan_iter(f"{self.name}*"):
                    channel.client.delete(key)
            else:
                channel.queue_delete(self.name)
                channel.exchange_delete(self.name)


@contextmanager
def site(runner: str, broker: str, folder: Path) -> Iterator[Site]:
    """Open a site, and close it whatever happens."""
    made = Site(runner, broker, folder)
    try:
        made.open()
        yield made
    finally:
        made.close()
