"""``manage.py badger_templates vanilla|playdoh --to DIR [file …]``: templates for a site to change."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from django_badger.copying import SETS, Copy, State, copies_in, copy_at, full_name, in_the_way, mark_of, originals

#: States that ask for somebody's eyes: the package moved on since the copy was made.
MOVED_ON = {State.THEIRS, State.BOTH, State.GONE}


class Command(BaseCommand):
    """Copies, compares or lists."""

    help = "Copy templates of the badge pages into your project, or show what changed in the package since you did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("set", choices=[*SETS], help="vanilla: Django templates; playdoh: Jinja2 templates")
        parser.add_argument(
            "files", nargs="*", metavar="file",
            help="a template, as templates name it: badger/base.html, or base.html; none: the whole set",
        )  # fmt: skip
        parser.add_argument("--to", metavar="DIR", help="your folder of templates")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--list", action="store_true", help="name the templates of the set, and do nothing")
        act.add_argument("--diff", action="store_true", help="compare your copies with the package, and write nothing")
        act.add_argument("--force", action="store_true", help="overwrite files that differ")
        # Otherwise argparse would want all files right behind the name of the set, before any option.
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]

    def handle(self, **options: Any) -> None:
        known = originals(options["set"])
        if options["list"]:
            self.stdout.write("\n".join(known))
            return
        if not options["to"]:
            raise CommandError(f"Say where your templates are: badger_templates {options['set']} --to DIR")
        folder, names = Path(options["to"]), self._names(options["files"], known, options["set"])
        try:
            if options["diff"]:
                self._compare(folder, names, known)
            else:
                self._copy(folder, names or [*known], known, force=options["force"])
        except (OSError, ValueError) as error:  # ValueError: a path that no system knows
            raise CommandError(str(error)) from error

    def _names(self, asked: list[str], known: dict[str, Path], template_set: str) -> list[str]:
        names, wrong = [], []
        for one in asked:
            try:
                names.append(full_name(one, known))
            except LookupError as error:
                wrong.append(str(error.args[0]))
        if wrong:
            wrong.append(f"`manage.py badger_templates {template_set} --list` names them all.")
            raise CommandError("\n".join(wrong))
        return names

    def _copy(self, folder: Path, names: list[str], known: dict[str, Path], *, force: bool) -> None:
        """Copy all of them or, where one cannot be, none."""
        copies = [copy_at(folder, name, known[name]) for name in dict.fromkeys(names)]
        refused = [why for copy in copies if (why := in_the_way(copy, folder) or _spared(copy, force=force))]
        if refused:
            raise CommandError("\n".join(["Nothing was copied.", *refused]))
        wanted = [copy for copy in copies if copy.text is None or force or copy.state != State.SAME]
        for copy in wanted:
            copy.path.parent.mkdir(parents=True, exist_ok=True)
            copy.path.write_text(copy.marked, encoding="utf-8", newline="\n")
            self.stdout.write(f"copied: {copy.path}")
        self.stdout.write(f"{len(wanted)} copied, {len(copies) - len(wanted)} were the same already.")

    def _compare(self, folder: Path, names: list[str], known: dict[str, Path]) -> None:
        """Show how the copies differ; end with an error where the package changed since they were made."""
        copies = [copy_at(folder, name, known[name]) for name in names] if names else [*copies_in(folder, known)]
        absent = [f"There is no {copy.path}." for copy in copies if copy.text is None]
        if absent:
            raise CommandError("\n".join(absent))
        for copy in copies:
            self._show(copy)
        moved_on = sum(copy.state in MOVED_ON for copy in copies)
        told = f"{len(copies)} files compared, {moved_on} changed in the package since they were copied."
        if moved_on:
            raise CommandError(told)
        self.stdout.write(told)

    def _show(self, copy: Copy) -> None:
        self.stdout.write(f"{copy.path}: {copy.state}")
        if copy.original is None or copy.state == State.SAME:
            return
        for line in copy.diff():
            self.stdout.write(line)
        if copy.state in MOVED_ON:
            self.stdout.write("Once you have taken over what you want, let the file begin with")
            self.stdout.write(mark_of(copy.original))


def _spared(copy: Copy, *, force: bool) -> str:
    """Return why a file must not be overwritten; empty where it may."""
    if force or copy.text is None or copy.state == State.SAME:
        return ""
    return f"{copy.path} is {copy.state}: see how with --diff, overwrite it with --force."
