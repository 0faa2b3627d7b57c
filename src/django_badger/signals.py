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

#: A run awarded something to somebody, told once a person (``notify="digest"``). Arguments: ``run``, ``recipient``,
#: ``awards``. Sender: ``django_badger.models.Run``.
badges_awarded = Signal()

#: An award that somebody knew of was taken back, because its run was undone. Arguments: ``award``.
#: Sender: ``django_badger.models.Award``.
badge_retracted = Signal()

#: An award lapsed, because its rule is no longer true. Arguments: ``award``. Sender: ``django_badger.models.Award``.
badge_lapsed = Signal()

#: An award expires soon. Arguments: ``award``, ``expires_at``. Sender: ``django_badger.models.Award``.
badge_expiring = Signal()

#: An award was renewed. Arguments: ``award``, ``by``, ``reason``, ``anew`` (whether it is a new award, in place of one
#: that had expired). Sender: ``django_badger.models.Award``.
badge_renewed = Signal()

#: A badge can be earned from now on. Arguments: ``badge``. Sender: ``django_badger.models.Badge``.
badge_published = Signal()

#: Somebody came closer to a badge. Arguments: ``badge`` (its slug), ``user_id``, ``occasion``, ``current``, ``goal``.
#: Sender: ``django_badger.models.Badge``.
progressed = Signal()
