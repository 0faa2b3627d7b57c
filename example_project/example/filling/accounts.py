"""The people: staff, three members whose password is known, and everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.contrib.auth.models import Group, Permission, User
from django.utils.translation import gettext_lazy as _

from example.filling.chance import Chance
from example.filling.names import names

PASSWORD = "badger-demo"  # noqa: S105  printed by the demo, which does not run in production
#: Who can sign in, and what they are good for.
LOGINS = {
    "admin": _("superuser: sees and may do everything"),
    "editor": _("staff: makes badges, awards and revokes them"),
    "vera": _("member for two years, with many badges"),
    "nils": _("member who is one entry away from the next badge"),
    "nora": _("member since today: write an entry, earn the first badge"),
}
EDITOR_MAY = [
    "add_badge",
    "change_badge",
    "view_badge",
    "add_award",
    "change_award",
    "view_award",
    "add_tag",
    "change_tag",
]


@dataclass(frozen=True)
class Cast:
    """Who plays which part. ``crowd`` begins with the busiest, who is Vera."""

    editor: User
    vera: User
    nils: User
    nora: User
    crowd: list[User]


def make_cast(chance: Chance, *, people: int) -> Cast:
    """Make ``people`` accounts. Only the known ones have a password; hashing costs more than all the rest."""
    start = chance.start
    editor = _known("editor", "Eddy", "Holt", joined_days_ago=730, chance=chance, is_staff=True)
    editor.groups.add(_editors())
    vera = _known("vera", "Vera", "Lindgren", joined_days_ago=729, chance=chance)
    nils = _known("nils", "Nils", "Achterberg", joined_days_ago=200, chance=chance)
    nora = _known("nora", "Nora", "Castellanos", joined_days_ago=0, chance=chance)
    crowd = [vera]
    for name in islice(names(chance.random), max(0, people - len(LOGINS))):
        joined = start + timedelta(days=chance.random.triangular(0, 690, 0))
        crowd.append(
            User.objects.create_user(
                name.username,
                f"{name.username}@example.org",
                first_name=name.given,
                last_name=name.family,
                date_joined=joined,
            )
        )
    return Cast(editor, vera, nils, nora, crowd)


def make_superuser() -> User:
    """Make the superuser: the last thing done, so that it tells that all is there."""
    return User.objects.create_superuser("admin", "admin@example.org", PASSWORD, first_name="Ada", last_name="Brock")


def _known(
    username: str, given: str, family: str, *, joined_days_ago: int, chance: Chance, is_staff: bool = False
) -> User:
    joined = chance.now - timedelta(days=joined_days_ago)
    return User.objects.create_user(
        username, f"{username}@example.org", PASSWORD,
        first_name=given, last_name=family, date_joined=joined, is_staff=is_staff,
    )  # fmt: skip


def _editors() -> Group:
    group, _made = Group.objects.get_or_create(name="Editors")
    group.permissions.set(Permission.objects.filter(content_type__app_label="badger", codename__in=EDITOR_MAY))
    return group
