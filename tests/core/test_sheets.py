"""Files that are no sheet of awards, or hardly: each has a clear message, and nothing is written."""

import csv
import io
import logging
import random

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from django_badger import runs
from django_badger._engine import sheet as sheets
from django_badger._engine.sheet import COLUMNS, read
from django_badger._engine.sync import sync
from django_badger.exceptions import BadFile
from django_badger.models import Award, Badge, Run
from django_badger.runs import ImportedLine

HEADER = b"user,badge\n"
QUOTES = "is no CSV: a quotation mark is not closed, stands inside a cell without being doubled"

REFUSED = {
    "nothing": (b"", "The file is empty."),
    "a byte order mark": (b"\xef\xbb\xbf", "The file is empty."),
    "blank lines": (b"\n\n , \n", "The file is empty."),
    "only a header": (HEADER + b"\n\n", "The file holds no line below its header."),
    "UTF-16": ("user,badge\nann,thanks\n".encode("utf-16"), "Line 1 holds a NUL byte, so this is no text file in UTF-8"),
    "Latin-1": (HEADER + "ann,thanks\nZoë,thanks\n".encode("latin-1"), "Line 3 is not in UTF-8"),
    "NUL": (HEADER + b"a\x00nn,thanks\n", "Line 2 holds a NUL byte"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "Line 1 is not in UTF-8"),
    "noise": (random.Random(1).randbytes(200_000), "Line "),  # noqa: S311  no secret
    "one endless line": (b"a" * 1_000_000, "Line 1 is longer than 100000 bytes: is this a CSV file?"),
    "a huge cell": (HEADER + b"ann," + b"x" * 1_000_000 + b"\n", "Line 2 is longer than 100000 bytes"),
    "a large cell": (HEADER + b"ann," + b"x" * 10_001 + b"\n", "A cell in line 2 is longer than 10000 letters"),
    "10,000 columns": (b",".join(b"c%d" % n for n in range(10_000)) + b"\n1\n", "“c0”, “c1”, “c2”, …; known are user, badge"),
    "10,000 cells": (HEADER + b",".join(b"%d" % n for n in range(100_000)) + b"\n", "Line 2 is longer than 100000 bytes"),
    "an open quote": (HEADER + b'ann,"thanks\n', f"Line 2 {QUOTES}"),
    "an open quote before much": (
        HEADER + b'ann,thanks\nben,"thanks\n' + b"ann,thanks\n" * 50_000,
        "The quotation mark that opens in line 3 is not closed within 100000 bytes.",
    ),
    "a stray quote": (HEADER + b'ann,"th"anks"\n', f"Line 2 {QUOTES}"),
    "old ends of lines": (b"user,badge\rann,thanks\r", "the ends of lines are of an old kind"),
    "semicolons": (b"User;Badge\nann;thanks\n", "its columns seem to be separated by “;”: say that this is the delimiter."),
    "tabs": (b"badge\tuser\nthanks\tann\n", "its columns seem to be separated by “tab”"),
    "an unknown column": (b"user,badge,e-mail\nann,thanks,x\n", "Line 1, the header: unknown are the columns “e-mail”; known"),
    "a column without a name": (b"user,badge,\nann,thanks,\n", "unknown are the columns “”; known are"),
    "a column twice": (b"user,badge,USER\nann,thanks,ben\n", "the column “user” is there twice."),
    "nobody": (b"badge,reason\nthanks,x\n", "the column “user” is missing; known are user, badge, occasion"),
    "no badge": (b"user,reason\nann,x\n", "the column “badge” is missing: add it, or name a badge for all lines."),
    "no header": (b"\nann,thanks\n", "Line 2, the header: unknown are the columns “ann”, “thanks”; known are"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("act", [runs.import_awards, runs.simulate_import], ids=["imported", "simulated"])
@pytest.mark.django_db
def test_is_refused_before_anything_is_written(name, act):
    content, words = REFUSED[name]
    with pytest.raises(BadFile) as refused:
        act(io.BytesIO(content))
    assert words in str(refused.value)
    assert not Run.objects.exists()
    assert not Award.objects.exists()


@pytest.mark.django_db
def test_is_refused_for_its_last_line_too():
    lines = [b"user,badge", *[b"nobody,thanks"] * 2000, b"\xff"]
    with pytest.raises(BadFile, match="Line 2002 is not in UTF-8"):
        runs.import_awards(lines)
    assert not Run.objects.exists()


def test_has_a_column_for_the_badge_or_one_badge():
    with pytest.raises(BadFile, match="there is a column “badge”, and a badge was named for all lines"):
        read(["user,badge", "ann,thanks"], badge="thanks")


@pytest.mark.parametrize("delimiter", ["", ":", ",,", '"', "\n", "a"])
def test_has_one_of_few_delimiters(delimiter):
    with pytest.raises(BadFile, match=f"“{delimiter}” is no delimiter: choose one of , ; | and tab."):
        read(["user", "ann"], badge="thanks", delimiter=delimiter)


def test_is_not_a_text():
    with pytest.raises(TypeError, match="pass an open file or its lines, not a text"):
        read("user,badge\nann,thanks\n")


def test_cannot_hold_what_is_no_letter():
    with pytest.raises(BadFile, match="The file is not in UTF-8"):
        read(["user,badge", "\udcff,thanks"])


def test_opened_in_another_encoding_is_told_so(tmp_path):
    path = tmp_path / "awards.csv"
    path.write_bytes("user,badge\nZoë,thanks\n".encode("latin-1"))
    with path.open(encoding="utf-8") as source, pytest.raises(BadFile, match="The file is not in UTF-8"):
        read(source)


def cells_of(source, **options):
    with read(source, **options) as sheet:
        return [tuple(row) for row in sheet.rows()]


ANN = [(2, "ann", "thanks", "", "", "", ""), (3, "Zoë", "kind", "", "", "", "")]
TEXT = "user,badge\nann,thanks\nZoë,kind"


@pytest.mark.parametrize(
    "source",
    [
        TEXT.splitlines(),
        TEXT.splitlines(keepends=True),
        [line.encode() for line in TEXT.splitlines()],
        iter(TEXT.splitlines()),
        io.StringIO(TEXT),
        io.BytesIO(TEXT.encode()),
        io.BytesIO(TEXT.encode("utf-8-sig")),
        io.BytesIO(TEXT.replace("\n", "\r\n").encode()),
        io.BytesIO((TEXT + "\n").encode()),
    ],
    ids=["lines", "with ends", "bytes", "iterator", "text file", "file", "with a mark", "from Windows", "with an end"],
)
def test_is_an_open_file_or_its_lines(source):
    assert cells_of(source) == ANN


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_may_have_another_delimiter(delimiter):
    assert cells_of([line.replace(",", delimiter) for line in TEXT.splitlines()], delimiter=delimiter) == ANN


def test_may_lack_cells_at_the_end_of_a_line():
    assert cells_of(["reason,user", "x"], badge="thanks") == [(2, "", "thanks", "", "", "x", "")]


def test_counts_lines_as_an_editor_does():
    lines = ["", "user,badge,reason", "", 'ann,thanks,"a', "", 'b"', "ben,thanks,c"]
    assert [(row[0], row[5]) for row in cells_of(lines)] == [(4, "a\n\nb"), (7, "c")]


@pytest.mark.parametrize("after", [0, 1, 2, 7, 499, 500, 501, 502, 503, 504, 1003, 1004, 1005, 1999, 2005])
def test_can_be_read_from_any_line_on(after, monkeypatch):
    lines = ["", "user,badge", *["ann,thanks", ""] * 1000]
    everything = cells_of(lines)
    with read(lines) as sheet:
        assert [mark.line for mark in sheet.marks] == [2, 1002]
        assert [tuple(row) for row in sheet.rows(after=after)] == [row for row in everything if row[0] > after]


@pytest.mark.parametrize("limit", [5, 131072])
def test_does_not_depend_on_what_the_site_set_for_all_of_csv(limit):
    before = csv.field_size_limit(limit)
    try:
        with pytest.raises(BadFile):
            read([b"user,badge", b"ann," + b"x" * 200_000])
    finally:
        csv.field_size_limit(before)


def test_is_closed_when_it_is_refused(monkeypatch):
    opened = []

    def keep(size):
        opened.append(io.BytesIO())
        return opened[-1]

    monkeypatch.setattr(sheets, "SpooledTemporaryFile", keep)
    with pytest.raises(BadFile):
        read([])
    with read(["user,badge", "a,b"]):
        pass
    assert [one.closed for one in opened] == [True, True]


# --- anything at all ---------------------------------------------------------------------------------------------------

cells = st.one_of(
    st.sampled_from([*COLUMNS, "thanks", "ann", "1", "2026-01-01", '"', "\x00", "", "=1+1", "9" * 40, "\N{BOM}", "１"]),
    st.text(max_size=12),
)
tables = st.lists(st.lists(cells, max_size=6), max_size=6)


@st.composite
def near_misses(draw):
    """Draw files that are almost, or wholly, what they should be."""
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"]))
    )
    writer.writerow(draw(st.permutations(COLUMNS)))
    writer.writerows(draw(tables))
    content = bytearray(out.getvalue().encode("utf-8", "surrogatepass"))
    if content and draw(st.booleans()):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content)


