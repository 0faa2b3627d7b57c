"""Django's signals become events. A model that no badge listens to has no receiver. Images that no badge has are deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.storage import Storage
from django.db.models import ForeignKey, Model
from django.db.models.signals import ModelSignal, post_delete, post_save

from django_badger import events
from django_badger._engine.committed import once_committed
from django_badger._engine.dispatch import collect
from django_badger._engine.evaluate import evaluate
from django_badger._engine.probe import forget_keys
from django_badger.conf import settings
from django_badger.events import Event
from django_badger.image_files import FOLDER, smaller_names
from django_badger.models import Badge
from django_badger.prerequisites import refuse_cycle_of_keys
from django_badger.registry import registry

logger = logging.getLogger("django_badger")
Keys = dict[type[Model], tuple[str, ...]]
_saves: Keys = {}
_deletions: Keys = {}


def listen() -> None:
    """Connect to exactly the models that some badge listens to, their proxies and children included.

    To deletions only where they may let awards lapse: with a receiver, Django reads the rows that it deletes.
    """
    _connect(post_save, _saved, _saves, events.saved)
    _connect(post_delete, _deleted, _deletions, events.deleted)


def _connect(signal: ModelSignal, receiver: Any, connected: Keys, key_of: Callable[[type[Model]], str]) -> None:
    keys, wanted = registry.keys(), Keys()
    for model in apps.get_models(include_auto_created=True):
        lineage = [model, *model._meta.all_parents, model._meta.concrete_model or model]
        found = tuple(dict.fromkeys(key_of(one) for one in lineage if key_of(one) in keys))
        if found:
            wanted[model] = found
    for model in set(connected) - set(wanted):
        signal.disconnect(sender=model, dispatch_uid=f"badger:{model._meta.label_lower}")
    for model in set(wanted) - set(connected):
        signal.connect(receiver, sender=model, dispatch_uid=f"badger:{model._meta.label_lower}")
    connected.clear()
    connected.update(wanted)


def _saved(sender: type[Model], instance: Model, created: bool, raw: bool, using: str, **_rest: Any) -> None:
    """Note that a row was saved; fixtures are left to `badger backfill`."""
    try:
        for key in () if raw else _saves.get(sender, ()):
            collect(Event(key=key, subject=instance, created=created), evaluate, using=using)
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        _lost(instance, error)


def _deleted(sender: type[Model], instance: Model, using: str, origin: Any, **_rest: Any) -> None:
    """Note that a row was deleted; not where it goes with its person."""
    if isinstance(origin, get_user_model()) and not _names_others(instance, origin):
        return
    if isinstance(origin, Model) and origin is not instance:
        _introduce(instance, origin)
    try:
        for key in _deletions.get(sender, ()):
            collect(Event(key=key, subject=instance), evaluate, using=using)
    except Exception as error:  # noqa: BLE001  badge code never breaks the host
        _lost(instance, error)


def _lost(instance: Model, error: Exception) -> None:
    """Log that an event about a row could not be noted. With ``BADGER_RAISE_ERRORS`` raise it instead."""
    if settings.raise_errors:
        raise error
    name = type(instance)._meta.label
    logger.error("%s could not be noted: `badger backfill` catches up.", name, exc_info=error)


def _names_others(instance: Model, user: Any) -> bool:
    fields = [field for field in instance._meta.concrete_fields if field.related_model is get_user_model()]
    return any(getattr(instance, field.attname) not in {None, user.pk} for field in fields)


def _introduce(instance: Model, origin: Model) -> None:
    """Let a row know the one that it is deleted with, which leads to its person, and which nobody can ask for later."""
    fields: Any = instance._meta.concrete_fields
    for field in fields:
        leads = isinstance(field, ForeignKey) and isinstance(origin, field.remote_field.model)
        if leads and field.get_local_related_value(instance) == field.get_foreign_related_value(origin):
            field.set_cached_value(instance, origin)


def refuse_cycles(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[Any] | None, **_rest: Any
) -> None:
    """Refuse a prerequisite that would make a badge need itself, whoever adds it."""
    if action != "pre_add" or not pk_set:
        return
    for waiting, needed in [(pk, {instance.pk}) for pk in pk_set] if reverse else [(instance.pk, pk_set)]:
        refuse_cycle_of_keys(waiting, needed)


def badge_made_or_gone(sender: Any, **_rest: Any) -> None:
    """Let rows of badges be looked for anew."""
    forget_keys()


# --- images -----------------------------------------------------------------------------------------------------------


def note_image(sender: Any, instance: Any, raw: bool, using: str, update_fields: Any, **_rest: Any) -> None:
    """Note which image a badge has before it is saved with, perhaps, another one."""
    if raw or instance._state.adding or (update_fields is not None and "image" not in update_fields):
        return
    before = Badge._base_manager.using(using).filter(pk=instance.pk).values_list("image", flat=True).first()
    instance.image_before = before or ""


def image_replaced(sender: Any, instance: Any, using: str, **_rest: Any) -> None:
    """Let the image go that the badge had before, where it has another one now, or none."""
    before = instance.__dict__.pop("image_before", "")
    if before != instance.image.name:
        _let_go(before, instance, using)


def badge_deleted(sender: Any, instance: Any, using: str, **_rest: Any) -> None:
    """Let the image of a badge go with it."""
    _let_go(instance.image.name, instance, using)


def _let_go(name: str | None, badge: Badge, using: str) -> None:
    """Delete an image's files after the commit, unless a badge has it then; only what lies in our folder.

    Whoever uploads the very same picture for another badge in the very same moment may have to do it again.
    """
    if name and name.startswith(FOLDER):
        once_committed(_delete_unused, name, badge.image.storage, using, using=using)


def _delete_unused(name: str, storage: Storage, using: str) -> None:
    if Badge._base_manager.using(using).filter(image=name).exists():
        return
    for file in (name, *smaller_names(name).values()):
        try:
            storage.delete(file)
        except Exception:  # whatever a storage far away may raise: a file too many hurts nobody
            logger.exception("%s could not be deleted: no badge has this image any more.", file)
