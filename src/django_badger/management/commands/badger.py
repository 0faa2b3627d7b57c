"""``manage.py badger …``: the acts of badges that no page asks for."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from django_badger import awarding, health
from django_badger._engine import announce, explaining, overdue, sync
from django_badger.asking import row_named
from django_badger.exceptions import UnknownBadge
from django_badger.management.explain_text import award_lines, tree_lines
from django_badger.management.health_text import as_json, table
from django_badger.management.import_act import ImportAct, add_import
from django_badger.management.run_acts import ActFailed, RunActs, add_run_acts, person_named, refuse_unknown, unknown
from django_badger.models import Award, Badge

#: How many awards of one badge are told of somebody: of a badge for each year, or one that is awarded again and again.
AWARDS = 5


class Command(RunActs, ImportAct, BaseCommand):
    """Dispatches to one method an act."""

    help = "Badges: sync declarations, award who has earned already, explain, tell of what a crash left untold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="act")
        acts.add_parser("sync", help="make the rows of the badges that code declares (also done after migrate)")
        add_run_acts(acts)
        add_import(acts)
        explain = acts.add_parser("explain", help="why somebody has a badge, or why not, with the numbers")
        explain.add_argument("user", help="the user name, or the key of the account")
        explain.add_argument("slug", metavar="badge", help="the slug of the badge")
        looked = acts.add_parser("health", help="how rules are doing: never earned, out of reach, failing, changed …")
        looked.add_argument("slugs", nargs="*", metavar="badge", help="its slug; none: all that a rule awards")
        looked.add_argument("--json", action="store_true", help="print a list of objects instead of a table")
        looked.add_argument("--fail", action="store_true", help="end with 1 where there are problems, for cron and CI")
        looked.add_argument(
            "--ignore", action="append", choices=health.CODES, default=[], metavar="finding",
            help=f"leave these findings out: {', '.join(health.CODES)}",
        )  # fmt: skip
        acts.add_parser(
            "deliver", help="tell of awards that a crash left untold, warn of expiry, let lapse what is overdue"
        )

    def handle(self, *, act: str, **options: Any) -> None:
        try:
            getattr(self, f"_{act}")(**options)
        except ActFailed as error:
            raise CommandError(str(error)) from error

    def _sync(self, **_options: Any) -> None:
        done = sync.sync()
        for word, slugs in (("made", done.made), ("changed", done.changed), ("orphaned", done.orphaned)):
            for slug in slugs:
                self.stdout.write(f"{word}: {slug}")
        for slug in done.rules_changed:
            self.stdout.write(f"rule changed: {slug}")
        self.stdout.write(f"{len(done.made)} made, {len(done.changed)} changed, {len(done.orphaned)} orphaned.")

    def _explain(self, user: str, slug: str, **_options: Any) -> None:
        person = person_named(user)
        try:
            badge = row_named(slug)
        except UnknownBadge as error:
            raise CommandError(unknown(slug)) from error
        explanation = awarding.explain(badge, person, evidence=True)
        awards = list(Award.objects.of(badge).to(person).select_related("run", "awarded_by").newest_first()[:AWARDS])
        self.stdout.write("Held." if Award.objects.standing().of(badge).to(person).exists() else "Not held.")
        version = explaining.version_today(badge) if awards else ""
        for line in [line for award in awards for line in award_lines(award, version)]:
            self.stdout.write(line)
        for line in tree_lines(explanation):
            self.stdout.write(line)

    def _health(self, slugs: list[str], *, json: bool, fail: bool, ignore: list[str], **_options: Any) -> None:
        badges = Badge.objects.filter(slug__in=slugs) if slugs else Badge.objects.published()
        refuse_unknown(slugs)
        looked_at = health.health(badges.order_by("series", "pk"), at=timezone.now()).values()
        found = [one.without(ignore) for one in looked_at if slugs or one.ruled]
        for line in [as_json(found)] if json else table(found):
            self.stdout.write(line)
        problems = sum(len(one.problems) for one in found)
        if fail and problems:
            raise CommandError(f"{problems} problems.")

    def _deliver(self, **_options: Any) -> None:
        self.stdout.write(f"{announce.deliver()} awards told of.")
        self.stdout.write(f"{overdue.warn()} awards warned of, because they expire soon.")
        self.stdout.write(f"{overdue.lapse_overdue()} awards lapsed, whose grace is over.")
