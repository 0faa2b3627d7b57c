"""Storages as hosts have them: far away, forgetful, or with ways of their own."""

from typing import Any, NoReturn

from django.core.files.storage import FileSystemStorage, InMemoryStorage


class Silent(FileSystemStorage):
    """A storage that costs so much to ask that nobody may, when a page is shown; addresses are free."""

    def _refuse(self, *_anything: Any, **_more: Any) -> NoReturn:
        msg = "a page asked the storage"
        raise AssertionError(msg)

    open = exists = size = path = save = delete = _refuse


class Overwriting(InMemoryStorage):
    """A storage that writes over what it has, as some far away do unless told otherwise."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name


class Renaming(InMemoryStorage):
    """A storage that gives every file a name of its own."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return f"mine/{name}"


class Broken(InMemoryStorage):
    """A storage from which nothing can be deleted."""

    def delete(self, name: str) -> None:
        msg = "the storage is away"
        raise ConnectionError(msg)
