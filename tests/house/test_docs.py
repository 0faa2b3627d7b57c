"""The documentation names everything that is public. What is public is read from the code, so nothing can be forgotten."""

import ast
import dataclasses
import re
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import BaseCommand, load_command_class
from django.dispatch import Signal
from django.urls import URLPattern

import django_badger
from django_badger import awarding, contexts, exceptions, publishing, rules, runs, signals, testing
from django_badger.templatetags import badger as tags
from tests.docs.reading import DOCS, blocks, pages
from tests.house.places import ROOT, SOURCE

REFERENCE = DOCS / "reference"
SETS = (SOURCE / "templates", SOURCE / "jinja2")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def told(kind: str, page: str) -> set[str]:
    """Give the arguments of all directives of a kind in a page: ``.. setting:: BADGER_PAGE_SIZE``."""
    return set(re.findall(rf"^\.\. {kind}:: (.+)$", text(page), re.MULTILINE))


def missing(names: Iterable[str], where: str) -> list[str]:
    """Give the names that do not stand in a text as words of their own."""
    return [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", where)]


# --- settings, signals, checks, errors ---------------------------------------------------------------------------------


def defaults() -> dict[str, str]:
    """Give the settings with their defaults, as they are written: appconf puts the project's own values over them."""
    tree = ast.parse((SOURCE / "conf.py").read_text(encoding="utf-8"))
    written = next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "BadgerAppConf")
    found = [(ast.unparse(one.targets[0]), one.value) for one in written.body if isinstance(one, ast.Assign)]
    found += [
        (ast.unparse(one.target), one.value) for one in written.body if isinstance(one, ast.AnnAssign) and one.value
    ]
    return {f"BADGER_{name}": ast.unparse(value).replace("'", '"') for name, value in found}


def test_the_settings_are_those_of_the_code():
    assert told("setting", "reference/settings.rst") == set(defaults())


@pytest.mark.parametrize(("name", "default"), list(defaults().items()))
def test_a_setting_is_shown_with_its_default(name, default):
    section = text("reference/settings.rst").split(f".. setting:: {name}\n")[1].split(".. setting::")[0]

    assert f"Default: ``{default}``" in section


def test_no_page_speaks_of_a_setting_that_does_not_exist():
    spoken = {name: page.name for page in pages() for name in re.findall(r"\bBADGER_[A-Z_]+[A-Z]", page.read_text())}

    assert not set(spoken) - set(defaults()), spoken


def test_the_signals_are_those_of_the_code():
    names = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert told("signal", "reference/signals.rst") == names


def test_the_checks_are_those_of_the_code():
    source = (SOURCE / "checks.py").read_text(encoding="utf-8")

    assert told("check", "reference/checks.rst") == set(re.findall(r'id="(badger\.[EW]\d{3})"', source))


def test_the_errors_are_those_of_the_code():
    ours = {
        name
        for name, value in vars(exceptions).items()
        if isinstance(value, type) and value.__module__ == exceptions.__name__
    }

    assert told("autoexception", "reference/errors.rst") == ours


# --- commands ----------------------------------------------------------------------------------------------------------


def parsers() -> Iterator[tuple[str, ArgumentParser]]:
    """Give the commands, each act of a command on its own, with what reads its arguments."""
    for file in sorted((SOURCE / "management" / "commands").glob("[!_]*.py")):
        parser = load_command_class("django_badger", file.stem).create_parser("manage.py", file.stem)
        acts = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
        if not acts:
            yield file.stem, parser
        for one in acts:
            for act, own in one.items():
                yield f"{file.stem} {act}", own


def test_the_commands_are_those_of_the_code():
    assert told("command", "reference/commands.rst") == {name for name, _parser in parsers()}


@pytest.mark.parametrize(("name", "parser"), list(parsers()))
def test_a_command_is_shown_with_its_options(name, parser):
    section = text("reference/commands.rst").split(f".. command:: {name}\n")[1].split(".. command::")[0]
    plain = BaseCommand().create_parser("manage.py", "plain")
    own = options(parser) - options(plain)

    assert not missing(own, section)


def options(parser: ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings if option.startswith("--")}


def typed() -> Iterator[Any]:
    """Give each line of the documentation that types one of our commands."""
    for page in pages():
        for block in blocks(page):
            if block.language in {"sh", "console"}:
                for line in re.findall(r"python manage\.py (badger.*)", block.code):
                    yield pytest.param(line, id=f"{page.name}: {line}")


@pytest.mark.parametrize("line", list(typed()))
def test_a_command_is_typed_as_it_can_be_typed(line):
    name, *arguments = line.split()

    load_command_class("django_badger", name).create_parser("manage.py", name).parse_args(arguments)


# --- words of code -----------------------------------------------------------------------------------------------------


def test_every_rule_has_its_place():
    assert not missing([f"rules.{name}" for name in rules.__all__], text("reference/rules.rst"))


@pytest.mark.parametrize(
    "module", [django_badger, awarding, publishing, runs, testing], ids=lambda module: module.__name__
)
def test_every_public_name_has_its_place(module):
    reference = "\n".join(page.read_text(encoding="utf-8") for page in sorted(REFERENCE.glob("*.rst")))

    assert not missing(module.__all__, reference)


