"""The addresses of the tests' sites."""

from django.apps import apps
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("badges/", include("django_badger.urls")),
    # A browser asks for it with every first page, and complains in the console when it is missing.
    path("favicon.ico", lambda _request: HttpResponse(status=204)),
]

if apps.is_installed("django.contrib.admin"):
    from django.contrib import admin

    urlpatterns += [path("admin/", admin.site.urls)]
