"""The texts of the package: found in its sources, and kept in the catalogues of the languages.

``python -m tests.house.messages`` brings ``locale/*/LC_MESSAGES/django.po`` up to date: new texts come in untranslated,
texts that are gone go out, and each .mo is written anew. No translation is guessed; ``test_messages`` says what is left
to do.
"""

import re
from collections.abc import Iterable, Iterator
from gettext import c2py
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize
from hatch_build import compile_catalogues

from tests.house.places import SOURCE, modules

COMMAND = "python -m tests.house.messages"
LOCALE = SOURCE / "locale"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: What identifies a text: its context, and the text itself or (singular, plural).
Key = tuple[str | None, str | tuple[str, ...]]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


def in_python() -> Catalog:
    """Return the texts of the modules."""
    return gathered((path, "python", path.read_bytes()) for path in modules())


def in_vanilla(source: Path = SOURCE) -> Catalog:
    """Return the texts of the Django templates, the admin's included."""
    return gathered((path, "python", as_python(path)) for path in templates(source, "templates"))


def in_playdoh(source: Path = SOURCE) -> Catalog:
    """Return the texts of the Jinja2 templates. Needs Jinja2."""
    return gathered((path, "jinja2.ext:babel_extract", path.read_bytes()) for path in templates(source, "jinja2"))


def in_source() -> Catalog:
    """Return all texts of the package. Both template sets have the same, which ``test_messages`` watches over."""
    found = in_python()
    for message in in_vanilla():
        if message.id:
            found.add(message.id, locations=message.locations, context=message.context)
    return found


def templates(source: Path, kind: str) -> list[Path]:
    return [path for path in sorted(source.rglob("*.html")) if kind in path.relative_to(source).parts[:-1]]


def as_python(template: Path) -> bytes:
    """Return the calls that Django sees in a template, as makemessages does, without what could be an indentation."""
    calls = templatize(template.read_text(encoding="utf-8"), origin=template.as_posix())
    return "\n".join(line.strip() for line in calls.splitlines()).encode()


def gathered(sources: Iterable[tuple[Path, str, bytes]]) -> Catalog:
    """Return a catalogue of what is found, with the files in which it was."""
    found = Catalog(fuzzy=False)
    for path, method, text in sources:
        place = path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else path.name
        for _line, words, _comments, context in extract(method, BytesIO(text), KEYWORDS):
            found.add(words, locations=[(place, 0)], context=context)
    return found


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else tuple(message.id)


def texts(catalogue: Catalog) -> dict[Key, Message]:
    """Return the messages of a catalogue, without its header."""
    return {key_of(message): message for message in catalogue if message.id}


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def faults(catalogue: Catalog, source: Catalog) -> Iterator[str]:
    """Say what a catalogue lacks, and what it has too much."""
    had, wanted = texts(catalogue), texts(source)
    yield from (f"missing, type {COMMAND}: {key}" for key in wanted.keys() - had.keys())
    yield from (f"not in the source, type {COMMAND}: {key}" for key in had.keys() - wanted.keys())
    yield from (f"obsolete, type {COMMAND}: {key}" for key in catalogue.obsolete)
    for key, message in had.items():
        yield from (f"{fault}: {key}" for fault in faults_of(message, catalogue))


def faults_of(message: Message, catalogue: Catalog) -> Iterator[str]:
    forms = [str(message.string or "")] if isinstance(message.string or "", str) else list(message.string)
    if message.fuzzy:
        yield "fuzzy: look at it, and take the mark away"
    if not all(forms):
        yield "not translated"
    elif message.pluralizable and len(forms) != catalogue.num_plurals:
        yield f"has {len(forms)} plural forms instead of {catalogue.num_plurals}"
    else:
        for number, form in enumerate(forms):
            yield from faults_of_placeholders(message, form, _numbers_of(number, catalogue))


def faults_of_placeholders(message: Message, form: str, numbers: set[int]) -> Iterator[str]:
    """Compare placeholders: a form for a single number may say it in a word instead ("two people")."""
    singular, plural = (message.id, message.id) if isinstance(message.id, str) else message.id
    one, many = (set(PLACEHOLDER.findall(text)) for text in (singular, plural))
    found = set(PLACEHOLDER.findall(form))
    lost = (one if numbers == {1} else many) - found
    in_a_word = message.pluralizable and len(numbers) == 1
    if found - one - many:
        yield f"unknown placeholder {sorted(found - one - many)}"
    if len(lost) > in_a_word:
        yield f"lost placeholder {sorted(lost)}"


def _numbers_of(form: int, catalogue: Catalog) -> set[int]:
    """Return the numbers below 1000 that a plural form is for."""
    form_of = c2py(catalogue.plural_expr)
    return {number for number in range(1000) if int(form_of(number)) == form}


def stale(compiled: Path, source: Path) -> bool:
    """Whether a .mo is missing, or says something else than its .po."""
    if not compiled.exists():
        return True
    fresh = BytesIO()
    write_mo(fresh, read(source))
    return _translations(compiled.read_bytes()) != _translations(fresh.getvalue())


def _translations(compiled: bytes) -> dict[Key, Any]:
    """Return what a .mo says, without its header, which has the time in it."""
    return {key: message.string for key, message in texts(read_mo(BytesIO(compiled))).items()}


def up_to_date(path: Path) -> str:
    """Return a .po with all texts of the source and the translations that it had, below the header that it has."""
    old, new = read(path), Catalog(locale=path.parents[1].name, fuzzy=False)
    had = texts(old)
    for key, message in texts(in_source()).items():
        known = had.get(key)
        new.add(
            message.id, known.string if known else None, message.locations, context=message.context,
            flags={"fuzzy"} if known and known.fuzzy else (), user_comments=known.user_comments if known else (),
        )  # fmt: skip
        if not known and message.pluralizable:
            new.get(message.id, message.context).string = ("",) * old.num_plurals
    body = BytesIO()
    # Without line numbers: a catalogue changes when a text does, and not when a line above it does.
    write_po(body, new, width=120, sort_output=True, include_lineno=False, omit_header=True)
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    return f"{header}\n\n{body.getvalue().decode().strip()}\n"


if __name__ == "__main__":
    for place in catalogues():
        place.write_text(up_to_date(place), encoding="utf-8")
    compile_catalogues(LOCALE)
