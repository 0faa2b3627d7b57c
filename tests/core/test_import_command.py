"""``manage.py badger import``: what it prints, and the report that it writes."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from django_badger import badge, rules, runs
from django_badger._engine import importing
from django_badger._engine.sync import sync
from django_badger.management import import_act, run_acts
from django_badger.models import Award, Run
from django_badger.runs import ImportedLine, Report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


@pytest.fixture
def badger(capsys):
    """Run an act, and give the lines it printed and those it printed on the side."""

    def run(*words):
        call_command("badger", *map(str, words))
        out, err = capsys.readouterr()
        return out.splitlines(), err.splitlines()

    return run


@pytest.fixture
def ann(make_person):
    return make_person("ann")


@pytest.fixture
def write(tmp_path):
    """Write lines to a file, and give its path."""
    badge("thanks", title="Thanks")
    sync()

    def write(*lines, name="awards.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def read(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_says_what_became_of_the_lines(badger, write, ann):
    path = write("user,badge", f"{ann.get_username()},thanks", f"{ann.pk},thanks", "nobody,thanks")
    assert badger("import", path, "--dry-run") == (
        ["3 lines: 1 awarded, 1 already, 1 refused. Nothing was written."],
        ["line 4: Nobody here is known as “nobody”."],
    )
    assert not Award.objects.exists()
    [line], shown = badger("import", path)
    run = Run.objects.get()
    assert line == f"Run {run.pk}: 3 of 3 lines: 1 awarded, 1 already, 1 refused."
    assert shown == ["3 of 3 lines looked at, 1 awards made", "line 4: Nobody here is known as “nobody”."]
    assert badger("runs", "--limit", "1")[0][0].endswith("  import  finished  3 of 3 lines, +1 -0, 1 refused")


def test_says_only_some_of_what_was_refused(badger, write, tmp_path):
    path = write("user,badge", *["nobody,thanks"] * (import_act.SHOWN + 2))
    *lines, last = badger("import", path, "--dry-run")[1]
    assert len(lines) == import_act.SHOWN
    assert last == "… and 2 more lines were refused: --report OUT.csv writes all of them down."
    report = tmp_path / "report.csv"
    assert (
        badger("import", path, "--dry-run", "--report", report)[1][-1]
        == f"… and 2 more lines were refused: see {report}."
    )
    assert len(read(report)) == 1 + import_act.SHOWN + 2


def test_keeps_to_its_limit_over_several_ranges(badger, write, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 15)
    path = write("user,badge", *["nobody,thanks"] * 50)
    *lines, last = badger("import", path, "--dry-run")[1]
    assert [line.partition(":")[0] for line in lines] == [f"line {n}" for n in range(2, 2 + import_act.SHOWN)]
    assert last.startswith("… and 30 more")


def test_awards_in_somebodys_name(badger, write, ann, make_person):
    helper = make_person("helper", may=["add_award"])
    path = write("user;occasion", f"{ann.get_username()};2025")
    badger("import", path, "--badge", "thanks", "--by", helper.get_username(), "--delimiter", ";", "--notify", "each")
    made = Award.objects.get()
    assert (made.recipient, made.badge.slug, made.awarded_by, made.occasion) == (ann, "thanks", helper, "2025")
    assert made.run.notify == "each"


@pytest.mark.project("core", "everything", "playdoh")
def test_finds_people_by_their_addresses(badger, write, make_person):
    ann = make_person("ann", email="ann@example.org")
    badger("import", write("badge\tuser", "thanks\tann@example.org"), "--delimiter", "tab", "--match", "email")
    assert Award.objects.get().recipient == ann


def test_a_report_says_it_of_each_line(badger, write, ann, tmp_path):
    path = write("user;badge", f"{ann.get_username()};thanks", "=cmd|' /C calc'!A0;thanks", f"{ann.pk};@SUM(1+1)")
    report = tmp_path / "report.csv"
    badger("import", path, "--report", report, "--delimiter", ";")
    assert read(report, ";") == [
        ["line", "user", "badge", "outcome", "why"],
        ["2", ann.get_username(), "thanks", "awarded", ""],
        ["3", "'=cmd|' /C calc'!A0", "thanks", "refused", "Nobody here is known as “=cmd|' /C calc'!A0”."],
        ["4", str(ann.pk), "'@SUM(1+1)", "refused", "There is no badge “@SUM(1+1)”."],
    ]
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["awards.csv", "report.csv"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_report_holds_no_formula(begin):
    out = io.StringIO(newline="")
    Report(out).add(
        [ImportedLine(1, f"{begin}1", f"{begin}2", "refused", f"{begin}3"), ImportedLine(2, "a=", "1", "awarded")]
    )
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert rows[1:] == [
        ["1", f"'{begin}1", f"'{begin}2", "refused", f"'{begin}3"],
        ["2", "a=", "1", "awarded", ""],
    ]


def test_a_report_replaces_an_older_one_only_when_it_is_complete(badger, write, tmp_path):
    report = tmp_path / "report.csv"
    report.write_text("old")
    with pytest.raises(CommandError, match="The file is empty"):
        badger("import", write(), "--report", report)
    assert report.read_text() == "old"
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["awards.csv", "report.csv"]
    badger("import", write("user,badge", "x,thanks"), "--report", report)
    assert len(read(report)) == 2


def test_a_report_does_not_overwrite_what_is_imported(badger, write):
    path = write("user,badge", "x,thanks")
    with pytest.raises(CommandError, match="is the file that is imported: name another one for the report"):
        badger("import", path, "--report", path.parent / "." / path.name)
    assert path.read_text() == "user,badge\nx,thanks"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.csv"], "No such file or directory: 'missing.csv'"),
        (["FILE", "--report", "/nowhere/report.csv"], "No such file or directory: '/nowhere/report.csv.part'"),
        (["FILE", "--badge", "nope"], "There is no badge 'nope'."),
        (["FILE", "--by", "nobody"], "There is no user 'nobody': give the user name, or the key of the account."),
        (["FILE", "--badge", "thanks"], "there is a column “badge”, and a badge was named for all lines"),
        (["FILE", "--delimiter", "x"], "invalid choice: 'x'"),
        (["FILE", "--match", "x"], "invalid choice: 'x'"),
    ],
)
def test_says_what_is_wrong(words, said, badger, write):
    path = write("user,badge", "x,thanks")
    with pytest.raises(CommandError) as error:
        badger("import", *[path if word == "FILE" else word for word in words])
    assert said in str(error.value)
    assert not Run.objects.exists()


def test_goes_on_with_what_was_cancelled(badger, write, ann, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    path = write("user", "x", ann.get_username())
    show = run_acts.Bar.show

    def cancel(bar, run):
        show(bar, run)
        runs.cancel(run)

    with monkeypatch.context() as stopped:
        stopped.setattr(run_acts.Bar, "show", cancel)
        lines = badger("import", path, "--badge", "thanks")[0]
    run = Run.objects.get()
    assert lines == [
        f"Run {run.pk}: 1 of 2 lines: 0 awarded, 0 already, 1 refused.",
        "It was cancelled: the same command goes on with it.",
    ]
    with pytest.raises(CommandError, match=r"type `manage\.py badger import FILE --badge thanks` with the same file"):
        badger("resume", run.pk)
    lines, shown = badger("import", path, "--badge", "thanks")
    assert lines == [f"Run {run.pk}: 2 of 2 lines: 1 awarded, 0 already, 1 refused."]
    assert shown == ["2 of 2 lines looked at, 1 awards made", "line 2: Nobody here is known as “x”."]
    assert badger("undo", run.pk)[0] == [f"Run {run.pk}: 1 awards taken back, 0 left."]


def test_other_runs_are_told_of_as_before(badger, ann):
    badge("a", title="A", when=rules.created(Award, by="recipient"))
    sync()
    badger("backfill", "a")
    assert badger("runs")[0][0].endswith("0 errors  a")
    badger("backfill")
    assert badger("runs")[0][0].endswith("0 errors  all badges")
