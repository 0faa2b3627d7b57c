"""The addresses of the core's pages and feeds: ``path("badges/", include("django_badger.urls"))``."""

from django.urls import path

from django_badger.feeds import views as feeds
from django_badger.views import awards, badges, people, pictures, showcase

app_name = "badger"
urlpatterns = [
    path("", badges.BadgeList.as_view(), name="badge_list"),
    path("tag/<str:slug>/", badges.BadgeList.as_view(), name="tag"),
    path("badge/<str:slug>/", badges.BadgeDetail.as_view(), name="badge_detail"),
    path("badge/<str:slug>/awards/", awards.BadgeAwards.as_view(), name="award_list_of_badge"),
    path("badge/<str:slug>/picture.png", pictures.BadgePicture.as_view(), name="badge_picture"),
    path("award/<uuid:uuid>/", awards.AwardDetail.as_view(), name="award_detail"),
    path("award/<uuid:uuid>/choose/", showcase.Choose.as_view(), name="choose"),
    path("awards/", awards.AwardList.as_view(), name="award_list"),
    path("people/<str:person>/", people.PersonDetail.as_view(), name="person"),
    path("me/", people.Me.as_view(), name="me"),
    path("me/showcase/", showcase.ShowcaseDetail.as_view(), name="showcase"),
    path("feeds/awards/<str:format>/", feeds.FeedOfAwards.as_view(), name="feed_of_awards"),
    path("feeds/badges/<str:format>/", feeds.FeedOfBadges.as_view(), name="feed_of_badges"),
    path("feeds/badge/<str:slug>/<str:format>/", feeds.FeedOfBadge.as_view(), name="feed_of_badge"),
    path("feeds/people/<str:person>/<str:format>/", feeds.FeedOfPerson.as_view(), name="feed_of_person"),
    path("feeds/people/<str:person>/badges/<str:format>/", feeds.FeedOfMaker.as_view(), name="feed_of_maker"),
    path("feeds/tag/<str:slug>/<str:format>/", feeds.FeedOfTag.as_view(), name="feed_of_tag"),
]
