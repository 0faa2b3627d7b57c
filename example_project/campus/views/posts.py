"""Posts and their comments."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.views import SuccessMessageMixin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django.views.generic import CreateView, UpdateView

from campus.forms import CommentForm, PostForm
from campus.models import Post
from example.lists import PagedView


class Posts(PagedView):
    """All posts that the reader may see, a page at a time."""

    template_name = "campus/posts.html"

    def get_queryset(self) -> QuerySet[Post]:
        """Return the published ones and the reader's own drafts."""
        return Post.objects.readable_by(self.request.user).newest_first()


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post with its comments, and a form for one more."""
    shown = get_object_or_404(Post.objects.readable_by(request.user).select_related("author"), pk=pk)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(shown.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        form.instance.post = shown
        form.instance.author_id = request.user.pk
        form.save()
        messages.success(request, _("Your comment was added."))
        return redirect(shown)
    comments = shown.comments.select_related("author")
    return render(request, "campus/post.html", {"post": shown, "comments": comments, "form": form})


class Write(LoginRequiredMixin, SuccessMessageMixin, CreateView):
    """Write a post."""

    form_class = PostForm
    template_name = "campus/write.html"
    success_message = gettext_lazy("Your post was saved.")

    def form_valid(self, form: ModelForm) -> HttpResponse:
        """Keep it as the reader's own."""
        form.instance.author_id = self.request.user.pk
        return super().form_valid(form)


class Edit(LoginRequiredMixin, SuccessMessageMixin, UpdateView):
    """Change a post of one's own, or publish a draft."""

    form_class = PostForm
    template_name = "campus/write.html"
    success_message = gettext_lazy("Your post was saved.")

    def get_queryset(self) -> QuerySet[Post]:
        """Return the reader's own posts: those of others are not found."""
        return Post.objects.filter(author=self.request.user.pk)
