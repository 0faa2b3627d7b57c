"""The addresses of the core's pages: ``path("badges/", include("django_badger.urls"))``."""

from django.urls import path

from django_badger.views import awards, badges, people, showcase

app_name = "badger"
urlpatterns = [
    path("", badges.BadgeList.as_view(), name="badge_list"),
    path("tag/<str:slug>/", badges.BadgeList.as_view(), name="tag"),
    path("badge/<str:slug>/", badges.BadgeDetail.as_view(), name="badge_detail"),
    path("badge/<str:slug>/awards/", awards.BadgeAwards.as_view(), name="award_list_of_badge"),
    path("award/<uuid:uuid>/", awards.AwardDetail.as_view(), name="award_detail"),
    path("award/<uuid:uuid>/choose/", showcase.Choose.as_view(), name="choose"),
    path("awards/", awards.AwardList.as_view(), name="award_list"),
    path("people/<str:person>/", people.PersonDetail.as_view(), name="person"),
    path("me/", people.Me.as_view(), name="me"),
    path("me/showcase/", showcase.ShowcaseDetail.as_view(), name="showcase"),
]
