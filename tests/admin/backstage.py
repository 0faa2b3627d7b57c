"""Two admin sites: links lead to where one is."""

from django.contrib import admin
from django.urls import path

from django_badger.admin.awards import AwardAdmin
from django_badger.admin.runs import RunAdmin
from django_badger.models import Award, Run

site = admin.AdminSite(name="backstage")
site.register(Award, AwardAdmin)
site.register(Run, RunAdmin)
urlpatterns = [path("admin/", admin.site.urls), path("backstage/", site.urls)]
