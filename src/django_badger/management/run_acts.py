"""The acts of ``manage.py badger`` that concern everybody: backfill, reconcile, simulate, runs, resume, cancel, undo."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from django_badger import runs
from django_badger.conf import settings
from django_badger.exceptions import NotEnqueued, RunRefused
from django_badger.models import Badge, Run
from django_badger.runs import Simulated

#: How wide the bar is, in letters.
WIDE = 24


class ActFailed(Exception):
    """An act cannot be done: the message says why, and what to type."""


def add_run_acts(acts: Any) -> None:
    """Add the acts to a parser's subparsers."""
    backfill = acts.add_parser("backfill", help="award everybody who has earned a badge already; adds only")
    reconcile = acts.add_parser("reconcile", help="backfill, and let awards lapse whose rule is no longer true")
    simulate = acts.add_parser("simulate", help="what a run would do; writes nothing, tells nobody")
    simulate.add_argument("kind", choices=["backfill", "reconcile"], help="which act")
    for parser in (backfill, reconcile, simulate):
        parser.add_argument("slugs", nargs="*", metavar="badge", help="its slug; none: all badges")
        parser.add_argument(
            "--notify", choices=["none", "digest", "each"], default="none",
            help="tell of each award, of all of a person's at once, or (default) of none",
        )  # fmt: skip
    for parser in (backfill, reconcile):
        parser.add_argument("--dry-run", action="store_true", help="simulate it: write nothing, tell nobody")
        parser.add_argument("--enqueue", action="store_true", help="leave it to the workers of BADGER_RUNNER")
    backfill.add_argument(
        "--recent", action="store_true", help="only people with rows that the last finished run has not seen"
    )
    for parser in (reconcile, simulate):
        parser.add_argument(
            "--allow-empty", action="store_true", help="also where a source has no rows at all any more"
        )
        parser.add_argument(
            "--max-loss", type=int, metavar="PERCENT", help="stop where a badge would lose more than that"
        )
        parser.add_argument("--all-holders", action="store_true", help="also of badges that are kept for ever")
    for parser in (backfill, reconcile, simulate):
        parser.add_argument("--plan", action="store_true", help="with a simulation: how the database would go about it")
    listed = acts.add_parser("runs", help="the latest runs")
    listed.add_argument("--limit", type=int, default=10, help="how many (default: 10)")
    for name, words in (
        ("resume", "go on with a run that was cancelled, failed, or whose process died"),
        ("cancel", "stop a run after the ranges that are being done"),
        ("undo", "take back exactly what a run wrote"),
    ):
        parser = acts.add_parser(name, help=words)
        parser.add_argument("run", type=int, help="its number: `manage.py badger runs`")
        if name == "undo":
            parser.add_argument("--enqueue", action="store_true", help="leave it to a worker of BADGER_RUNNER")


