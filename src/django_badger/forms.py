"""Forms of the admin: a badge, an award to many people, a revocation. They need no admin themselves."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_badger import wording
from django_badger.exceptions import PrerequisiteCycle
from django_badger.images import FORMATS, rebuilt
from django_badger.models import Badge
from django_badger.people import key_of
from django_badger.prerequisites import refuse_cycle

if TYPE_CHECKING:
    BadgeModelForm = forms.ModelForm[Badge]
    OneModel = forms.ModelChoiceField[Any]
    ManyModels = forms.ModelMultipleChoiceField[Any]
else:
    BadgeModelForm = forms.ModelForm
    OneModel = forms.ModelChoiceField
    ManyModels = forms.ModelMultipleChoiceField

#: How many people one form takes, and how many wrong names it tells at once.
MOST_PEOPLE = 1000
MOST_TOLD = 20
#: The years in which a badge can start and end.
YEARS = range(1900, 2201)
#: How long an award of a badge may be valid.
LONGEST = timedelta(days=36_525)
BIG = "vLargeTextField"  # the class by which the admin makes a text area wide


def suggested_slug(title: str) -> str:
    """Return a slug for a title; one of its own where the title has neither letters nor digits."""
    found = slugify(title, allow_unicode=True)[:100].strip("-_")
    return found or f"badge-{get_random_string(6, 'abcdefghjkmnpqrstuvwxyz23456789')}"


# --- people ------------------------------------------------------------------------------------------------------------


class PeopleField(forms.CharField):
    """People by user name, e-mail address or key, one a line; gives a list of users, or says who is not known."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        """Return the people that are named. All wrong names are told together."""
        text = unicodedata.normalize("NFKC", super().clean(value) or "")
        names = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(names) > MOST_PEOPLE:
            raise ValidationError(_("At most %(n)s people at once.") % {"n": MOST_PEOPLE}, code="many")
        found = people_named(names)
        wrong = [why for name in names if (why := _wrong(name, found.get(name, [])))]
        if wrong:
            more = len(wrong) - MOST_TOLD
            rest = [ngettext("… and %(n)s more.", "… and %(n)s more.", more) % {"n": more}] if more > 0 else []
            raise ValidationError([*wrong[:MOST_TOLD], *rest])
        return list({person.pk: person for name in names for person in found[name]}.values())


def _wrong(name: str, people: list[Any]) -> str:
    if not people:
        return _("Nobody here is known as “%(name)s”.") % {"name": name}
    if len(people) > 1:
        return _("Several accounts have the address “%(name)s”: write the user name instead.") % {"name": name}
    return ""


def people_named(names: list[str]) -> dict[str, list[Any]]:
    """Return the accounts that each of these names stands for: a user name, else an address, else a key."""
    model = get_user_model()
    field = model.USERNAME_FIELD
    found: dict[str, list[Any]] = {}
    for user in _users().filter(**{f"{field}__in": names}):
        found[str(getattr(user, field))] = [user]
    found |= _with_addresses({name for name in names if "@" in name} - found.keys())
    return found | _with_keys(set(names) - found.keys())


def _users() -> QuerySet[Any]:
    users: QuerySet[Any] = get_user_model()._default_manager.all()
    return users


def _with_addresses(names: Iterable[str]) -> dict[str, list[Any]]:
    model: Any = get_user_model()
    field = model.get_email_field_name()
    wanted = {name.lower(): name for name in names}
    if not wanted or field not in {known.name for known in model._meta.get_fields()}:
        return {}
    found: dict[str, list[Any]] = defaultdict(list)
    for user in _users().alias(address=Lower(field)).filter(address__in=wanted):
        found[wanted.get(getattr(user, field).lower(), "")].append(user)
    return found


def _with_keys(names: Iterable[str]) -> dict[str, list[Any]]:
    wanted = {key: name for name in names if (key := key_of(name)) is not None}
    users = _users().filter(pk__in=wanted) if wanted else []
    return {wanted[user.pk]: [user] for user in users}


class PeopleChoice(ManyModels):
    """People chosen from a list that is searched as one types; gives users."""

    def clean(self, value: Any) -> Any:
        """Return the chosen people, refusing what cannot be anybody's key."""
        if any(key_of(one) is None for one in value or ()):
            raise ValidationError(_("Choose people from the list."), code="invalid_choice")
        return super().clean(value)


