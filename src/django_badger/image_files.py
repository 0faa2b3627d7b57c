"""Where the images of badges are kept: which files there are, and under which names."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import ImageFieldFile

from django_badger.images import SMALLER, Rebuilt

#: The folder of the storage that is ours: nothing outside of it is ever deleted.
FOLDER = "badger/badges/"
_OURS = re.compile(re.escape(FOLDER) + r"[0-9a-f]{40}\.png")


def smaller_names(name: str) -> dict[int, str]:
    """Return the names of an image's smaller sizes, by side: none for a file that did not come through the gate."""
    if not _OURS.fullmatch(name):
        return {}
    return {side: f"{name.removesuffix('.png')}-{side}.png" for side in SMALLER}


class StoredImage(ImageFieldFile):
    """A badge's image in its storage.

    What came through the gate is named by its content: the same picture is stored once, however many badges have it,
    and another picture has another address. Where the storage has a file of that name, it is that picture.
    """

    def save(self, name: str, content: Any, save: bool = True) -> None:  # noqa: FBT001, FBT002  as Django calls it
        """Store an image; what did not come through the gate goes the way of all files, under a name of ours."""
        if not isinstance(content, Rebuilt):
            super().save(name, content, save)
            return
        self.name = self._kept(f"{FOLDER}{content.name}", content)
        for side, smaller in smaller_names(self.name).items():
            self._kept(smaller, ContentFile(content.smaller[side]))
        setattr(self.instance, self.field.attname, self.name)
        self._committed = True
        if save:
            self.instance.save()

    def _kept(self, name: str, content: ContentFile[bytes]) -> str:
        """Return the name under which the storage has this file from now on: it may have ways of its own."""
        return name if self.storage.exists(name) else self.storage.save(name, content)


class BadgeImageField(models.ImageField):
    """Django's image field, with files stored as above. The column is the same, so migrations see Django's field."""

    attr_class = StoredImage

    def deconstruct(self) -> Any:
        """Return Django's own field: nothing here concerns the table."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs
