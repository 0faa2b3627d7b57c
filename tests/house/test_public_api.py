"""What hosts import is written out in ``public_api.txt``.

A difference is a change of the public API: say it in CHANGELOG.md. ``python -m tests.house.test_public_api`` writes the
file anew; read the difference before you commit it.
"""

import dataclasses
import inspect
import os
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import django.dispatch
from django.db.models import Model

SNAPSHOT = Path(__file__).with_name("public_api.txt")
#: The modules that the documentation names. With names: of this module only those; without: its ``__all__``, or all it has.
MODULES: dict[str, tuple[str, ...]] = {
    "django_badger": (),
    "django_badger.rules": (),
    "django_badger.rules.combining": ("Combines",),
    "django_badger.rules.protocol": ("Reads", "Rule"),
    "django_badger.rules.facts": (),
    "django_badger.events": (),
    "django_badger.verdicts": ("Counted", "Explanation", "Reading"),
    "django_badger.awarding": (),
    "django_badger.health": (),
    "django_badger.publishing": (),
    "django_badger.runs": (),
    "django_badger.testing": (),
    "django_badger.signals": (),
    "django_badger.exceptions": (
        "BadAmount", "BadDeclaration", "BadFile", "BadgerError", "NotAllowed", "PrerequisiteCycle", "RunRefused", "UnknownBadge",
    ),
    "django_badger.people": ("display", "find", "path"),
    "django_badger.wording": ("award_title", "criteria", "description", "image_alt", "title"),
    "django_badger.pictures": (),
    "django_badger.sections": ("register", "registered"),
    "django_badger.backends": (),
    "django_badger.middleware": (),
    "django_badger.apps": ("BadgerConfig", "SimpleBadgerConfig"),
    "django_badger.models": ("Award", "AwardQuerySet", "Badge", "BadgeQuerySet", "Progress", "ProgressKey", "Run", "Tag"),
    "django_badger.contexts": (),
}  # fmt: skip


def public_names(place: str) -> list[str]:
    module = import_module(place)
    written = MODULES[place] or getattr(module, "__all__", None)
    if written is not None:
        return sorted(written)
    return sorted(name for name, value in vars(module).items() if not name.startswith("_") and is_own(place, value))


def is_own(place: str, value: Any) -> bool:
    """Tell whether a module makes a class, a function or a signal itself."""
    made_here = getattr(value, "__module__", None) == place and callable(value)
    return made_here or (place == "django_badger.signals" and isinstance(value, django.dispatch.Signal))


def lines() -> Iterator[str]:
    for place in MODULES:
        for name in public_names(place):
            value = getattr(import_module(place), name)
            yield from told(f"{place}.{name}", getattr(value, "func", value))  # an a… twin is a wrapped function


def told(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"class {name}({', '.join(base.__name__ for base in value.__bases__)})"
        yield from columns(name, value)
        for member, found in sorted(vars(value).items()):
            yield from told_of_member(f"  {name}.{member}", found)
    elif callable(value):
        yield f"{name}{shape(value)}"
    else:
        yield f"{name}: {type(value).__name__}"


def columns(name: str, value: type) -> Iterator[str]:
    """Give the fields of a dataclass, of a tuple or of a model."""
    found = list(getattr(value, "_fields", ()))
    if dataclasses.is_dataclass(value):
        found = [field.name for field in dataclasses.fields(value)]
    if issubclass(value, Model):
        found = [field.name for field in value._meta.get_fields() if not field.auto_created]
    for field in found:
        yield f"  {name}.{field}"


def told_of_member(name: str, value: Any) -> Iterator[str]:
    if name.rpartition(".")[2].startswith("_"):
        return
    if isinstance(value, property) or hasattr(value, "attrname"):
        yield f"{name} (property)"
    elif inspect.isfunction(value):
        yield f"{name}{shape(value)}"


def shape(function: Any) -> str:
    """Give a signature as it is written, without the quotes that annotations get on their way."""
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))


def test_the_public_api_is_as_it_is_written_down():
    assert SNAPSHOT.read_text(encoding="utf-8").splitlines() == list(lines())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.projects.core")
    sys.path.insert(0, str(Path(__file__).parents[1]))
    django.setup()
    SNAPSHOT.write_text("\n".join(lines()) + "\n", encoding="utf-8")
