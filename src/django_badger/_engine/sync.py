"""Declarations become rows: after ``migrate``, by command, and when a badge is first needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import slugify

from django_badger._engine.aliases import award_alias
from django_badger.definitions import Declaration
from django_badger.models import Badge, Tag
from django_badger.registry import registry

#: The columns that code owns, as far as it states them: an empty text leaves the column to the staff.
TEXTS = ("title", "description", "criteria", "image_alt")


@dataclass(slots=True)
class Synced:
    """What a sync did, by slug."""

    made: list[str]
    changed: list[str]
    orphaned: list[str]


def stated(declaration: Declaration) -> dict[str, Any]:
    """Return the columns that a declaration states, in the site's default language."""
    with translation.override(None):
        texts = {name: str(getattr(declaration, name)) for name in TEXTS if getattr(declaration, name)}
    texts["title"] = texts["title"][:255]
    own = ("secret", "repeatable", "series", "tier", "valid_for", "retention")
    return texts | {name: getattr(declaration, name) for name in own} | {"origin": Badge.Origin.CODE}


def sync() -> Synced:
    """Make or correct the row of every declaration; disable those whose declaration is gone."""
    using = award_alias()
    done = Synced([], [], [])
    rows = {badge.slug: badge for badge in Badge.objects.using(using).filter(_of_interest())}
    for declaration in registry:
        badge = rows.get(declaration.slug)
        if badge is None:
            former = rows.pop(declaration.formerly, None) if declaration.formerly else None
            (done.changed if former else done.made).append(declaration.slug)
            _make(declaration, former, using)
        elif _corrected(badge, stated(declaration), using):
            done.changed.append(declaration.slug)
    gone = [slug for slug, badge in rows.items() if slug not in registry and badge.status != Badge.Status.ORPHANED]
    Badge.objects.using(using).filter(slug__in=gone).update(status=Badge.Status.ORPHANED)
    done.orphaned = gone
    return done


def _of_interest() -> Q:
    named = [declaration.slug for declaration in registry]
    return Q(origin=Badge.Origin.CODE) | Q(slug__in=named)


def sync_missing(slugs: Iterable[str]) -> bool:
    """Make the rows of declared badges that have none yet; return whether there were any."""
    missing = [declaration for declaration in (registry.get(slug) for slug in slugs) if declaration]
    for declaration in missing:
        rows = Badge.objects.using(award_alias())
        former = rows.filter(slug=declaration.formerly, origin=Badge.Origin.CODE).first() if declaration.formerly else None
        _make(declaration, former, award_alias())
    return bool(missing)


def row_of(badge: Declaration | Badge | str) -> Badge | None:
    """Return the row of a declaration or slug, made now where only code knows it yet; None where nobody does."""
    if isinstance(badge, Badge):
        return badge
    slug = badge.slug if isinstance(badge, Declaration) else badge
    rows = Badge.objects.using(award_alias()).filter(slug=slug)
    found = next((row for row in rows if row.slug == slug), None)
    if found is None and sync_missing([slug]):
        found = rows.first()
    return found


def _make(declaration: Declaration, former: Badge | None, using: str) -> None:
    """Make the row, or rename the former one. Somebody else may be doing the same: that is fine."""
    values = stated(declaration)
    now = timezone.now()
    try:
        with transaction.atomic(using=using):
            if former is not None:
                former.slug = declaration.slug
                former.save(using=using, update_fields=["slug"])
                badge = former
                _corrected(badge, values, using)
            else:
                badge = Badge.objects.using(using).create(
                    slug=declaration.slug, published_at=now, status=Badge.Status.PUBLISHED, **values
                )
            _tag(badge, declaration, using)
    except IntegrityError:
        if not Badge.objects.using(using).filter(slug=declaration.slug).exists():
            raise


def _corrected(badge: Badge, values: dict[str, Any], using: str) -> bool:
    """Bring a row in line with what code states; return whether anything was different."""
    if badge.status == Badge.Status.ORPHANED:
        values = values | {"status": Badge.Status.PUBLISHED}
    different = [name for name, value in values.items() if getattr(badge, name) != value]
    for name in different:
        setattr(badge, name, values[name])
    if different:
        badge.save(using=using, update_fields=[*different, "updated_at"])
    return bool(different)


def _tag(badge: Badge, declaration: Declaration, using: str) -> None:
    for name in declaration.tags:
        slug = slugify(name, allow_unicode=True) or name
        tag, _made = Tag.objects.using(using).get_or_create(slug=slug, defaults={"name": name})
        badge.tags.add(tag)
