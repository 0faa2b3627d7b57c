"""``manage.py badger_templates``: copies that render the same, that nobody overwrites by mistake, and their fate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from django_badger.copying import SETS, mark_of, originals
from tests.web.conftest import BOTH
from tests.web.hosts import PLAYDOH, VANILLA
from tests.web.pages import PAGES, fill

ENGINES = [
    pytest.param("vanilla", VANILLA, id="vanilla"),
    pytest.param("playdoh", PLAYDOH, id="playdoh", marks=BOTH),
]
BASE, TAGS = "badger/base.html", "badger/parts/tags.html"


@pytest.fixture(params=SETS)
def template_set(request):
    return request.param


@pytest.fixture
def original(template_set):
    """Give the package's text of a template."""
    return lambda name: originals(template_set)[name].read_text(encoding="utf-8")


@pytest.fixture
def run(template_set, tmp_path, capsys):
    """Run the command on a folder, and give the lines that it printed."""

    def act(*words):
        call_command("badger_templates", template_set, "--to", str(tmp_path), *words)
        return capsys.readouterr().out.splitlines()

    return act


@pytest.fixture
def refused(run):
    """Run the command where it ends with an error, and give the lines of that."""

    def act(*words):
        with pytest.raises(CommandError) as error:
            run(*words)
        return str(error.value).splitlines()

    return act


@pytest.fixture
def tell(refused, capsys):
    """Compare where the package has moved on, and give the lines that were printed before the error."""

    def act(*words):
        refused("--diff", *words)
        return capsys.readouterr().out.splitlines()

    return act


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def drawn(client, site) -> dict[str, bytes]:
    """Return every page to the byte, but for the tokens in its forms, which are new each time."""
    pages = {name: client.get(site.address(name)).content for name in PAGES}
    return {name: re.sub(rb'(csrfmiddlewaretoken" value=)"\w+"', rb"\1", page) for name, page in pages.items()}


class TestCopying:
    @pytest.mark.django_db
    @pytest.mark.parametrize(("template_set", "engine"), ENGINES)
    def test_a_whole_set_draws_every_page_as_before(self, client, settings, tmp_path, run, engine):
        site = fill()
        client.force_login(site.ada)
        settings.TEMPLATES = [engine]
        before = drawn(client, site)

        lines = run()
        settings.TEMPLATES = [{**engine, "APP_DIRS": False, "DIRS": [tmp_path]}]

        assert lines[-1] == f"{len(files(tmp_path))} copied, 0 were the same already."
        assert drawn(client, site) == before

    @pytest.mark.django_db
    @pytest.mark.parametrize(("template_set", "engine"), ENGINES)
    def test_a_single_file_that_was_changed_changes_every_page(self, client, settings, tmp_path, run, engine):
        site = fill()
        client.force_login(site.ada)

        lines = run("base.html")
        copy = tmp_path / BASE
        copy.write_text(copy.read_text().replace("<body ", "<body data-mine "))
        settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]

        assert lines == [f"copied: {copy}", "1 copied, 0 were the same already."]
        for name in PAGES:
            assert b"<body data-mine " in client.get(site.address(name)).content

    @pytest.mark.parametrize("words", [("base.html", "parts/tags.html"), (BASE, TAGS), (BASE, "parts\\tags.html")])
    def test_files_are_named_with_and_without_their_folder(self, run, tmp_path, words):
        run(*words)

        assert files(tmp_path) == {BASE, TAGS}

    def test_files_may_be_named_before_the_folder_too(self, template_set, tmp_path):
        call_command("badger_templates", template_set, "base.html", "--to", str(tmp_path / "new"))

        assert files(tmp_path) == {f"new/{BASE}"}

    def test_a_copy_says_from_which_version_it_is_and_is_otherwise_the_same(self, run, tmp_path, original):
        from django_badger import __version__

        run("base.html")

        mark, end, rest = (tmp_path / BASE).read_text().partition(" #}")
        assert mark.startswith(f"{{# From django-badger {__version__}, ")
        assert end + rest == " #}" + original(BASE)

    def test_the_names_of_a_set_can_be_had(self, template_set, capsys):
        call_command("badger_templates", template_set, "--list")

        assert capsys.readouterr().out.split() == list(originals(template_set))

    def test_the_pages_of_djangos_admin_are_no_part_of_a_set(self, template_set):
        names = list(originals(template_set))

        assert {BASE, TAGS, "badger/badge_list.html"} <= set(names)
        assert not [name for name in names if "admin" in name]


