"""What the table says of a case."""

from benchmarks.report import duration, missed, table, wrong
from benchmarks.results import Gate, Row, Target
from benchmarks.timing import Side

MACHINE = {"database": "SQLite 3.40.1", "python": "3.13.0", "django": "6.1.3", "cores": 2}


def measured(*rows, peers=()):
    told = [row.told() for row in rows]
    sizes = {"people": 10_000, "rounds": 200}
    return {"day": "2026-01-01", "machine": MACHINE, "sizes": sizes, "rows": told, "peers": list(peers)}


def row(*, base=(1.0, 2.0, 3.0), ours=(2.0, 3.0, 9.0), limit=2.0, gate=None, note="", key=""):
    sides = Side(base, 1), Side(ours, 2)
    target = Target("×", limit, sides[1].median / sides[0].median)
    return Row("W2", "an event", "floor", *sides, (target,), gate, note, key)


def cells(text):
    return [line.strip(" *-").strip() for line in text.splitlines()[-9:]]


def test_a_case_shows_both_sides_their_ratios_and_its_target():
    shown = cells(table(measured(row())).rstrip())

    assert shown == ["an event", "2", "floor", "2 s", "3 s", "1.50 ×", "2.00 ×", "≤ 2 ×", "yes"]


def test_a_target_that_is_missed_says_by_how_much():
    late = row(limit=1.2)

    assert "**no**: 1.50 ×" in table(measured(late))
    assert missed(measured(late)) == ["W2 an event: **no**: 1.50 ×"]
    assert not missed(measured(row()))


def test_what_shall_be_much_is_missed_when_it_is_little():
    assert Target("× of one", 1.6, 1.5, rising=True).met is False
    assert Target("× of one", 1.6, 1.7, rising=True).met is True


def test_what_made_too_little_or_too_much_is_wrong_however_quick():
    for made in (9, 11):
        quick = row(gate=Gate(made, 10))

        assert f"**wrong**: {made} made, 10 should be" in table(measured(quick))
        assert wrong(measured(quick)) == ["W2 an event"]
    assert not wrong(measured(row(gate=Gate(10, 10))))


def test_what_is_not_measured_says_why():
    empty = Row("W10", "2 workers", note="not measured: there are none")

    assert "     - not measured: there are none" in table(measured(empty))


def test_a_peer_stands_beside_ours():
    case = {"key": "event-1-no", "median": 30.0, "least": 10.0, "queries": 7, "made": 1, "should": 1}
    peer = {"name": "other-badges 1.0", "note": "", "django": "5.2", "cases": [case]}
    shown = table(measured(row(key="event-1-no"), peers=[peer])).rstrip().splitlines()[-7:]

    assert [line.strip(" *-") for line in shown] == ["an event", "30 s", "7", "3 s", "2", "10.0", "5.0"]
    assert wrong(measured(row(key="event-1-no"), peers=[peer | {"cases": [case | {"made": 2}]}]))


def test_a_peer_that_does_not_run_says_so():
    peer = {"name": "other-badges 1.0", "note": "not measured, it could not be installed here", "cases": []}

    assert "other-badges 1.0: not measured, it could not be installed here." in table(measured(row(), peers=[peer]))


def test_durations_are_told_in_three_digits():
    assert [duration(one) for one in (2e-7, 1.234e-5, 0.0123456, 0.9999, 12.345, 12345)] == [
        "0.2 µs", "12.3 µs", "12.3 ms", "1,000 ms", "12.3 s", "12,345 s",
    ]  # fmt: skip
