"""The addresses of the guestbook."""

from django.urls import path

from guestbook import views

app_name = "guestbook"
urlpatterns = [
    path("", views.Entries.as_view(), name="entries"),
    path("write/", views.Write.as_view(), name="write"),
    path("stroke/", views.stroke, name="stroke"),
    path("<int:pk>/edit/", views.Edit.as_view(), name="edit"),
]
