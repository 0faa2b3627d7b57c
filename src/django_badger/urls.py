"""The addresses of the core's pages: ``path("badges/", include("django_badger.urls"))``."""

from django.urls import URLPattern

app_name = "badger"
urlpatterns: list[URLPattern] = []
