"""How Sphinx makes the documentation."""

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
# The examples are those of the tests' guestbook; autodoc reads the package with Django set up.
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.projects.everything")
django.setup()

project = "django-badger"
author = "django-badger contributors"
copyright = author
release = installed_version("django-badger")
version = ".".join(release.split(".")[:2])

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
templates_path: list[str] = []
html_theme = "furo"
html_title = "django-badger"
html_theme_options = {"source_repository": "", "navigation_with_keys": True}
html_show_sphinx = False

# Documentation in prose; types in the signatures are told once, below them.
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_default_options = {"show-inheritance": False}

doctest_test_doctest_blocks = "default"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def setup(app: object) -> None:
    """Give settings, checks and signals a name that can be linked to: :setting:`BADGER_PAGE_SIZE`."""
    for kind in ("setting", "check", "signal", "command"):
        app.add_crossref_type(kind, kind, indextemplate=f"pair: %s; {kind}")  # type: ignore[attr-defined]
