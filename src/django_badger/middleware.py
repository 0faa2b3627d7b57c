"""Optional middleware."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from django_badger.parts.rendered import fresh_rows


class JustEarnedMiddleware:
    """Gives each request ``request.just_earned``: the awards that its user has not seen yet.

    They are asked for, and noted as seen, when a template or view first looks at them; until then it costs nothing.
    Put it behind ``AuthenticationMiddleware``.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        """Take what answers requests: a function, or a coroutine function, and then it is one itself."""
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """Set the attribute, which asks nothing; return the answer, or what is awaited for it."""
        request.just_earned = SimpleLazyObject(partial(fresh_rows, request))  # type: ignore[attr-defined]  # ours
        return self.get_response(request)
