"""guestbook/receivers.py: tell people of their awards."""

from typing import Any

from django.core.mail import send_mail
from django.dispatch import receiver

from django_badger.models import Award
from django_badger.signals import badge_awarded
from django_badger.wording import award_title


@receiver(badge_awarded)
def congratulate(award: Award, **_rest: Any) -> None:
    person = award.recipient
    if person.email:
        send_mail(f"You earned “{award_title(award)}”", "Well done!", None, [person.email])
