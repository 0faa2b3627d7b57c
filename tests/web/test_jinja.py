"""The extension of Jinja2: one line in a site's settings."""

import pytest
from django.template import engines
from django.utils import translation

from tests.web.conftest import BOTH

pytestmark = BOTH


def draw(source, **variables):
    return engines["jinja2"].from_string(source).render(variables)


def test_there_is_one_global():
    from jinja2 import Environment

    plain = set(Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).globals)
    ours = set(Environment(autoescape=True, extensions=["django_badger.jinja.BadgerExtension"]).globals)

    assert ours - plain - {"gettext", "ngettext", "pgettext", "npgettext"} == {"badger"}


def test_addresses_and_files():
    assert draw('{{ badger.url("badge_detail", slug="first-post") }}') == "/badges/badge/first-post/"
    assert draw('{{ badger.url("badge_list") }}') == "/badges/"
    assert draw('{{ badger.static("badger/badger.css") }}') == "/static/badger/badger.css"


@pytest.mark.parametrize(("language", "expected"), [("en", "en ltr"), ("ar", "ar rtl"), (None, "en ltr")])
def test_language_and_direction(language, expected):
    with translation.override(language, deactivate=True):
        assert draw("{{ badger.language() }} {{ badger.direction() }}") == expected


def test_djangos_translations_are_used():
    with translation.override("fr"):
        assert draw('{{ _("June") }} {% trans %}June{% endtrans %}') == "juin juin"


def test_variables_in_translations_are_escaped():
    assert draw("{% trans name=name %}Hello {{ name }}{% endtrans %}", name="<b>") == "Hello &lt;b&gt;"
