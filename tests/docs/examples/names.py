"""community/names.py: people are known by their user names here."""

from typing import Any

from django.contrib.auth import get_user_model


def display(user: Any) -> str:
    return f"@{user.get_username()}"


def path(user: Any) -> str:
    return str(user.get_username())


def find(text: str) -> Any:
    return get_user_model()._default_manager.filter(username=text, is_active=True).first()