@pytest.fixture
def known(registry, make_person):
    """Somebody and something that these files may name."""
    make_person("ann")
    sync()
    Badge.objects.create(slug="thanks", title="Thanks", repeatable=True)


def alike(lines):
    """Return what was told. MariaDB takes some letters for the same, which only an insert shows: already, not awarded."""
    if connection.vendor != "mysql":
        return lines
    return [(line.line, line.outcome.replace("already", "awarded")) for line in lines]


@pytest.mark.django_db
@pytest.mark.usefixtures("known")
@given(
    content=st.one_of(st.binary(max_size=400), near_misses()),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    badge=st.sampled_from(["", "thanks"]),
    match=st.sampled_from(["name", "email"]),
)
@example(content=b"user,badge\n\xef\xbb\xbf,x\n", delimiter=",", badge="", match="name")
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_is_refused_or_told_of_line_by_line(content, delimiter, badge, match, caplog):
    options = {"delimiter": delimiter, "badge": badge, "match": match}
    told: list[ImportedLine] = []
    simulated: list[ImportedLine] = []
    with caplog.at_level(logging.WARNING):
        try:
            first = runs.simulate_import(io.BytesIO(content), told=simulated.extend, **options)
        except BadFile:
            with pytest.raises(BadFile):
                runs.import_awards(io.BytesIO(content), **options)
            return
        done = runs.import_awards(io.BytesIO(content), told=told.extend, **options)
    assert alike(told) == alike(simulated)
    assert done.lines == first.lines == len(told) > 0
    out = io.StringIO()
    runs.Report(out).add(told)
    assert len(list(csv.reader(io.StringIO(out.getvalue(), newline="")))) == len(told) + 1
    assert not caplog.records
