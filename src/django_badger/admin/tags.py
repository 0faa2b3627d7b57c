"""Tags: written."""

from django_badger.admin.base import BadgerAdmin


class TagAdmin(BadgerAdmin):
    """Words that badges are found by."""

    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    ordering = ["name", "id"]
    prepopulated_fields = {"slug": ["name"]}
