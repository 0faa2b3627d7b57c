"""The pages of the site: those of badges, the admin, and two that show no badge."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def page(request: HttpRequest, template: str) -> HttpResponse:
    """Return a page that shows no badge."""
    return render(request, template, {"things": range(10)})


urlpatterns = [
    path("badges/", include("django_badger.urls")),
    path("admin/", admin.site.urls),
    path("plain/", page, {"template": "plain.html"}),
    path("with-badges/", page, {"template": "with_badges.html"}),
]
