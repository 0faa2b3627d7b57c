"""The app: found badges, connected receivers, registered checks. No query at startup."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_save
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SimpleBadgerConfig(AppConfig):
    """The app without discovery: import the modules that declare badges yourself."""

    name = "django_badger"
    label = "badger"
    verbose_name = _("Badges")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the parts together. They are imported here because models have to be loaded first."""
        from django_badger import checks, conf, receivers  # noqa: F401, PLC0415
        from django_badger.models import Badge  # noqa: PLC0415
        from django_badger.registry import registry  # noqa: PLC0415

        checks.register_all()
        self.discover()
        registry.watch(receivers.listen)
        receivers.listen()
        m2m_changed.connect(receivers.refuse_cycles, sender=Badge.prerequisites.through, dispatch_uid="badger:cycles")
        pre_save.connect(receivers.note_image, sender=Badge, dispatch_uid="badger:image")
        post_save.connect(receivers.image_replaced, sender=Badge, dispatch_uid="badger:image")
        post_delete.connect(receivers.badge_deleted, sender=Badge, dispatch_uid="badger:image")
        for signal in (post_save, post_delete):
            signal.connect(receivers.badge_made_or_gone, sender=Badge, dispatch_uid="badger:keys")
        post_migrate.connect(_sync, sender=self, dispatch_uid="badger:sync")

    def discover(self) -> None:
        """Find nothing: this is the simple one."""


class BadgerConfig(SimpleBadgerConfig):
    """The app that finds the ``badges.py`` of every installed app."""

    default = True

    def discover(self) -> None:
        """Import each app's ``badges`` module, as the admin does with ``admin``."""
        from django_badger.registry import registry  # noqa: PLC0415

        autodiscover_modules("badges", register_to=registry)


def _sync(using: str, **_rest: Any) -> None:
    """Make the rows of what code declares, once our own tables are there: ``migrate other_app`` comes by here too."""
    from django_badger._engine.aliases import award_alias  # noqa: PLC0415
    from django_badger._engine.sync import sync  # noqa: PLC0415
    from django_badger.models import Badge  # noqa: PLC0415

    if using == award_alias() and Badge._meta.db_table in connections[using].introspection.table_names():
        sync()
