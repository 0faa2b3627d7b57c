"""Nothing in the repository tells on which machine it was made, or where its packages came from."""

import re
import sys
from pathlib import Path

from tests.house.places import ROOT, short, tracked

# Folders of people and workplaces, and the hosts of registries: a lock file or a log would bring them in.
GENERAL = [
    rb"(?<![\w.])/(?:home|Users|root|work)/[\w.]",
    rb"\b(?:pypi|pythonhosted|npmjs)\.(?:org|com)\b",
    rb"(?:extra-)?index-url\s*=",
]
# The folders of the machine on which this very test runs.
HERE = [str(folder).encode() for folder in {ROOT, Path(sys.prefix), Path(sys.base_prefix)} if len(folder.parts) > 2]
TELLTALES = re.compile(b"|".join([*GENERAL, *map(re.escape, HERE)]))


def test_no_file_names_a_path_of_a_machine_or_the_host_of_a_registry():
    found = [
        f"{short(path)}: {match.group().decode()}"
        for path in tracked()
        if (match := TELLTALES.search(path.read_bytes()))
    ]

    assert not found
