"""``manage.py badger sync | backfill | explain | deliver``: the acts of badges that no page asks for."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from django_badger import awarding
from django_badger._engine import announce, runs, sync
from django_badger.exceptions import UnknownBadge
from django_badger.models import Award, Badge, Run
from django_badger.verdicts import Explanation


class Command(BaseCommand):
    """Dispatches to one method an act."""

    help = "Badges: sync declarations, award who has earned already, explain, tell of what a crash left untold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="act")
        acts.add_parser("sync", help="make the rows of the badges that code declares (also done after migrate)")
        backfill = acts.add_parser("backfill", help="award everybody who has earned a badge already; adds only")
        backfill.add_argument("slugs", nargs="*", metavar="badge", help="its slug; none: all badges")
        told = {"choices": ["none", "each"], "default": "none"}
        backfill.add_argument("--notify", help="tell of each award, or (default) of none", **told)  # type: ignore[arg-type]
        explain = acts.add_parser("explain", help="why somebody has a badge, or why not, with the numbers")
        explain.add_argument("user", help="the user name, or the key of the account")
        explain.add_argument("slug", metavar="badge", help="the slug of the badge")
        acts.add_parser("deliver", help="tell of awards that a crash left untold")

    def handle(self, *, act: str, **options: Any) -> None:
        getattr(self, f"_{act}")(**options)

    def _sync(self, **_options: Any) -> None:
        done = sync.sync()
        for word, slugs in (("made", done.made), ("changed", done.changed), ("orphaned", done.orphaned)):
            for slug in slugs:
                self.stdout.write(f"{word}: {slug}")
        self.stdout.write(f"{len(done.made)} made, {len(done.changed)} changed, {len(done.orphaned)} orphaned.")

    def _backfill(self, slugs: list[str], notify: str, **_options: Any) -> None:
        known = set(Badge.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        for slug in slugs:
            if slug not in known:
                raise CommandError(_unknown(slug))
        run = runs.backfill(slugs, notify=Run.Notify(notify), shown=self._shown)
        self.stdout.write(f"Run {run.pk}: {run.added} awards made.")

    def _shown(self, looked_at: int, added: int) -> None:
        self.stderr.write(f"{looked_at} people looked at, {added} awards made")

    def _explain(self, user: str, slug: str, **_options: Any) -> None:
        person = _person(user)
        try:
            explanation = awarding.explain(slug, person)
        except UnknownBadge as error:
            raise CommandError(_unknown(slug)) from error
        holds = Award.objects.standing().of(slug).to(person).exists()
        self.stdout.write(_("Held.") if holds else _("Not held."))
        self._tell(explanation, "")

    def _tell(self, explanation: Explanation, indent: str) -> None:
        mark = "✓" if explanation.holds else "·"
        numbers = f"{explanation.current.normalize():f} / {explanation.goal.normalize():f}"
        since = f" ({explanation.at:%Y-%m-%d %H:%M})" if explanation.at else ""
        self.stdout.write(f"{indent}{mark} {explanation.text}: {numbers}{since}")
        for part in explanation.parts:
            self._tell(part, indent + "  ")

    def _deliver(self, **_options: Any) -> None:
        self.stdout.write(f"{announce.deliver()} awards told of.")


def _unknown(slug: str) -> str:
    return f"There is no badge {slug!r}. `manage.py badger sync` makes those that code declares."


def _person(name: str) -> Any:
    model = get_user_model()
    people = model._default_manager
    person = people.filter(**{model.USERNAME_FIELD: name}).first()
    if person is None:
        with suppress(ValueError, ValidationError):  # a name that no key can be
            person = people.filter(pk=name).first()
    if person is None:
        msg = f"There is no user {name!r}: give the user name, or the key of the account."
        raise CommandError(msg)
    return person
