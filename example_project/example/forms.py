"""Signing up, and thanking people with a badge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from django_badger.models import Badge


class SignUpForm(UserCreationForm):
    """A name and a password. The name ends up in the person's address, so it is no e-mail address."""

    class Meta(UserCreationForm.Meta):
        """The name, as Django asks for it."""

        model = User
        fields = ("username", "first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speakable = RegexValidator(r"^[\w.-]+\Z", _("Use letters, digits, dots, dashes and underscores only."))
        self.fields["username"].validators.append(speakable)
        self.fields["username"].help_text = _("It becomes the address of your page.")


class ThankForm(forms.Form):
    """Which badge, and what for."""

    badge = forms.ModelChoiceField(Badge.objects.none(), label=_("Badge"), to_field_name="slug")
    reason = forms.CharField(label=_("What for"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_hand = Badge.objects.published().filter(origin=Badge.Origin.SITE).order_by("title")
        badges: Any = self.fields["badge"]
        badges.queryset = by_hand
