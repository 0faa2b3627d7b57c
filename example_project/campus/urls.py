"""The addresses of the campus."""

from django.urls import path

from campus.views import learning, people, posts

app_name = "campus"
urlpatterns = [
    path("posts/", posts.Posts.as_view(), name="posts"),
    path("posts/write/", posts.Write.as_view(), name="write"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/edit/", posts.Edit.as_view(), name="edit"),
    path("people/", people.People.as_view(), name="people"),
    path("people/<int:pk>/invite/", people.invite, name="invite"),
    path("people/<int:pk>/accept/", people.accept, name="accept"),
    path("trainings/", learning.Trainings.as_view(), name="trainings"),
    path("trainings/<slug:code>/", learning.training, name="training"),
    path("trainings/<slug:code>/enrol/", learning.enrol, name="enrol"),
    path("trainings/<slug:code>/lesson/", learning.lesson, name="lesson"),
    path("trainings/<slug:code>/finish/", learning.finish, name="finish"),
]
