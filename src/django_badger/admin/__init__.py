"""The admin: found by Django where ``django.contrib.admin`` is installed; nothing else needs it."""

from django.contrib import admin

from django_badger.admin.awards import AwardAdmin
from django_badger.admin.badges import BadgeAdmin
from django_badger.admin.progress import ProgressAdmin
from django_badger.admin.runs import RunAdmin
from django_badger.admin.tags import TagAdmin
from django_badger.models import Award, Badge, Progress, Run, Tag

admin.site.register(Badge, BadgeAdmin)
admin.site.register(Award, AwardAdmin)
admin.site.register(Progress, ProgressAdmin)
admin.site.register(Run, RunAdmin)
admin.site.register(Tag, TagAdmin)
