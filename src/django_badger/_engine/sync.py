"""Declarations become rows: after ``migrate``, by command, and when a badge is first needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import slugify

from django_badger._engine.aliases import award_alias
from django_badger._engine.failing import retried
from django_badger._engine.probe import forget_keys
from django_badger._engine.upsert import make_or_touch
from django_badger._engine.versions import note_version, version_of
from django_badger.definitions import Declaration
from django_badger.models import Badge, BadgeQuerySet, Tag
from django_badger.registry import registry

#: The columns that code owns, as far as it states them: an empty text leaves the column to the staff.
TEXTS = ("title", "description", "criteria", "image_alt")


@dataclass(slots=True)
class Synced:
    """What a sync did, by slug."""

    made: list[str]
    changed: list[str]
    orphaned: list[str]
    rules_changed: list[str] = field(default_factory=list)


def stated(declaration: Declaration) -> dict[str, Any]:
    """Return the columns that a declaration states, in the site's default language."""
    with translation.override(settings.LANGUAGE_CODE):
        texts = {name: str(getattr(declaration, name)) for name in TEXTS if getattr(declaration, name)}
    texts |= {name: texts[name][:255] for name in ("title", "image_alt") if name in texts}
    own = ("secret", "mystery", "repeatable", "series", "tier", "valid_for", "retention", "grace")
    hours = {"starts_at": declaration.starts, "ends_at": declaration.ends}
    return texts | {name: getattr(declaration, name) for name in own} | hours | {"origin": Badge.Origin.CODE}


def sync() -> Synced:
    """Make or correct the row of every declaration; disable those whose declaration is gone."""
    using = award_alias()
    done = Synced([], [], [])
    found = Badge.objects.using(using).filter(_of_interest())
    tagged = any(declaration.tags for declaration in registry)
    rows = {badge.slug: badge for badge in (found.prefetch_related("tags") if tagged else found)}
    for declaration in registry:
        badge = rows.get(declaration.slug)
        if badge is None:
            former = rows.pop(declaration.formerly, None) if declaration.formerly else None
            (done.changed if former else done.made).append(declaration.slug)
            _make(declaration, former, using)
            badge = former
        elif _corrected(badge, stated(declaration), using) | _tagged(badge, declaration, using):
            done.changed.append(declaration.slug)
        if badge is not None and note_version(badge, declaration, using):
            done.rules_changed.append(declaration.slug)
    # A badge that the staff disabled stays so, and is not published when its declaration returns.
    gone = [slug for slug, badge in rows.items() if slug not in registry and badge.is_published]
    open_ones = Badge.objects.using(using).published().filter(slug__in=gone)
    retried(lambda: open_ones.update(status=Badge.Status.ORPHANED))
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
        former = (
            rows.filter(slug=declaration.formerly, origin=Badge.Origin.CODE).first() if declaration.formerly else None
        )
        _make(declaration, former, award_alias())
    return bool(missing)


def row_of(badge: Declaration | Badge | str) -> Badge | None:
    """Return the row of a declaration or slug, made now where only code knows it yet; None where nobody does."""
    if isinstance(badge, Badge):
        return badge
    slug = badge.slug if isinstance(badge, Declaration) else badge
    if "\x00" in slug:
        return None  # PostgreSQL refuses even to look for it
    rows = Badge.objects.using(award_alias()).filter(slug=slug)
    found = next((row for row in rows if row.slug == slug), None)
    if found is None and sync_missing([slug]):
        found = rows.first()
    return found


def _make(declaration: Declaration, former: Badge | None, using: str) -> None:
    """Make the row, or rename the former one. Somebody else may be doing the same: that is fine."""
    values = stated(declaration) | {"slug": declaration.slug}
    tags = [_tag(name, using) for name in declaration.tags]  # each by itself: badges share them
    rows = Badge.objects.using(using)

    def work() -> None:
        with transaction.atomic(using=using):
            if former is not None:
                _correct(rows.filter(pk=former.pk, slug=former.slug), former, values)
            elif not rows.filter(slug=declaration.slug).exists():
                version = version_of(declaration) or ""
                new = Badge(published_at=timezone.now(), status=Badge.Status.PUBLISHED, rule_version=version, **values)
                make_or_touch(new, unique=["slug"], using=using)
            rows.get(slug=declaration.slug).tags.add(*tags)

    retried(work)
    forget_keys()


def _corrected(badge: Badge, values: dict[str, Any], using: str) -> bool:
    """Bring a row in line with what code states; return whether anything was different."""
    different = {name: value for name, value in values.items() if getattr(badge, name) != value}
    if badge.status == Badge.Status.ORPHANED or different:
        # Unless somebody wrote to the row since it was read: it is being corrected already.
        rows = Badge.objects.using(using).filter(pk=badge.pk, updated_at=badge.updated_at)
        retried(lambda: _correct(rows, badge, different))
    return badge.status == Badge.Status.ORPHANED or bool(different)


def _correct(rows: BadgeQuerySet, badge: Badge, values: dict[str, Any]) -> None:
    if badge.status == Badge.Status.ORPHANED:
        values = values | {"status": Badge.Status.PUBLISHED}
    rows.update(**values, updated_at=timezone.now())


def _tagged(badge: Badge, declaration: Declaration, using: str) -> bool:
    """Add the tags that code states and the row lacks; return whether there were any. The staff's own tags stay."""
    if not declaration.tags:
        return False
    has = {tag.slug for tag in badge.tags.all()}
    lacking = [name for name in declaration.tags if _tag_slug(name) not in has]
    if lacking:
        badge.tags.add(*[_tag(name, using) for name in lacking])
    return bool(lacking)


def _tag(name: str, using: str) -> Tag:
    return Tag.objects.using(using).get_or_create(slug=_tag_slug(name), defaults={"name": name})[0]


def _tag_slug(name: str) -> str:
    return slugify(name, allow_unicode=True) or name
