"""The table: what was measured, what it should be, and whether it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

TITLES = {
    "W1": "W1: an event that no badge listens to",
    "W2": "W2: an event that one badge listens to",
    "W3": "W3: an event that many badges listen to",
    "W4": "W4: progress that the host reports",
    "W5": "W5: everybody",
    "W6": "W6: meta-badges",
    "W7": "W7: the host's own saves",
    "W8": "W8: pages, feeds, lists, declarations",
    "W9": "W9: why, and what comes next",
    "W10": "W10: a run on several workers",
}
HEAD = ("What", "Queries", "Beside", "It takes", "Ours takes", "Medians", "Quickest", "Target", "Met")
HEAD_OF_PEERS = ("What", "Theirs takes", "Queries", "Ours takes", "Queries", "Theirs : ours", "Quickest")
UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"))


def duration(seconds: float) -> str:
    """Return seconds for people, in three digits: ``1.23 ms``."""
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    number = seconds / size
    return f"{number:.3g} {unit}" if number < 999.5 else f"{number:,.0f} {unit}"  # noqa: PLR2004  three digits


def table(measured: dict[str, Any]) -> str:
    """Return everything that was measured in one database, as reStructuredText to be included."""
    rows = measured["rows"]
    by_workload = {one: [row for row in rows if row["workload"] == one] for one in TITLES}
    parts = [
        _list_table(TITLES[one], HEAD, map(_cells, mine), (30, 8, 10, 10, 10, 8, 8, 14, 14))
        for one, mine in by_workload.items()
        if mine
    ]
    parts += [_peer(peer, rows) for peer in measured.get("peers", ())]
    return "\n".join([_machine(measured), *parts])


def _machine(measured: dict[str, Any]) -> str:
    machine, sizes = measured["machine"], measured["sizes"]
    return (
        f"Measured on {measured['day']} in {machine['database']} with Python {machine['python']} and Django"
        f" {machine['django']} on {machine['cores']} cores.\n"
        f"Where nothing else is said: {sizes['people']:,} people, {sizes['rounds']} turns.\n"
    )


def _cells(row: dict[str, Any]) -> Sequence[str]:
    base, ours = row["base"], row["ours"]
    targets = row["targets"]
    counted = "" if ours is None or ours["queries"] is None else f"{ours['queries']:,}"
    beside = f"{ours['median'] / base['median']:.2f} ×" if base and ours and base["median"] else ""
    quickest = f"{ours['least'] / base['least']:.2f} ×" if base and ours and base["least"] else ""
    shown = row["case"] + (f" ({row['note']})" if row["note"] and ours else "")
    return (
        shown,
        counted,
        row["beside"],
        duration(base["median"]) if base else "",
        duration(ours["median"]) if ours else "",
        beside,
        quickest,
        "; ".join(f"{_sign(one)} {one['limit']:g} {one['what']}" for one in targets),
        _met(row),
    )


def _sign(target: dict[str, Any]) -> str:
    return "≥" if target["rising"] else "≤"


def _met(row: dict[str, Any]) -> str:
    if not row["right"]:
        return f"**wrong**: {row['gate']['made']:,} made, {row['gate']['should']:,} should be"
    if row["note"] and row["ours"] is None and not row["targets"]:
        return str(row["note"])
    missed = [f"{_number(one['value'])} {one['what']}" for one in row["targets"] if not one["met"]]
    if missed:
        return f"**no**: {'; '.join(missed)}"
    return "yes" if row["targets"] else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004  three digits


def _peer(peer: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    if peer["note"]:
        return f"{peer['name']}: {peer['note']}.\n"
    by_key = {row["key"]: row for row in rows if row["key"]}
    lines = []
    for theirs in peer["cases"]:
        row = by_key.get(theirs["key"])
        ours = row and row["ours"]
        lines.append(
            (
                row["case"] if row else theirs["key"],
                duration(theirs["median"]),
                f"{theirs['queries']:,}",
                duration(ours["median"]) if ours else "",
                f"{ours['queries']:,}" if ours else "",
                f"{theirs['median'] / ours['median']:,.1f}" if ours else "",
                f"{theirs['least'] / ours['least']:,.1f}" if ours else "",
            )
        )
    return _list_table(f"{peer['name']} on Django {peer['django']}", HEAD_OF_PEERS, lines, (40, 10, 10, 10, 10, 10, 10))


def _list_table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> str:
    lines = [
        f".. list-table:: {title}", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", "",
    ]  # fmt: skip
    for row in [head, *rows]:
        lines += [f"   {'*' if place == 0 else ' '} - {cell}".rstrip() for place, cell in enumerate(row)]
    return "\n".join([*lines, ""])


def wrong(measured: dict[str, Any]) -> list[str]:
    """Return the cases in which not everything was made that should be, or too much."""
    found = [f"{row['workload']} {row['case']}" for row in measured["rows"] if not row["right"]]
    theirs = [one for peer in measured.get("peers", ()) for one in peer["cases"] if one["made"] != one["should"]]
    return [*found, *(f"a peer's {one['key']}: {one['made']:,} made, {one['should']:,} should be" for one in theirs)]


def missed(measured: dict[str, Any]) -> list[str]:
    """Return the cases whose targets are not met."""
    return [f"{row['workload']} {row['case']}: {_met(row)}" for row in measured["rows"] if not row["met"]]
