"""The addresses of the tests' sites."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("badges/", include("django_badger.urls"))]

if apps.is_installed("django.contrib.admin"):
    from django.contrib import admin

    urlpatterns += [path("admin/", admin.site.urls)]
