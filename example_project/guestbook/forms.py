"""How an entry is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guestbook.models import Entry


class EntryForm(forms.ModelForm):
    """The words of an entry, and who may read them. Counts the words."""

    class Meta:
        """Two fields."""

        model = Entry
        fields = ["message", "is_public"]
        widgets = {"message": forms.Textarea(attrs={"rows": 6})}
        error_messages = {"message": {"required": _("Write a word or two.")}}

    def clean(self) -> dict[str, Any] | None:
        """Count the words of the message."""
        self.instance.word_count = len(str(self.cleaned_data.get("message", "")).split())
        return super().clean()
