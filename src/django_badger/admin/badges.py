"""Badges in the admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_badger import policies, wording
from django_badger._engine.sync import stated
from django_badger.admin.base import BadgerAdmin, address_of_awards, awards_for, logged, shortened, told
from django_badger.admin.over_time import over_time
from django_badger.forms import BadgeForm
from django_badger.health import QUIET, RECENT, health
from django_badger.models import Award, Badge, Progress, Run
from django_badger.parts.badges import picture_html
from django_badger.people import display_of
from django_badger.publishing import disable, publish
from django_badger.results import Refused

Fieldsets = list[tuple[Any, dict[str, Any]]]

WRITTEN: Fieldsets = [
    (None, {"fields": ["title", "slug", "status", "description", "criteria", "tags"]}),
    (gettext_lazy("Image"), {"fields": ["image", "image_alt"]}),
    (
        gettext_lazy("Awards of it"),
        {"fields": ["secret", "mystery", "repeatable", "valid_for", "retention", "grace", "series", "tier"]},
    ),
    (gettext_lazy("When it can be earned"), {"fields": ["starts_at", "ends_at"]}),
    (gettext_lazy("Prerequisites"), {"fields": ["prerequisites", "prerequisites_needed"]}),
]
KNOWN: Fieldsets = [
    (gettext_lazy("Picture"), {"fields": ["picture"]}),
    (
        gettext_lazy("Rule"),
        {"fields": ["what_it_takes", "rule_version", "rule_changed_at", "errors", "last_error", "last_error_at"]},
    ),
    (
        gettext_lazy("Origin"),
        {"fields": ["origin", "maker", "created_at", "published_at", "updated_at", "data"]},
    ),
]


def of_all(fieldsets: Fieldsets) -> list[str]:
    """Return the names of all fields in these groups."""
    return [name for _title, options in fieldsets for name in options["fields"]]


def fixed(badge: Badge) -> set[str]:
    """Return which columns of a badge nobody writes: what code states, and names that are known outside."""
    names = {"status"} if badge.status == Badge.Status.ORPHANED else set()
    if badge.origin == Badge.Origin.CODE or badge.awards.exists():
        names.add("slug")
    declared = wording.declaration_of(badge)
    if declared is not None:
        names |= stated(declared).keys()
        if declared.when or declared.on or declared.goal:
            names |= {"prerequisites", "prerequisites_needed"}
    return names


class BadgeChangeList(ChangeList):
    """A page of badges, with the number of people who hold each: one query for the page."""

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page, and count."""
        super().get_results(request)
        badges: list[Any] = list(self.result_list)
        standing = awards_for(request.user, Award.objects.standing()).filter(badge__in=[badge.pk for badge in badges])
        holders = dict(standing.order_by().values_list("badge").annotate(Count("recipient", distinct=True)))
        awards = address_of_awards(self.model_admin, request)
        for badge in badges:
            badge.holders = holders.get(badge.pk, 0)
            badge.address_of_awards = f"{awards}?badge__id__exact={badge.pk}" if awards else ""
        self.result_list = badges


class RuleFilter(admin.SimpleListFilter):
    """Badges whose rule is worth a look, as far as their own rows tell."""

    title = gettext_lazy("rule")
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what can have happened to a rule."""
        return [("failed", _("failed in the last days")), ("changed", _("changed in the last weeks"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the badges to whose rule that has happened."""
        if self.value() == "failed":
            return queryset.filter(last_error_at__gt=timezone.now() - RECENT)
        if self.value() == "changed":
            return queryset.filter(rule_changed_at__gt=timezone.now() - QUIET)
        return queryset


