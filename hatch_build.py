"""Compile the translations when the package is built, with Babel: no gettext needed."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(folder: Path) -> None:
    """Write a .mo beside every .po in a folder."""
    for source in sorted(folder.rglob("*.po")):
        with source.open("rb") as messages:
            catalogue = read_po(messages, locale=source.parents[1].name)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


class CustomBuildHook(BuildHookInterface[Any]):
    """Write a .mo beside every .po: for wheels, sdists and editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before hatchling collects the files."""
        compile_catalogues(Path(self.root, "src"))
