"""The site with everything and a user model of its own, whose keys are UUIDs."""

from tests.projects.everything import *

INSTALLED_APPS = ["people", *INSTALLED_APPS]
AUTH_USER_MODEL = "people.Person"