class RunActs:
    """One method an act. ``stdout`` and ``stderr`` are the command's."""

    stdout: Any
    stderr: Any

    def _backfill(self, **options: Any) -> None:
        self._run(Run.Kind.BACKFILL, **options)

    def _reconcile(self, **options: Any) -> None:
        self._run(Run.Kind.RECONCILE, **options)

    def _simulate(self, kind: str, **options: Any) -> None:
        self._run(kind, dry_run=True, **options)

    def _run(self, kind: str, *, slugs: list[str], notify: str, dry_run: bool, plan: bool, **options: Any) -> None:
        refuse_unknown(slugs)
        given = given_of(options, kind)
        if dry_run or plan:
            self._tell_simulation(runs.simulate(kind, slugs, notify=notify, plan=plan, **given), notify)
            return
        if options.get("enqueue"):
            self._tell_handed_over(refusing(lambda: runs.enqueue(kind, slugs, notify=notify, **given)))
            return
        act = runs.reconcile if kind == Run.Kind.RECONCILE else runs.backfill
        self._tell_run(refusing(lambda: act(slugs, notify=notify, shown=Bar(self.stderr).show, **given)))

    def _resume(self, run: int, **_options: Any) -> None:
        self._tell_run(refusing(lambda: runs.resume(found(run), shown=Bar(self.stderr).show)))

    def _cancel(self, run: int, **_options: Any) -> None:
        stopped = runs.cancel(found(run))
        self.stdout.write(f"Run {run} is cancelled." if stopped else f"Run {run} was over already.")

    def _undo(self, run: int, *, enqueue: bool, **_options: Any) -> None:
        act = runs.enqueue_undo if enqueue else runs.undo
        undone = refusing(lambda: act(found(run)))
        if undone.status == Run.Status.UNDOING:
            self.stdout.write(
                f"Undoing run {run} is left to a job of {settings.runner}. `manage.py badger runs` shows when it is done."
            )
            return
        kept = undone.awards.filter(ended="").count()
        self.stdout.write(f"Run {run}: {undone.retracted} awards taken back, {kept} left.")

    def _runs(self, limit: int, **_options: Any) -> None:
        for run in Run.objects.order_by("-pk")[:limit]:
            of_file = run.kind == Run.Kind.IMPORT
            badges = " ".join(run.options.get("badges", ())) or ("" if of_file else "all badges")
            counts = f"{run.looked_at} of {run.people} {seen_by(run)}, +{run.added} -{run.lapsed}, {run.failed} "
            counts += "refused" if of_file else "errors"
            self.stdout.write(
                f"{run.pk}  {run.started_at:%Y-%m-%d %H:%M}  {run.kind}  {run.status}  {counts}  {badges}".rstrip()
            )

    def _tell_run(self, run: Run) -> None:
        lapsed = f", {run.lapsed} lapsed" if run.kind == Run.Kind.RECONCILE else ""
        self.stdout.write(f"Run {run.pk}: {run.added} awards made{lapsed}.")
        for one in run.ranges.exclude(error=""):
            self.stderr.write(one.error)

    def _tell_handed_over(self, run: Run) -> None:
        if run.status != Run.Status.RUNNING:  # with the runner "inline"
            self._tell_run(run)
            return
        self.stdout.write(
            f"Run {run.pk} is left to {settings.run_workers} jobs of {settings.runner}. `manage.py badger runs` shows how far "
            "it is."
        )

    def _tell_simulation(self, what: Simulated, notify: str) -> None:
        for slug, change in sorted(what.changes.items()):
            people = ", ".join(f"+{key}" for key in change.gainers) + "".join(f", -{key}" for key in change.losers)
            grace = f", {change.grace} in grace" if change.grace else ""
            named = f"  (for example {people.removeprefix(', ')})" if people else ""
            self.stdout.write(f"{slug}: +{change.gained} -{change.lost}{grace}{named}")
        told = f", {what.messages} messages" if notify != Run.Notify.NONE else ""
        self.stdout.write(
            f"{what.looked_at} people looked at in {what.seconds:.1f} s: +{what.gained} -{what.lost} awards{told}. "
            "Nothing was written."
        )
        for text in [*([f"Refused: {what.refused}"] if what.refused else []), *what.errors, *what.plans]:
            self.stdout.write(text)


class Bar:
    """Shows how far a run is: a bar in a terminal, a line a range elsewhere."""

    def __init__(self, out: Any) -> None:
        """Begin to count the time."""
        self.out = out
        self.began = time.monotonic()
        self.behind = 0

    def show(self, run: Run) -> None:
        """Show the run as it stands."""
        counts = f"{run.looked_at} of {run.people} {seen_by(run)} looked at, {run.added} awards made"
        if not self.out.isatty():
            self.out.write(counts)
            return
        share = min(1.0, run.looked_at / max(1, run.people))
        passed = time.monotonic() - self.began
        left = f", {int(passed / share - passed)} s left" if 0 < share < 1 else ""
        done = "█" * int(share * WIDE)
        line = f"\r{done:░<{WIDE}} {share:4.0%}  {counts}{left}"
        self.out.write(f"{line:<{self.behind}}", ending="\n" if share == 1 else "")
        self.behind = len(line)


def seen_by(run: Run) -> str:
    """Return what a run looks at."""
    return "lines" if run.kind == Run.Kind.IMPORT else "people"


def refusing(act: Any) -> Run:
    """Return the run that ``act`` returns; a refusal becomes a message of the command's."""
    try:
        run: Run = act()
    except (NotEnqueued, RunRefused) as error:
        raise ActFailed(str(error)) from error
    return run


def found(key: int) -> Run:
    """Return the run with this number."""
    run = Run.objects.filter(pk=key).first()
    if run is None:
        msg = f"There is no run {key}. `manage.py badger runs` lists them."
        raise ActFailed(msg)
    return run


def person_named(name: str) -> Any:
    """Return who has this user name, else this key."""
    model = get_user_model()
    people = model._default_manager
    person = people.filter(**{model.USERNAME_FIELD: name}).first()
    if person is None:
        with suppress(ValueError, ValidationError):  # a name that no key can be
            person = people.filter(pk=name).first()
    if person is None:
        msg = f"There is no user {name!r}: give the user name, or the key of the account."
        raise ActFailed(msg)
    return person


def refuse_unknown(slugs: Iterable[str]) -> None:
    """Say which of these slugs no badge has."""
    known = set(Badge.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    for slug in slugs:
        if slug not in known:
            raise ActFailed(unknown(slug))


def unknown(slug: str) -> str:
    """Return what to say of a slug that no badge has."""
    return f"There is no badge {slug!r}. `manage.py badger sync` makes those that code declares."


def given_of(options: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the options of an act that were given: those left out are not part of what makes two runs the same."""
    names = ("allow_empty", "max_loss", "all_holders") if kind == Run.Kind.RECONCILE else ("recent",)
    return {name: options[name] for name in names if options.get(name) not in (None, False)}
