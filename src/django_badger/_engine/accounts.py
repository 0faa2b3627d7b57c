"""Which accounts some texts stand for: user names, else keys; or e-mail addresses, where that is asked for."""

from __future__ import annotations

import string
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from django_badger._engine.aliases import award_alias
from django_badger.exceptions import BadFile
from django_badger.people import key_of

EMAIL = "email"
#: Letters of other alphabets are never taken for those of an address: “K” (Kelvin) is no “k”.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def accounts(texts: Collection[str], match: str) -> dict[str, list[Any]]:
    """Return the accounts that each text stands for: none, one, or several that have the same address. Two queries at most."""
    return _with_addresses(texts) if match == EMAIL else _with_names(texts)


def _users() -> Any:
    return get_user_model()._default_manager.using(award_alias())


def _with_names(texts: Collection[str]) -> dict[str, list[Any]]:
    field = get_user_model().USERNAME_FIELD
    names = {text: unicodedata.normalize("NFKC", text) for text in texts}
    # Exactly this name: MariaDB takes “ann” for “Ann”.
    named = {str(getattr(user, field)): user for user in _users().filter(**{f"{field}__in": set(names.values())})}
    found = {text: [named[name]] for text, name in names.items() if name in named}
    return found | _with_keys(text for text in texts if text not in found)


def _with_keys(texts: Iterable[str]) -> dict[str, list[Any]]:
    keys = {text: key for text in texts if (key := key_of(text)) is not None and _is_written(key, text)}
    found = _users().in_bulk(set(keys.values())) if keys else {}
    return {text: [found[key]] for text, key in keys.items() if key in found}


def _is_written(key: Any, text: str) -> bool:
    """Whether a text is how a key is written: “1_0” and “٣” are numbers for Python, and for nobody else."""
    return str(key).replace("-", "") == text.lower().replace("-", "")


def _with_addresses(texts: Collection[str]) -> dict[str, list[Any]]:
    """Return the active accounts that have these addresses, or the blocked ones where no active one has."""
    field = _address_field()
    wanted = {text.translate(_LOWER) for text in texts}
    found: dict[str, list[Any]] = defaultdict(list)
    for user in _users().alias(badger_address=Lower(field)).filter(badger_address__in=wanted).order_by("pk"):
        found[getattr(user, field).translate(_LOWER)].append(user)
    return {text: _active(found.get(text.translate(_LOWER), [])) for text in texts}


def _active(users: list[Any]) -> list[Any]:
    return [user for user in users if user.is_active] or users


def _address_field() -> str:
    model: Any = get_user_model()
    field = str(model.get_email_field_name())
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        raise BadFile(_("Accounts have no e-mail addresses here: write user names.")) from None
    return field
