"""The template contract: what pages hand over is what templates use, and both sets say the same."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, engines

from django_badger import contexts
from tests.web.conftest import BOTH
from tests.web.pages import PAGES, fill, read_page
from tests.web.world import nobody_declares, read

pytestmark = pytest.mark.django_db

#: What every page of a request has, whatever it is about.
OF_REQUESTS = {"csrf_token", "csrf_input"}
#: The pages that visitors are sent away from, to sign in.
OWN = {"me", "showcase"}
CONTRACTS = {shown.context: shown.template for shown in PAGES.values()}
SOURCE = Path(contexts.__file__)


class Recording(Context):
    """Notes which variables a Django template reads of those that it was given, and which do not exist."""

    def __init__(self, variables: dict[str, Any]) -> None:
        super().__init__(variables)
        self.given = set(variables)
        self.read: set[str] = set()
        self.missing: set[str] = set()

    def __getitem__(self, name: Any) -> Any:
        for layer in reversed(self.dicts):
            if name in layer:
                if layer is self.dicts[1] and name in self.given:
                    self.read.add(name)
                return layer[name]
        self.missing.add(name)
        raise KeyError(name)


def used_by_vanilla(template: str, variables: dict[str, Any]) -> tuple[set[str], set[str]]:
    context = Recording(variables)
    engine: Any = engines["django"]
    engine.engine.get_template(template).render(context)
    return context.read, context.missing


def used_by_playdoh(template: str, variables: dict[str, Any]) -> tuple[set[str], set[str]]:
    from jinja2.runtime import Context as JinjaContext
    from jinja2.utils import missing

    seen: set[str] = set()
    lacking: set[str] = set()

    class Noting(JinjaContext):
        def resolve_or_missing(self, key: str) -> Any:
            found = super().resolve_or_missing(key)
            (lacking if found is missing else seen).add(key)
            return found

    engine: Any = engines["jinja2"]
    environment = engine.env.overlay()
    environment.context_class = Noting
    environment.get_template(template).render(variables)
    return seen & set(variables), lacking


def drawn(site: Any, wanted: type[contexts.Page]) -> list[dict[str, Any]]:
    """Return the variables of one kind of page, as everybody gets them, full and empty."""
    found = []
    for name, shown in PAGES.items():
        if shown.context is not wanted:
            continue
        for viewer in site.viewers().values():
            if name in OWN and viewer is None:
                continue
            for asked in (
                {},
                {"q": "zzz", "status": "nonsense"},
                {"status": "disabled"},
                {"page": "2", "before": "1-1", "said": "saved"},
            ):
                page = read_page(name, site.address(name), viewer, **asked)
                found += [page.variables()] if page else []
    return found


@pytest.mark.parametrize(
    "draw",
    [pytest.param(used_by_vanilla, id="vanilla"), pytest.param(used_by_playdoh, id="playdoh", marks=BOTH)],
)
@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_each_template_uses_exactly_the_fields_of_its_page(draw, contract, settings):
    settings.BADGER_PAGE_SIZE = 3
    used, missing = set(), set()
    for variables in drawn(fill(), contract):
        seen, lacking = draw(CONTRACTS[contract], variables)
        used |= seen
        missing |= lacking

    assert used == {field.name for field in fields(contract)}
    assert not missing - OF_REQUESTS


def test_each_field_is_explained():
    unexplained = []
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.AnnAssign):
            above = [line.strip() for line in lines[: node.lineno - 1]]
            while above and above[-1] and not above[-1].startswith(("#:", '"""')) and ":" in above[-1]:
                above.pop()  # neighbours may share one explanation
            if not above or not above[-1].startswith("#:"):
                unexplained.append(ast.unparse(node))

    assert not unexplained


def test_every_page_is_frozen():
    pages = [one for one in vars(contexts).values() if is_dataclass(one)]

    assert len(pages) > 15
    assert all(one.__dataclass_params__.frozen for one in pages)


@BOTH
class TestTheTwoSets:
    @pytest.mark.parametrize("name", PAGES)
    def test_say_the_same_to_everybody_in_every_language(self, client, settings, name):
        site = fill()
        settings.BADGER_PAGE_SIZE = 3
        for who, viewer in site.viewers().items():
            if viewer:
                client.force_login(viewer)
            for language in ("en", "de", "ar"):
                said = []
                for engine in ("django", "jinja2"):
                    settings.BADGER_TEMPLATE_ENGINE = engine
                    response = client.get(site.address(name), headers={"accept-language": language})
                    said.append(read(response.content.decode()))

                assert said[0] == said[1], (who, language)
                assert len(said[0]) > 20 or (name in OWN and who == "visitor")

    @pytest.mark.parametrize("address", ["/badges/", "/badges/awards/", "/badges/me/", "/badges/?q=zzz&status=no"])
    def test_say_the_same_where_there_is_nothing(self, client, settings, ada, address):
        nobody_declares()
        client.force_login(ada)

        said = []
        for engine in ("django", "jinja2"):
            settings.BADGER_TEMPLATE_ENGINE = engine
            said.append(read(client.get(address).content.decode()))

        assert said[0] == said[1]


@BOTH
class TestTheOrderOfEngines:
    @pytest.mark.parametrize(("first", "expected"), [("VANILLA", "vanilla"), ("PLAYDOH", "playdoh")])
    def test_decides_which_set_draws_the_pages(self, client, settings, tmp_path, first, expected):
        _mark(tmp_path, settings, first)

        assert f"drawn by {expected}" in client.get("/badges/").content.decode()

    @pytest.mark.parametrize(("engine", "expected"), [("django", "vanilla"), ("jinja2", "playdoh")])
    def test_is_overruled_by_the_setting(self, client, settings, tmp_path, engine, expected):
        _mark(tmp_path, settings, "VANILLA" if engine == "jinja2" else "PLAYDOH")
        settings.BADGER_TEMPLATE_ENGINE = engine

        assert f"drawn by {expected}" in client.get("/badges/").content.decode()

    def test_lets_a_site_replace_only_the_base(self, client, settings, tmp_path):
        _mark(tmp_path, settings, "VANILLA")

        html = client.get("/badges/badge/first-post/").content.decode()

        assert html.startswith("<p>drawn by vanilla</p>")
        assert "You signed the guestbook." in html


def _mark(folder, settings, first):
    """Let the site have a base of its own in each set, which says which one it is."""
    from tests.projects.everything import PLAYDOH, VANILLA

    sets = {"VANILLA": VANILLA, "PLAYDOH": PLAYDOH}
    changed = {}
    for name, options in sets.items():
        base = folder / name / "badger" / "base.html"
        base.parent.mkdir(parents=True)
        base.write_text(f"<p>drawn by {name.lower()}</p>{{% block content %}}{{% endblock %}}")
        changed[name] = {**options, "DIRS": [folder / name]}
    settings.TEMPLATES = [changed.pop(first), *changed.values()]


@BOTH
def test_the_playdoh_set_works_under_django_jinja(client, settings):
    site = fill()
    plain = {name: client.get(site.address(name)).content.decode() for name in PAGES}
    settings.TEMPLATES = [
        {
            "BACKEND": "django_jinja.jinja2.Jinja2",
            "APP_DIRS": True,
            "OPTIONS": {
                "app_dirname": "jinja2",
                "match_extension": ".html",
                "extensions": ["django_badger.jinja.BadgerExtension"],
            },
        }
    ]

    for name in PAGES:
        assert read(client.get(site.address(name)).content.decode()) == read(plain[name]), name
