"""Runs commands of the example site, and serves it. Each site has a data folder of its own."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
MANAGE = ROOT / "example_project" / "manage.py"
#: Few enough to be quick, enough for everything to happen.
PEOPLE = 40


def environment(data: Path, **variables: str) -> dict[str, str]:
    """Give the environment of a newcomer: nothing of ours but the data folder."""
    ours = ("EXAMPLE_", "DJANGO_", "PYTHONPATH", "DATABASE_URL")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # Unbuffered: the line by which the server says that it listens would wait in the pipe, and the test with it.
    return {**mine, "PYTHONUNBUFFERED": "1", "EXAMPLE_DATA": str(data), **variables}


def manage(data: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MANAGE), *arguments],
        env=environment(data, **variables),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def serving(data: Path, *arguments: str, **variables: str) -> Iterator[str]:
    """Serve a site and give its address, as the command prints it."""
    command = [sys.executable, str(MANAGE), *(arguments or ("demo", "--serve", f"127.0.0.1:{free_port()}"))]
    with (data / "served.log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment(data, **variables), stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            yield _address(server)
        finally:
            server.terminate()
            server.communicate(timeout=30)


def _address(server: subprocess.Popen[str]) -> str:
    """Read until the server says that it listens."""
    address = ""
    for line in server.stdout or ():
        found = re.search(r"http://\S+", line)
        address = found.group().rstrip("/") if found and not address else address
        if "Quit the server" in line:
            return address
    raise AssertionError(f"the server has ended with {server.wait()}")


def told(data: Path) -> str:
    """Give what the server wrote to its log: requests, errors, warnings."""
    return (data / "served.log").read_text()


def copied(filled: Path, to: Path) -> Path:
    """Give a site of one's own: a copy of the filled one."""
    return Path(shutil.copytree(filled, to))
