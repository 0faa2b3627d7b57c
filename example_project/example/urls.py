"""The addresses of the site. The badges are one line."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve

from example import views

urlpatterns = [
    path("", views.home, name="home"),
    path("people/<str:username>/", views.profile, name="profile"),
    path("people/<str:username>/thank/", views.thank, name="thank"),
    path("accounts/signup/", views.SignUp.as_view(), name="signup"),
    path("accounts/", include("django.contrib.auth.urls")),
    path("guestbook/", include("guestbook.urls")),
    path("campus/", include("campus.urls")),
    path("badges/", include("django_badger.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}example/badger.svg")),
    # Enough for an example; on a real site, the web server hands out uploads.
    re_path(r"^media/(?P<path>.+)$", serve, {"document_root": settings.MEDIA_ROOT}),
]
