"""Optional middleware."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from django_badger.parts.rendered import fresh_rows


class JustEarnedMiddleware(MiddlewareMixin):
    """Gives each request ``request.just_earned``: the awards that its user has not seen yet.

    They are asked for, and noted as seen, when a template or view first looks at them; until then it costs nothing.
    Put it behind ``AuthenticationMiddleware``.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Set the attribute; asks nothing."""
        request.just_earned = SimpleLazyObject(lambda: fresh_rows(request))  # type: ignore[attr-defined]  # ours
