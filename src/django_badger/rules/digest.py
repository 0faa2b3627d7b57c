"""A short digest of what a rule says: the same in every process and language, another one for another rule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial, singledispatch
from types import CodeType, FunctionType, MethodType
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise


def digest(rule: Any) -> str:
    """Return the digest of a rule that is a dataclass; fields that do not take part in comparing are left out."""
    return hashlib.sha256(repr(_parts(rule)).encode()).hexdigest()[:12]


def _parts(value: Any) -> tuple[Any, ...]:
    compared = [getattr(value, one.name) for one in fields(value) if one.compare]
    return (type(value).__qualname__, *map(_told, compared))


@singledispatch
def _told(value: Any) -> Any:
    """Return a value as something whose ``repr`` is the same everywhere. No query, no address in memory."""
    if callable(getattr(value, "version", None)):
        return value.version()
    if is_dataclass(value):
        return _parts(value)
    own: Any = type(value).__repr__
    if own is object.__repr__:
        return (type(value).__qualname__, _told(vars(value)))
    return repr(value)


@_told.register
def _(value: type) -> Any:
    return f"{value.__module__}.{value.__qualname__}"


@_told.register
def _(value: Promise) -> Any:
    return str(value)


@_told.register
def _(value: FunctionType) -> Any:
    return (value.__module__, value.__qualname__, _told(value.__code__), _told(value.__defaults__))


@_told.register
def _(value: CodeType) -> Any:
    return (value.co_names, _told(value.co_consts))


@_told.register
def _(value: MethodType) -> Any:
    return (_told(value.__func__), _told(value.__self__))


@_told.register
def _(value: partial) -> Any:  # type: ignore[type-arg]  # singledispatch reads the annotation
    return (_told(value.func), _told(value.args), _told(value.keywords))


@_told.register
def _(value: Q) -> Any:
    return (value.connector, value.negated, _told(value.children))


@_told.register
def _(value: QuerySet) -> Any:  # type: ignore[type-arg]  # the same
    return str(value.query)


@_told.register
def _(value: Model) -> Any:
    return (value._meta.label, value.pk)


@_told.register
def _(value: Mapping) -> Any:  # type: ignore[type-arg]  # the same
    return sorted((repr(name), _told(item)) for name, item in value.items())


@_told.register(list)
@_told.register(tuple)
def _(value: Any) -> Any:
    return [_told(item) for item in value]


@_told.register(set)
@_told.register(frozenset)
def _(value: Any) -> Any:
    return sorted(repr(_told(item)) for item in value)
