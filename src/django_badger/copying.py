"""Copies of templates for a site to change, and what became of each since it was copied.

A copy begins with a mark: the version, and a digest of the original. With it a later version of the package, which has
no older ones to compare with, can still tell whether the original changed, the copy, or both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches, unified_diff
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

from django.apps import apps

from django_badger import __version__

#: In which folder of an app each set lies.
SETS = {"vanilla": "templates", "playdoh": "jinja2"}

# A comment in both languages. What follows stands on the same line: Django keeps a line break after a comment, and a
# copy shall give the very same bytes as its original. Whoever puts it on a line of its own is understood too.
_MARK = re.compile(r"\{# From django-badger \S+, ([0-9a-f]{16}): read by badger_templates --diff\. #\}\n?")


class State(StrEnum):
    """What became of a copy, as people are told."""

    SAME = "as in the package"
    YOURS = "changed by you, not in the package"
    THEIRS = "changed in the package, not by you"
    BOTH = "changed by you and in the package"
    UNKNOWN = "not as in the package, and without the mark of a copy"
    GONE = "no longer in the package"


@dataclass(frozen=True)
class Copy:
    """A file of a site, ``path``, and the template of the same ``name`` in the package.

    ``original`` is the package's text (None: it has no such template any more), ``text`` the site's without the mark
    (None: there is no such file), ``digest`` that of the original when it was copied (empty: the file has no mark).
    """

    name: str
    path: Path
    original: str | None
    text: str | None
    digest: str

    @property
    def state(self) -> State:
        """What became of it."""
        if self.original is None:
            return State.GONE
        if self.text == self.original:
            return State.SAME
        if not self.digest:
            return State.UNKNOWN
        if self.digest == digest_of(self.original):
            return State.YOURS
        return State.THEIRS if self.digest == digest_of(self.text or "") else State.BOTH

    @property
    def marked(self) -> str:
        """The package's text as a copy of it begins: with the mark."""
        return mark_of(self.original or "") + (self.original or "")

    def diff(self) -> Iterator[str]:
        """Give the lines that lead from the site's file to the package's."""
        here, there = (self.text or "").splitlines(), (self.original or "").splitlines()
        return unified_diff(here, there, str(self.path), f"django-badger {__version__}: {self.name}", lineterm="")


def digest_of(text: str) -> str:
    """Return the digest of a template."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def mark_of(original: str) -> str:
    """Return the comment with which a copy of this text begins."""
    return f"{{# From django-badger {__version__}, {digest_of(original)}: read by badger_templates --diff. #}}"


def originals(template_set: str) -> dict[str, Path]:
    """Return the templates of a set, of the core and of each installed option, by the names that templates use.

    Django's own admin knows one set only: its pages are no part of ours.
    """
    ours = [app for app in apps.get_app_configs() if f"{app.name}.".startswith("django_badger.")]
    roots = [Path(app.path) / SETS[template_set] for app in ours]
    found = {path.relative_to(root).as_posix(): path for root in roots for path in root.rglob("*") if path.is_file()}
    return {name: found[name] for name in sorted(found) if not name.startswith("admin/")}


def full_name(asked: str, known: Iterable[str]) -> str:
    """Return the name of a template that may have been asked for without ``badger/``. Raises ``LookupError``."""
    names = {name.removeprefix("badger/"): name for name in known}
    name = asked.replace("\\", "/").removeprefix("badger/")
    if name in names:
        return names[name]
    near = get_close_matches(name, names, n=1)
    raise LookupError(f"There is no template {asked!r}." + (f" Did you mean {names[near[0]]}?" if near else ""))


def copy_at(folder: Path, name: str, original: Path | None) -> Copy:
    """Return the site's file of this name and the package's."""
    path = folder / name
    here = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else None
    there = original.read_text(encoding="utf-8") if original else None
    mark = _MARK.match(here or "")
    text = here[mark.end() :] if here is not None and mark else here
    return Copy(name=name, path=path, original=there, text=text, digest=mark[1] if mark else "")


def copies_in(folder: Path, known: dict[str, Path]) -> Iterator[Copy]:
    """Give the files in ``folder`` that have a template's name, and copies of templates that are gone."""
    for top in sorted({name.partition("/")[0] for name in known}):
        for path in sorted((folder / top).rglob("*")):
            name = path.relative_to(folder).as_posix()
            copy = copy_at(folder, name, known.get(name))
            if copy.text is not None and (copy.original is not None or copy.digest):
                yield copy


def in_the_way(copy: Copy, folder: Path) -> str:
    """Return why nothing can be written where this copy belongs; empty where it can."""
    if not copy.path.resolve().is_relative_to(folder.resolve()):
        return f"{copy.path} is a link that leads out of {folder}."
    if copy.path.is_dir():
        return f"{copy.path} is a folder."
    files = [path for path in (folder, *copy.path.parents) if path.exists() and not path.is_dir()]
    return f"{files[0]} is a file, where a folder is needed." if files else ""