class BadgeAdmin(BadgerAdmin):
    """Badges: those of code are looked at and completed, those of staff are written."""

    form = BadgeForm
    list_display = [
        "small_picture",
        "shown_title",
        "slug",
        "status",
        "health",
        "holders",
        "origin",
        "rank",
        "last_error_at",
    ]
    list_display_links = ["shown_title"]
    list_filter = ["status", "origin", RuleFilter, "secret", "tags"]
    search_fields = ["title", "slug", "description"]
    ordering = ["title", "id"]
    filter_horizontal = ["prerequisites", "tags"]
    actions = ["publish_badges", "disable_badges", "award_badge"]

    class Media:
        css = {"all": ["badger/admin.css"]}

    # --- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Badge]:
        """Return what this member of the staff may see: drafts and secret badges are for those who change badges."""
        ordering = self.get_ordering(request)
        return Badge.objects.visible_to(request.user).order_by(*ordering)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Count holders for the page that is shown."""
        return BadgeChangeList

    @admin.display(description=gettext_lazy("picture"))
    def small_picture(self, badge: Badge) -> str:
        """Return the picture that people see, as large as a line allows."""
        return picture_html(badge, side=40)

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def shown_title(self, badge: Badge) -> str:
        """Return the title in the reader's language."""
        return wording.title(badge)

    @admin.display(description=gettext_lazy("series and tier"), ordering="series")
    def rank(self, badge: Badge) -> str:
        """Return series and tier, as far as there are any."""
        return " · ".join(word for word in (badge.series, badge.tier) if word)

    @admin.display(description=gettext_lazy("recipients"))
    def holders(self, badge: Any) -> str:
        """Return how many people hold it, with the way to their awards for those who may see these."""
        if not badge.address_of_awards:
            return str(badge.holders)
        return format_html('<a href="{}">{}</a>', badge.address_of_awards, badge.holders)

    @admin.display(description=gettext_lazy("rule errors"), ordering="errors")
    def health(self, badge: Badge) -> str:
        """Return how often its rule failed, and how at last; nothing where it never did."""
        return f"{badge.errors} · {shortened(badge.last_error)}" if badge.errors else ""

    # --- the form

    def get_fieldsets(self, request: HttpRequest, obj: Badge | None = None) -> Any:
        """Return what can be written; of a badge that exists also what is known."""
        return WRITTEN if obj is None else WRITTEN + KNOWN

    def get_readonly_fields(self, request: HttpRequest, obj: Badge | None = None) -> Any:
        """Return what cannot be written: of a declared badge whatever its declaration states."""
        if obj is None:
            return []
        nobody_writes = fixed(obj)
        return [name for name in of_all(WRITTEN) if name in nobody_writes] + of_all(KNOWN)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Badge | None = None) -> Any:
        """Suggest a slug while the title of a new badge is typed."""
        return {"slug": ["title"]} if obj is None else {}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer as prerequisites what this member of the staff may see."""
        if db_field.name == "prerequisites":
            kwargs["queryset"] = self.get_queryset(request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the way to awarding it, what it was awarded so far, and how its rule is doing."""
        badge: Badge | None = kwargs.get("obj")
        if badge is not None:
            now = timezone.now()
            context["over_time"] = over_time(badge, awards_for(request.user, Award.objects.all()), at=now)
            if policies.may_manage(request.user):  # it counts hidden awards, too
                context["health"] = health([badge], at=now)[badge.pk]
        if badge is not None and badge.is_published and self.has_award_permission(request):
            context["tools"] = [(_("Award to people…"), self._address_of_awarding(badge))]
        return super().render_change_form(request, context, *args, **kwargs)

    def _address_of_awarding(self, badge: Badge) -> str:
        return f"{reverse('admin:badger_award_add', current_app=self.admin_site.name)}?badge={badge.pk}"

    @admin.display(description=gettext_lazy("what people see"))
    def picture(self, badge: Badge) -> str:
        """Return the picture that people see: uploaded, named by code, or drawn."""
        return picture_html(badge, side=128)

    @admin.display(description=gettext_lazy("what it takes"))
    def what_it_takes(self, badge: Badge) -> str:
        """Return what people read about how to earn it."""
        return wording.criteria(badge)

    @admin.display(description=gettext_lazy("created by"))
    def maker(self, badge: Badge) -> str:
        """Return what its maker is called; nothing where it has none."""
        return display_of(badge.created_by) if badge.created_by else ""

    def save_model(self, request: HttpRequest, obj: Badge, form: Any, change: bool) -> None:  # noqa: FBT001  as Django calls it
        """Save what was changed and nothing else: errors are counted meanwhile. Its status goes through the doors."""
        wanted, columns = obj.status, [*{*form.changed_data} & {field.name for field in obj._meta.fields}]
        if change:
            obj.status = form.initial.get("status", wanted)
            obj.save(update_fields=[*{*columns} - {"status"}, "updated_at"])
        else:
            obj.origin, obj.created_by, obj.status = Badge.Origin.SITE, request.user, Badge.Status.DRAFT  # type: ignore[assignment]
            obj.save()
        if wanted != obj.status:
            published = wanted == Badge.Status.PUBLISHED
            answer = (publish if published else disable)(obj, by=request.user)
            if answer:
                logged(request, [obj], _("Published.") if published else _("Disabled."))
            if isinstance(answer, Refused):
                self.message_user(request, answer.text, messages.WARNING)
        if "status" in form.changed_data:
            form.changed_data.remove("status")  # its history is written above, and only of what came to pass

    def log_change(self, request: HttpRequest, obj: Badge, message: Any) -> Any:
        """Write into the history what was changed; nothing where nothing was, or what is written already."""
        return super().log_change(request, obj, message) if message else None

    # --- deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what would go with these badges, in numbers; those that were awarded are in the way.

        Django's own answer fetches every award and every person's progress.
        """
        badges = list(objs)
        awarded = dict(
            Award.objects.filter(badge__in=badges).order_by().values_list("badge").annotate(Count("pk"))
        )  # fmt: skip
        in_the_way = [_in_the_way(badge, awarded[badge.pk]) for badge in badges if badge.pk in awarded]
        counts = {Badge._meta.verbose_name_plural: len(badges)}
        for model in (Progress, Run):
            number = model._default_manager.filter(badge__in=badges).count()
            counts |= {model._meta.verbose_name_plural: number} if number else {}
        return [wording.title(badge) for badge in badges], counts, set(), in_the_way

    # --- actions

    def has_award_permission(self, request: HttpRequest) -> bool:
        """Whoever may add awards."""
        user: Any = request.user
        return bool(user.has_perm("badger.add_award"))

    @admin.action(permissions=["change"], description=gettext_lazy("Publish selected badges"))
    def publish_badges(self, request: HttpRequest, queryset: QuerySet[Badge]) -> None:
        """Let them be earned from now on."""
        self._decide(request, [publish(badge, by=request.user) for badge in queryset], _("Published."))

    @admin.action(permissions=["change"], description=gettext_lazy("Disable selected badges"))
    def disable_badges(self, request: HttpRequest, queryset: QuerySet[Badge]) -> None:
        """Let them be earned no more."""
        self._decide(request, [disable(badge, by=request.user) for badge in queryset], _("Disabled."))

    def _decide(self, request: HttpRequest, answers: Iterable[Any], note: str) -> None:
        done = [answer for answer in answers if answer]
        logged(request, [answer.badge for answer in done], note)
        told(self, request, [answer.text for answer in done], messages.SUCCESS)
        told(self, request, [answer.text for answer in answers if not answer], messages.WARNING)

    @admin.action(permissions=["award"], description=gettext_lazy("Award the selected badge to people…"))
    def award_badge(self, request: HttpRequest, queryset: QuerySet[Badge]) -> HttpResponse | None:
        """Ask whom to award it to."""
        badges = list(queryset[:2])
        if len(badges) > 1:
            self.message_user(request, _("Select one badge to award."), messages.WARNING)
            return None
        if not badges[0].is_published:
            words = _("This badge cannot be earned: it is %(status)s.") % {"status": badges[0].get_status_display()}
            self.message_user(request, words, messages.WARNING)
            return None
        return HttpResponseRedirect(self._address_of_awarding(badges[0]))


def _in_the_way(badge: Badge, number: int) -> str:
    words = ngettext(
        "“%(badge)s” was awarded %(n)s time: disable it instead.",
        "“%(badge)s” was awarded %(n)s times: disable it instead.",
        number,
    )
    return words % {"badge": wording.title(badge), "n": number}
