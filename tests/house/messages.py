"""The package's texts: found in its sources, and kept in the catalogues of the languages.

``python -m tests.house.messages`` brings ``locale/*/LC_MESSAGES/django.po`` up to date: new texts come in untranslated,
texts that are gone go out. It never guesses a translation. ``test_messages`` says what then is left to do.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.house.places import SOURCE, modules

LOCALE = SOURCE / "locale"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: What identifies a text: its context, and the text itself or (singular, plural).
Key = tuple[str | None, str | tuple[str, ...]]


def in_python() -> Catalog:
    """Return the texts of the modules."""
    return gathered((path, "python", path.read_bytes()) for path in modules())


def in_vanilla(source: Path = SOURCE) -> Catalog:
    """Return the texts of the Django templates, the admin's included."""
    return gathered((path, "python", as_python(path)) for path in templates(source, "templates"))


def in_playdoh(source: Path = SOURCE) -> Catalog:
    """Return the texts of the Jinja2 templates. Needs Jinja2."""
    return gathered((path, "jinja2.ext:babel_extract", path.read_bytes()) for path in templates(source, "jinja2"))


def templates(source: Path, kind: str) -> list[Path]:
    return [path for path in sorted(source.rglob("*.html")) if kind in path.relative_to(source).parts[:-1]]


def as_python(template: Path) -> bytes:
    """Return the calls that Django sees in a template, as makemessages does, without what could be an indentation."""
    calls = templatize(template.read_text(encoding="utf-8"), origin=template.as_posix())
    return "\n".join(line.strip() for line in calls.splitlines()).encode()


def gathered(sources: Iterator[tuple[Path, str, bytes]]) -> Catalog:
    """Return a catalogue of what is found, with the files in which it was; a comment "Translators:" comes along."""
    found = new_catalogue(None)
    for path, method, text in sources:
        place = path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else path.name
        # Without line numbers: a catalogue changes when a text does, and not when a line above it does.
        for _line, words, comments, context in extract(method, BytesIO(text), KEYWORDS, ("Translators:",)):
            found.add(words, locations=[(place, None)], auto_comments=comments, context=context)
    return found


def new_catalogue(locale: str | None) -> Catalog:
    return Catalog(locale=locale, fuzzy=False, charset="utf-8")


def in_source() -> Catalog:
    """Return all texts of the package. Templates of both sets say the same, which ``test_messages`` watches over."""
    found = in_python()
    for message in in_vanilla():
        if message.id:
            found.add(message.id, None, message.locations, auto_comments=message.auto_comments, context=message.context)
    return found


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else tuple(message.id)


def keys_of(catalogue: Catalog) -> set[Key]:
    return {key_of(message) for message in catalogue if message.id}


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def compiled(catalogue: Catalog) -> bytes:
    """Return what ``hatch_build.py`` writes into the .mo file."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def written(catalogue: Catalog, *, header: bool = True) -> bytes:
    """Return what stands in the .po file."""
    file = BytesIO()
    write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=not header)
    return file.getvalue()


def up_to_date(old: Catalog) -> Catalog:
    """Return a catalogue with all texts of the source, and the translations that it had."""
    new = new_catalogue(str(old.locale))
    new.header_comment = old.header_comment
    for message in in_source():
        if message.id:
            had = old.get(message.id, message.context)
            new.add(
                message.id, had.string if had and key_of(had) == key_of(message) else None, message.locations,
                auto_comments=message.auto_comments, user_comments=had.user_comments if had else (),
                context=message.context,
            )  # fmt: skip
    return new


if __name__ == "__main__":
    for place in catalogues():
        place.write_bytes(written(up_to_date(read(place))))