class TestRefusing:
    def test_a_file_that_differs_is_named_and_nothing_is_copied(self, refused, tmp_path):
        mine = tmp_path / TAGS
        mine.parent.mkdir(parents=True)
        mine.write_text("mine")

        lines = refused()

        assert lines[0] == "Nothing was copied."
        assert lines[1].startswith(f"{mine} is not as in the package")
        assert lines[1].endswith(": see how with --diff, overwrite it with --force.")
        assert len(lines) == 2
        assert files(tmp_path) == {TAGS}
        assert mine.read_text() == "mine"

    def test_force_overwrites_it(self, run, tmp_path, original):
        mine = tmp_path / BASE
        mine.parent.mkdir(parents=True)
        mine.write_text("mine")

        run("--force", "base.html")

        assert mine.read_text() == mark_of(original(BASE)) + original(BASE)

    def test_what_is_the_same_is_left_alone(self, run, tmp_path, original):
        run("base.html")
        (tmp_path / TAGS).parent.mkdir()
        (tmp_path / TAGS).write_text(original(TAGS))

        assert run("base.html", "parts/tags.html") == ["0 copied, 2 were the same already."]
        assert (tmp_path / TAGS).read_text() == original(TAGS)

    def test_a_name_that_is_not_there_is_told_with_the_nearest(self, refused, template_set, tmp_path):
        assert refused("base.html", "bagde_list.html", "💥") == [
            "There is no template 'bagde_list.html'. Did you mean badger/badge_list.html?",
            "There is no template '💥'.",
            f"`manage.py badger_templates {template_set} --list` names them all.",
        ]
        assert not files(tmp_path)

    @pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "badger/../base.html", "", ".", "\x00", "x" * 9999])
    def test_nothing_outside_of_the_folder_can_be_named(self, refused, tmp_path, name):
        assert refused(name)[0].startswith("There is no template ")
        assert not files(tmp_path)

    def test_a_link_that_leads_elsewhere_is_not_followed(self, refused, tmp_path, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        (tmp_path / "badger").symlink_to(elsewhere)

        assert f"{tmp_path / BASE} is a link that leads out of {tmp_path}." in refused("--force")
        assert not files(elsewhere)

    def test_a_folder_in_place_of_a_file_is_told(self, refused, tmp_path):
        (tmp_path / BASE).mkdir(parents=True)

        assert refused("--force", "base.html")[1:] == [f"{tmp_path / BASE} is a folder."]

    def test_a_file_in_place_of_a_folder_is_told(self, refused, tmp_path):
        (tmp_path / "badger").write_text("mine")

        assert refused("--force", "base.html")[1:] == [f"{tmp_path / 'badger'} is a file, where a folder is needed."]

    @pytest.mark.parametrize("folder", ["a\x00b", "x" * 999])
    def test_a_folder_that_cannot_be_is_told(self, template_set, folder, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        with pytest.raises(CommandError):
            call_command("badger_templates", template_set, "--to", folder)

    def test_without_a_folder_it_says_what_to_type(self, template_set):
        with pytest.raises(CommandError, match=f"badger_templates {template_set} --to DIR"):
            call_command("badger_templates", template_set)

    def test_one_thing_at_a_time(self, refused):
        assert "not allowed with" in refused("--diff", "--force")[0]

    def test_there_are_two_sets(self):
        with pytest.raises(CommandError, match="vanilla"):
            call_command("badger_templates", "strawberry", "--list")


class TestComparing:
    """The package of an older day is played by copies that begin with the mark of another text."""

    @pytest.fixture
    def put(self, tmp_path):
        """Write a file that was copied when the package said ``once``."""

        def write(name, once, now):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(mark_of(once) + now)
            return path

        return write

    def test_fresh_copies_are_as_in_the_package(self, run, tmp_path, template_set):
        run()

        lines = run("--diff")

        assert lines[0] == f"{tmp_path / 'badger/award_detail.html'}: as in the package"
        assert lines[-1] == (
            f"{len(originals(template_set))} files compared, 0 changed in the package since they were copied."
        )

    def test_only_the_site_changed_it(self, run, tmp_path, original):
        run("base.html")
        copy = tmp_path / BASE
        copy.write_text(copy.read_text().replace("<head>", "<head><!-- mine -->"))

        lines = run("--diff")

        assert lines[0] == f"{copy}: changed by you, not in the package"
        assert lines[1] == f"--- {copy}"
        assert "-  <head><!-- mine -->" in lines
        assert "+  <head>" in lines
        assert lines[-1] == "1 files compared, 0 changed in the package since they were copied."

    def test_only_the_package_changed_it(self, tell, refused, put, original):
        old = original(BASE).replace("viewport", "porthole")
        copy = put(BASE, old, old)

        lines = tell()

        assert lines[0] == f"{copy}: changed in the package, not by you"
        assert [line[1:].strip()[:11] for line in lines if line.startswith("-  ")] == ["<meta name="]
        assert "viewport" in next(line for line in lines if line.startswith("+  "))
        assert refused("--diff") == ["1 files compared, 1 changed in the package since they were copied."]

    def test_both_changed_it(self, tell, put, original):
        old = original(BASE).replace("viewport", "porthole")
        copy = put(BASE, old, old.replace("<head>", "<head><!-- mine -->"))

        lines = tell("base.html")

        assert lines[0] == f"{copy}: changed by you and in the package"
        assert "-  <head><!-- mine -->" in lines

    def test_the_line_that_it_shows_ends_the_matter(self, tell, run, put, original):
        old = original(BASE).replace("viewport", "porthole")
        copy = put(BASE, old, old.replace("<head>", "<head><!-- mine -->"))

        *_diff, asked, mark = tell()
        copy.write_text(f"{mark}\n{original(BASE).replace('<head>', '<head><!-- mine -->')}")

        assert asked == "Once you have taken over what you want, let the file begin with"
        assert run("--diff")[0] == f"{copy}: changed by you, not in the package"

    def test_a_file_of_the_sites_own_is_compared_and_does_not_count(self, run, tmp_path):
        own = tmp_path / BASE
        own.parent.mkdir(parents=True)
        own.write_bytes(b"\xff mine\r\n")
        (tmp_path / "badger" / "extra.html").write_text("mine too")

        lines = run("--diff")

        assert lines[0] == f"{own}: not as in the package, and without the mark of a copy"
        assert "-\ufffd mine" in lines
        assert lines[-1] == "1 files compared, 0 changed in the package since they were copied."

    def test_a_copy_of_what_the_package_has_no_more_is_told(self, tell, put):
        copy = put("badger/parts/old.html", "old", "old")

        assert tell() == [f"{copy}: no longer in the package"]

    def test_line_ends_of_another_system_make_no_difference(self, run, tmp_path, original):
        run("base.html")
        copy = tmp_path / BASE
        copy.write_text(copy.read_text(), encoding="utf-8-sig", newline="\r\n")

        assert run("--diff")[0] == f"{copy}: as in the package"

    def test_it_writes_nothing(self, tell, put, tmp_path):
        copy = put(BASE, "old", "mine")
        before = copy.read_text()

        tell()

        assert files(tmp_path) == {BASE}
        assert copy.read_text() == before

    def test_a_file_that_is_not_there_cannot_be_compared(self, refused, tmp_path):
        assert refused("--diff", "base.html") == [f"There is no {tmp_path / BASE}."]

    def test_where_there_are_none_there_is_nothing_to_tell(self, run):
        assert run("--diff") == ["0 files compared, 0 changed in the package since they were copied."]
