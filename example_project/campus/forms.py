"""How posts and comments are written."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campus.models import Comment, Post


class PostForm(forms.ModelForm):
    """A post: published, or kept as a draft."""

    class Meta:
        """Three fields."""

        model = Post
        fields = ["title", "body", "status"]
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}
        error_messages = {
            "title": {"required": _("A post needs a title.")},
            "body": {"required": _("Write a sentence or two.")},
        }


class CommentForm(forms.ModelForm):
    """A comment."""

    class Meta:
        """One field."""

        model = Comment
        fields = ["body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4})}
        error_messages = {"body": {"required": _("An empty comment says nothing.")}}
