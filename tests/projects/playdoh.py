"""The site with everything, but Jinja2 comes first: every page is drawn from the playdoh set."""

from tests.projects.everything import *

TEMPLATES = [PLAYDOH, VANILLA]