# --- awards ------------------------------------------------------------------------------------------------------------


class BadgeChoice(OneModel):
    """One badge, by title and slug."""

    def label_from_instance(self, obj: Any) -> str:
        """Return what tells two badges of one title apart."""
        return _named(obj)


class BadgesChoice(ManyModels):
    """Several badges, by title and slug."""

    def label_from_instance(self, obj: Any) -> str:
        """Return what tells two badges of one title apart."""
        return _named(obj)


def _named(badge: Badge) -> str:
    return f"{wording.title(badge)} ({badge.slug})"


class AwardForm(forms.Form):
    """Award a badge to many people, with a reason. ``viewer`` is who awards, ``chooser`` a widget to search people with."""

    badge = BadgeChoice(Badge.objects.none(), label=gettext_lazy("Badge"), empty_label=gettext_lazy("Choose a badge"))
    chosen = PeopleChoice(None, required=False, label=gettext_lazy("People"))
    named = PeopleField(
        required=False,
        label=gettext_lazy("People by name"),
        help_text=gettext_lazy("User names, e-mail addresses or keys of accounts, one a line."),
        widget=forms.Textarea(attrs={"class": BIG, "rows": 8, "cols": 40, "spellcheck": "false"}),
    )
    reason = forms.CharField(
        required=False,
        label=gettext_lazy("Reason"),
        max_length=2000,
        help_text=gettext_lazy("Shown with the award, to everybody who may see it."),
        widget=forms.Textarea(attrs={"class": BIG, "rows": 3, "cols": 40}),
    )

    def __init__(self, *args: Any, viewer: Any, chooser: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_badges = Badge.objects.visible_to(viewer).published().order_by("title", "pk")
        self.fields["badge"].queryset = open_badges  # type: ignore[attr-defined]  # it is a ModelChoiceField
        if chooser is None:
            del self.fields["chosen"]
            self.fields["named"].label = _("People")
        else:
            self.fields["chosen"].widget = chooser
            self.fields["chosen"].queryset = _users()  # type: ignore[attr-defined]  # and so is this

    def clean(self) -> dict[str, Any]:
        """Put those who were chosen and those who were named together, as ``people``."""
        super().clean()
        cleaned = self.cleaned_data
        both = [*(cleaned.get("chosen") or ()), *(cleaned.get("named") or ())]
        cleaned["people"] = list({person.pk: person for person in both}.values())
        if not both and not self.errors.keys() & {"chosen", "named"}:
            self.add_error("named", _("Say whom to award: nobody is named here."))
        return cleaned


class ReasonForm(forms.Form):
    """Why awards stand again."""

    reason = forms.CharField(
        required=False,
        label=gettext_lazy("Reason"),
        max_length=2000,
        help_text=gettext_lazy("Kept in the history of the award."),
        widget=forms.Textarea(attrs={"class": BIG, "rows": 3, "cols": 40}),
    )


class RevokeForm(ReasonForm):
    """Why awards are taken back: it has to be said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.fields["reason"].help_text = _("Kept with the award.")


# --- badges ------------------------------------------------------------------------------------------------------------


class RebuiltImage(forms.ImageField):
    """An image that comes in through the gate: drawn anew before anything else looks at it."""

    def __init__(self, *, max_length: int | None = None, **options: Any) -> None:
        super().__init__(**options)  # their name may be as long as it likes: the one it is stored under is ours

    def to_python(self, data: Any) -> Any:
        """Return the image as it will be stored; Django's own check would try formats that nobody needs."""
        upload = super(forms.ImageField, self).to_python(data)
        return rebuilt(upload) if upload else None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Offer to choose what will be read."""
        return {**super().widget_attrs(widget), "accept": ", ".join(f"image/{name.lower()}" for name in FORMATS)}


class BadgeForm(BadgeModelForm):
    """A badge as staff write it; only what the admin shows as a field is in it."""

    class Meta:
        """What can be written at all."""

        model = Badge
        fields = [
            "title", "slug", "status", "description", "criteria", "image", "image_alt", "series", "tier", "tags",
            "secret", "mystery", "repeatable", "valid_for", "retention", "grace", "starts_at", "ends_at",
            "prerequisites", "prerequisites_needed",
        ]  # fmt: skip
        field_classes = {"prerequisites": BadgesChoice, "image": RebuiltImage}
        help_texts = {
            "valid_for": gettext_lazy("Days and time, for example “365 00:00:00”. Empty: for ever."),
            "grace": gettext_lazy(
                "How long awards stay when the rule is no longer true: days and time, for example “7 00:00:00”. "
                "Empty: they lapse at once."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            typed = str(self.data.get(self.add_prefix("title"), ""))
            words = _("Write a slug, for example “%(slug)s”.") % {"slug": suggested_slug(typed)}
            self.fields["slug"].error_messages["required"] = words
        if "status" in self.fields:
            self.fields["status"].choices = self._statuses()  # type: ignore[attr-defined]  # it is a ChoiceField
        if "prerequisites" in self.fields:
            others = self.fields["prerequisites"].queryset.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
            self.fields["prerequisites"].queryset = others  # type: ignore[attr-defined]  # it is a BadgesChoice

    def _statuses(self) -> list[tuple[str, Any]]:
        """Return where the badge can go: what was published once is never a draft again, for people know it."""
        status, badge = Badge.Status, self.instance
        fresh = badge._state.adding or badge.status == status.DRAFT
        known = [status.DRAFT, status.PUBLISHED] if fresh else [status.PUBLISHED, status.DISABLED]
        return [(one.value, one.label) for one in known]

    def clean_valid_for(self) -> timedelta | None:
        """Return for how long awards are valid, which is more than no time, and not beyond all calendars."""
        valid_for: timedelta | None = self.cleaned_data["valid_for"]
        if valid_for is not None and not timedelta(0) < valid_for <= LONGEST:
            raise ValidationError(_("Between a moment and a hundred years: leave it empty for ever."), code="valid_for")
        return valid_for

    def clean_grace(self) -> timedelta | None:
        """Return for how long awards stay, within the same bounds."""
        grace: timedelta | None = self.cleaned_data["grace"]
        if grace is not None and not timedelta(0) < grace <= LONGEST:
            raise ValidationError(_("Between a moment and a hundred years: leave it empty for none."), code="grace")
        return grace

    def clean(self) -> dict[str, Any]:
        """Refuse times that do not fit, and prerequisites that cannot be had: too few, or the badge itself by way of others."""
        super().clean()
        self._check_times()
        cleaned = self.cleaned_data
        if "prerequisites" not in cleaned:
            return cleaned
        needed = [badge.slug for badge in cleaned["prerequisites"]]
        if (cleaned.get("prerequisites_needed") or 0) > len(needed):
            words = ngettext("Only %(n)s badge is chosen.", "Only %(n)s badges are chosen.", len(needed))
            self.add_error("prerequisites_needed", words % {"n": len(needed)})
        before = {badge.slug for badge in self.initial.get("prerequisites", ())}
        if "slug" in self.changed_data or not before.issuperset(needed):
            self._refuse_cycle({self.instance.slug, cleaned.get("slug", "")} - {""}, needed)
        return cleaned

    def _check_times(self) -> None:
        starts, ends = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        for name, moment in (("starts_at", starts), ("ends_at", ends)):
            if moment and moment.year not in YEARS:  # far away, a moment has no time in other zones
                words = {"first": f"{YEARS[0]:d}", "last": f"{YEARS[-1]:d}"}
                self.add_error(name, _("Choose a moment between %(first)s and %(last)s.") % words)
                return
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("Choose a later moment: the badge would end before it starts."))
        if self.cleaned_data.get("grace") and self.cleaned_data.get("retention") == Badge.Retention.FOREVER:
            self.add_error("grace", _("Only for badges that are kept while the rule is true: awards of others stay."))

    def _refuse_cycle(self, slugs: set[str], needed: list[str]) -> None:
        """Check the badge under the slug that others know it by, and under the one it gets."""
        try:
            for slug in slugs:
                refuse_cycle(slug, needed)
        except PrerequisiteCycle as cycle:
            self.add_error("prerequisites", cycle)
