"""guestbook/expiry.py: tell people that a badge of theirs expires soon."""

from datetime import datetime
from typing import Any

from django.core.mail import send_mail
from django.dispatch import receiver

from django_badger.models import Award
from django_badger.signals import badge_expiring
from django_badger.wording import award_title


@receiver(badge_expiring)
def remind(award: Award, expires_at: datetime, **_rest: Any) -> None:
    person = award.recipient
    if person.email:
        send_mail(f"“{award_title(award)}” expires on {expires_at:%d %B %Y}", "Renew it!", None, [person.email])
