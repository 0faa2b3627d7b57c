"""Signals: past tense, sent after commit, once for each thing that happened.

A receiver that raises is logged; the others still run, and the host's request goes on.
"""

from django.dispatch import Signal

#: An award was made. Arguments: ``award``. Sender: ``django_badger.models.Award``.
badge_awarded = Signal()

#: An award was revoked. Arguments: ``award``. Sender: ``django_badger.models.Award``.
badge_revoked = Signal()

#: A revoked award stands again. Arguments: ``award``. Sender: ``django_badger.models.Award``.
badge_reinstated = Signal()

#: A badge can be earned from now on. Arguments: ``badge``. Sender: ``django_badger.models.Badge``.
badge_published = Signal()

#: Somebody came closer to a badge. Arguments: ``badge`` (its slug), ``user_id``, ``occasion``, ``current``, ``goal``.
#: Sender: ``django_badger.models.Badge``.
progressed = Signal()
