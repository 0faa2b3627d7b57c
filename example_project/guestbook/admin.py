"""The guestbook in the admin."""

from django.contrib import admin

from guestbook.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Entries: what was written, by whom, and when."""

    list_display = ["__str__", "author", "word_count", "is_public", "created_at"]
    list_filter = ["is_public"]
    list_select_related = ["author"]
    date_hierarchy = "created_at"
    search_fields = ["message", "author__username"]
    raw_id_fields = ["author"]
    readonly_fields = ["word_count", "created_at"]
