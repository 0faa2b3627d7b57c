"""The campus in the admin."""

from django.contrib import admin

from campus.models import Comment, Enrolment, Friendship, Post, Training


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    """Posts."""

    list_display = ["title", "author", "status", "created_at"]
    list_filter = ["status"]
    list_select_related = ["author"]
    search_fields = ["title", "author__username"]
    raw_id_fields = ["author"]


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    """Comments."""

    list_display = ["__str__", "author", "post", "created_at"]
    list_select_related = ["author", "post"]
    raw_id_fields = ["author", "post"]


@admin.register(Friendship)
class FriendshipAdmin(admin.ModelAdmin):
    """Friendships."""

    list_display = ["inviter", "invitee", "invited_at", "accepted_at"]
    list_select_related = ["inviter", "invitee"]
    raw_id_fields = ["inviter", "invitee"]


@admin.register(Training)
class TrainingAdmin(admin.ModelAdmin):
    """Trainings."""

    list_display = ["title", "code"]
    search_fields = ["title", "code"]


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    """Enrolments."""

    list_display = ["learner", "training", "state", "progress", "passed_at"]
    list_filter = ["state", "training"]
    list_select_related = ["learner", "training"]
    raw_id_fields = ["learner"]