def test_every_option_of_a_declaration_is_explained():
    machinery = {"when", "on", "decide", "goal", "place"}
    options = {field.name for field in dataclasses.fields(django_badger.Declaration)} - machinery

    assert not missing([f"``{name}``" for name in options], text("reference/badge.rst"))


@pytest.mark.parametrize("model", list(apps.get_app_config("badger").get_models()), ids=lambda model: model.__name__)
def test_every_column_is_explained(model):
    fields = [field.name for field in model._meta.get_fields() if not field.auto_created]
    section = text("reference/models.rst").split(f".. autoclass:: {model.__name__}\n")[1].split("\n.. autoclass:: ")[0]

    assert not missing([f"``{name}``" for name in fields], section)


# --- pages -------------------------------------------------------------------------------------------------------------


def templates() -> list[str]:
    return sorted(file.relative_to(SETS[0]).as_posix() for file in SETS[0].glob("badger/**/*.html"))


def test_every_template_is_listed():
    names = {file.relative_to(root).as_posix() for root in SETS for file in (root / "badger").rglob("*.html")}

    assert not missing(names, text("reference/templates.rst"))


@pytest.mark.parametrize("template", templates())
def test_every_block_is_listed(template):
    names = re.findall(r"{% block (\w+)", (SETS[0] / template).read_text(encoding="utf-8"))
    inherited = set() if template == "badger/base.html" else {"content"}
    below = text("reference/templates.rst").split(f"``{template}``")[1].split("``badger/")[0]
    listed = re.search(r"Blocks: ([^.]+)\.", below)

    assert set(names) - inherited == (set(re.findall(r"``(\w+)``", listed[1])) if listed else set())


@pytest.mark.parametrize("part", [name for name in templates() if "/parts/" in name])
def test_every_variable_of_a_part_is_listed(part):
    comment = (SETS[0] / part).read_text(encoding="utf-8").splitlines()[0]
    said = comment.partition(" Variables: ")[2].partition(". #}")[0]
    names = [one.split()[0] for one in re.sub(r"\([^)]*\)", "", said).split(",")]
    row = text("reference/templates.rst").split(f"``{part}``\n")[1].split("   * - ")[0]

    assert names
    assert not missing([f"``{name}``" for name in names], row)


def test_every_tag_and_filter_is_listed():
    assert not missing([*tags.register.tags, *tags.register.filters], text("reference/templates.rst"))


def test_every_function_of_the_jinja_global_is_listed():
    tree = ast.parse((SOURCE / "jinja.py").read_text(encoding="utf-8"))
    badger = next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "Badger")
    names = [
        f"badger.{one.name}" for one in badger.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
    ]

    assert not missing(names, text("reference/templates.rst"))


def test_every_context_is_explained():
    classes = {
        value for value in vars(contexts).values() if isinstance(value, type) and value.__module__ == contexts.__name__
    }

    assert {f"{contexts.__name__}.{one.__name__}" for one in classes} <= told("autoclass", "reference/templates.rst")


def test_every_address_is_listed():
    patterns = [one for one in import_module("django_badger.urls").urlpatterns if isinstance(one, URLPattern)]
    listed = text("reference/urls.rst")

    assert not missing([f"badger:{one.name}" for one in patterns], listed)
    for one in patterns:
        route = re.sub(r"<\w+:(\w+)>", r"<\1>", str(one.pattern))
        assert f"``{route}``" in listed or not route


# --- the documentation itself ------------------------------------------------------------------------------------------


def decisions() -> list[Path]:
    return sorted((DOCS / "decisions").glob("0*.rst"))


def test_decisions_are_numbered_without_a_gap():
    assert [int(page.name[:4]) for page in decisions()] == list(range(1, len(decisions()) + 1))


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_a_decision_has_its_parts(page):
    parts = ["Context", "Decision", "Consequences"]
    lines = page.read_text(encoding="utf-8").splitlines()

    assert lines[1].startswith(f"{page.name[:4]}: ")
    assert any(line.startswith(":Status: ") for line in lines)
    assert [line for line in lines if line in parts] == parts


def test_every_promise_names_a_test_that_exists():
    page = text("explanation/promises.rst")
    named = set(re.findall(r"``(tests/[\w/]+\.py)``", page))

    assert named
    assert not [name for name in named if not (ROOT / name).is_file()]
    for promise in re.split(r"\n(?=[^\n]+\n-{3,}\n)", page)[1:]:
        assert "``tests/" in promise, promise


def test_every_page_is_reached():
    entries = set(re.findall(r"^   ([\w/-]+)$", text("index.rst"), re.MULTILINE))
    listed = {page.relative_to(DOCS).with_suffix("").as_posix() for page in pages()} - {"index"}

    assert {name for name in listed if not name.startswith("decisions/0")} == entries


def test_missing_looks_at_whole_words():
    assert missing(["award", "award_many"], "see ``award``") == ["award_many"]
    assert missing(["has"], "rules.has_all") == ["has"]
