"""Make a lively site and serve it: ``manage.py demo --serve``."""

from __future__ import annotations

import socket
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from django_badger.models import Award, Badge
from example.filling.accounts import LOGINS, PASSWORD
from example.filling.story import Found, empty, fill, what_there_is
from example.local import installed

DEFAULT = "127.0.0.1:8000"
PORTS_TO_TRY = 20


class Command(BaseCommand):
    help = (
        "Migrates, fills the site with people and what they do, and with --serve serves it. A second run only serves."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--serve",
            nargs="?",
            const=DEFAULT,
            metavar="ADDRESS:PORT",
            help=f"serve afterwards, by default on {DEFAULT}",
        )
        parser.add_argument("--people", type=int, default=200, help="how many people there shall be (default: 200)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another story")

    def handle(self, *, serve: str | None, people: int, seed: int, **_options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo makes accounts with a known password: not with EXAMPLE_PRODUCTION=1.")
        if not len(LOGINS) + 10 <= people <= 5000:  # noqa: PLR2004  a story needs some people
            raise CommandError(f"--people={people} makes no story: write a number from {len(LOGINS) + 10} to 5000.")
        address = parsed(serve) if serve else None
        self.say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        self.prepare(people=people, seed=seed)
        self.say(
            f"The site has {User.objects.count()} people, {Badge.objects.count()} badges, {Award.objects.count()} awards."
        )
        if address:
            self.serve(*address)

    def say(self, line: str = "") -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def prepare(self, *, people: int, seed: int) -> None:
        """Fill the site, unless it is filled."""
        found = what_there_is()
        if found is Found.HALF:
            self.say("An earlier run was stopped half-way: starting again with an empty database.")
            empty()
        if found is Found.OTHERS:
            self.say("The database holds people of its own: nothing is added to it.")
        if found in {Found.NOTHING, Found.HALF}:
            begin = monotonic()
            fill(people=people, seed=seed, tell=lambda line: self.say(f"  {line}"))
            self.say(f"Two years have passed in {monotonic() - begin:.0f} seconds.")

    def serve(self, host: str, port: int) -> None:
        """Serve on the first free port from this one on, once it is said where and for whom."""
        free = next((number for number in range(port, port + PORTS_TO_TRY) if is_free(host, number)), None)
        if free is None:
            raise CommandError(f"{host} has no free port from {port} to {port + PORTS_TO_TRY - 1}: name another one.")
        if free != port:
            self.say(f"Port {port} is taken, so it is {free}.")
        self.say()
        self.say(f"  http://{host}:{free}/")
        self.say()
        self.say(f"Sign in with the password {PASSWORD} as")
        for username, who in LOGINS.items():
            if User.objects.filter(username=username).exists():
                self.say(f"  {username:<8}{who}")
        self.say()
        # Without whitenoise, Django serves the static files: fit for an example.
        insecure = {} if installed("whitenoise") else {"insecure_serving": True}
        call_command("runserver", f"{host}:{free}", use_reloader=False, use_ipv6=host.startswith("["), **insecure)


def parsed(address: str) -> tuple[str, int]:
    """Return host and port of ``host:port``, or of one of the two."""
    host, separator, port = address.rpartition(":")
    if not separator and not port.isdigit():
        host, port = address, DEFAULT.rpartition(":")[2]
    if not port.isdigit() or not 0 < int(port) < 2**16 - PORTS_TO_TRY:
        raise CommandError(f"{address!r} is no address: write something like {DEFAULT}.")
    return host or DEFAULT.rpartition(":")[0], int(port)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except socket.gaierror:
            raise CommandError(
                f"There is no address {host!r} on this machine: write something like {DEFAULT}."
            ) from None
        except OSError:
            return False
    return True
