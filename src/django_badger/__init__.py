"""Badges for Django sites: declare them in ``badges.py``, and people earn them.

    from django_badger import badge, rules

``badge`` declares, ``rules`` says when. Award by hand, record events and report progress with
:mod:`django_badger.awarding`.
"""

from django_badger import rules
from django_badger.declaring import badge
from django_badger.definitions import Declaration, Tiers

__version__ = "0.1.0.dev0"

__all__ = ["Declaration", "Tiers", "badge", "rules"]
