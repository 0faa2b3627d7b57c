"""Reading the documentation as far as tests need it: its pages, and the code that they show."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.house.places import ROOT

DOCS = ROOT / "docs"
DIRECTIVE = re.compile(r"( *)\.\. code-block:: *(\S+) *$")
OPTION = re.compile(r" *:(\w+): *(.*)$")


@dataclass(frozen=True)
class Block:
    """A piece of code in a page."""

    page: Path
    line: int
    language: str
    code: str
    caption: str = ""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Give the pages, without what Sphinx made of them."""
    return [page for page in sorted(DOCS.rglob("*.rst")) if "_build" not in page.parts]


def blocks(page: Path) -> list[Block]:
    """Give the ``code-block`` directives of a page, with their code as it stands there, without the indentation."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found = []
    for number, line in enumerate(lines):
        directive = DIRECTIVE.match(line)
        if directive:
            found.append(_block(page, lines, number, len(directive[1]), directive[2]))
    return found


def _block(page: Path, lines: list[str], number: int, indent: int, language: str) -> Block:
    below = []
    for line in lines[number + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        below.append(line)
    options = {}
    while below and (option := OPTION.match(below[0])):
        options[option[1]] = option[2]
        below.pop(0)
    depth = min((len(line) - len(line.lstrip()) for line in below if line.strip()), default=0)
    code = "\n".join(line[depth:] for line in below).strip("\n") + "\n"
    first = number + 2 + len(options) + next((at for at, line in enumerate(below) if line.strip()), 0)
    return Block(page, first, language, code, options.get("caption", ""))
