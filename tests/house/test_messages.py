"""Every text of the package is translated into every language that it brings, and both template sets say the same."""

import gettext
from pathlib import Path

import django.conf
import pytest
from babel.messages.catalog import Catalog
from hatch_build import compile_catalogues

import django_badger
from tests.house import messages
from tests.house.places import SOURCE
from tests.web.conftest import BOTH

LANGUAGES = {"ar", "de"}
EACH = pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parents[1].name)


@BOTH
def test_both_template_sets_have_the_same_texts():
    vanilla = messages.texts(messages.in_vanilla())
    own = {key for key, message in vanilla.items() if not all("/admin/" in place for place, _ in message.locations)}

    assert own == set(messages.texts(messages.in_playdoh()))
    assert len(own) > 50


def test_the_languages_are_these():
    assert {path.parents[1].name for path in messages.catalogues()} == LANGUAGES


@EACH
class TestEachCatalogue:
    def test_has_every_text_translated(self, path):
        assert not list(messages.faults(messages.read(path), messages.in_source()))

    def test_says_whom_it_addresses_or_which_words_it_chose(self, path):
        assert path.read_text(encoding="utf-8").startswith("# ")

    def test_counts_as_django_does(self, path):
        """Django keeps catalogues that count in different ways apart, and looks into all of them one after the other."""
        locale = Path(django.conf.__file__).parent / "locale"
        django_counts = gettext.translation("django", locale, [path.parents[1].name]).plural  # type: ignore[attr-defined]
        ours = gettext.c2py(messages.read(path).plural_expr)

        assert [int(ours(number)) for number in range(1000)] == [int(django_counts(number)) for number in range(1000)]

    def test_is_what_the_site_reads(self, path):
        installed = Path(django_badger.__file__).parent / path.relative_to(SOURCE).with_suffix(".mo")

        assert not messages.stale(installed, path), (
            f"{path.name} was changed, and {installed} is older: type {messages.COMMAND}, or install the package anew"
        )

    def test_is_kept_by_the_command(self, path):
        """What translators wrote comes through, and the command has nothing left to do with it."""
        assert messages.up_to_date(path) == path.read_text(encoding="utf-8")


PEOPLE = ("%(n)s person: {why}", "%(n)s people: {why}")


def catalogue(locale: str, *, text: str | tuple[str, str] = PEOPLE, string: str | tuple[str, ...], fuzzy: bool = False):
    made = Catalog(locale=locale, fuzzy=False)
    made.add(text, string, flags={"fuzzy"} if fuzzy else ())
    return made


class TestWatchingOverCatalogues:
    @pytest.mark.parametrize(
        ("made", "fault"),
        [
            (catalogue("de", string=("%(n)s Person: {why}", "%(n)s Leute: {why}"), fuzzy=True), "fuzzy"),
            (catalogue("de", string=("", "")), "not translated"),
            (catalogue("de", string=("%(n)s Person: {why}", "")), "not translated"),
            (catalogue("de", string=("%(n)s Person: {why}",)), "has 1 plural forms instead of 2"),
            (catalogue("de", string=("Eine Person: {why}", "Leute: {why}")), "lost placeholder ['%(n)s']"),
            (catalogue("de", string=("Eine Person", "%(n)s Leute: {why}")), "lost placeholder ['%(n)s', '{why}']"),
            (catalogue("de", string=("%(m)s: {why}", "%(n)s: {why}")), "unknown placeholder ['%(m)s']"),
            (catalogue("de", text="Hello {name}", string="Hallo"), "lost placeholder ['{name}']"),
            (catalogue("de", text="Hello {name}", string=""), "not translated"),
        ],
    )
    def test_finds_what_is_wrong(self, made, fault):
        found = list(messages.faults(made, made))

        assert len(found) == 1
        assert found[0].startswith(fault)

    def test_lets_languages_say_one_and_two_in_words(self):
        made = catalogue("de", string=("Eine Person: {why}", "%(n)s Leute: {why}"))

        assert not list(messages.faults(made, made))

    def test_finds_texts_that_are_missing_or_left_over(self):
        made = catalogue("de", text="Old", string="Alt")
        made.obsolete[("Older", None)] = made["Old"]
        source = catalogue("de", text="New", string="")

        assert [fault.partition(",")[0] for fault in messages.faults(made, source)] == [
            "missing", "not in the source", "obsolete",
        ]  # fmt: skip

    def test_finds_a_compiled_catalogue_that_is_missing_or_old(self, tmp_path):
        folder = tmp_path / "de" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        source, compiled = folder / "django.po", folder / "django.mo"
        header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        source.write_text(header + 'msgctxt "greeting"\nmsgid "Hello"\nmsgstr "Hallo"\n', encoding="utf-8")
        assert messages.stale(compiled, source)
        compile_catalogues(tmp_path)
        assert not messages.stale(compiled, source)
        source.write_text(header + 'msgctxt "greeting"\nmsgid "Hello"\nmsgstr "Servus"\n', encoding="utf-8")
        assert messages.stale(compiled, source)

    def test_takes_new_texts_in_and_old_ones_out(self, tmp_path):
        path = tmp_path / "ar" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        real = next(one for one in messages.catalogues() if one.parents[1].name == "ar")
        header = real.read_text(encoding="utf-8").partition("\n\n")[0]
        path.write_text(f'{header}\n\nmsgid "Gone"\nmsgstr "x"\n\nmsgid "Save"\nmsgstr "kept"\n', encoding="utf-8")

        path.write_text(messages.up_to_date(path), encoding="utf-8")
        texts = messages.texts(messages.read(path))

        assert (None, "Gone") not in texts
        assert texts[None, "Save"].string == "kept"
        assert set(texts) == set(messages.texts(messages.in_source()))
        assert texts[None, ("%(count)s badge", "%(count)s badges")].string == ("",) * 6


@pytest.mark.parametrize("kind", ["templates", pytest.param("jinja2", marks=BOTH)])
def test_texts_are_found_in_both_languages_of_templates(tmp_path, kind):
    folder = tmp_path / kind / "badger"
    folder.mkdir(parents=True)
    vanilla = (
        "{% load i18n %}<p>\n  {% translate 'A' %}\n {% blocktranslate trimmed count n=n %}\n {{ n }} b\n{% plural %}"
        "{{ n }} bs{% endblocktranslate %}{{ _('C') }}"
    )
    playdoh = (
        "<p>\n  {{ _('A') }}\n {% trans trimmed n=n %}\n {{ n }} b\n{% pluralize %}{{ n }} bs{% endtrans %}{{ _('C') }}"
    )
    (folder / "page.html").write_text(vanilla if kind == "templates" else playdoh)

    found = messages.in_vanilla(tmp_path) if kind == "templates" else messages.in_playdoh(tmp_path)

    assert set(messages.texts(found)) == {(None, "A"), (None, ("%(n)s b", "%(n)s bs")), (None, "C")}
