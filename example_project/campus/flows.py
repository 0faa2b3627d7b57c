"""What happens on the campus when somebody presses a button: views and the demo go through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from campus.badges import diligent
from campus.models import Enrolment, Friendship, Training
from django_badger.awarding import progress, record

#: How much one lesson adds to the progress of a training, in percent.
LESSON = 20


def invite(inviter: User, invitee: User, *, at: datetime) -> Friendship | None:
    """Invite somebody; return the new friendship, or None where there is one already, from whichever side."""
    if inviter.pk == invitee.pk or Friendship.objects.between(inviter, invitee).exists():
        return None
    try:
        with transaction.atomic():
            return Friendship.objects.create(inviter=inviter, invitee=invitee, invited_at=at)
    except IntegrityError:  # pressed twice at once
        return None


def accept(friendship: Friendship, *, at: datetime) -> None:
    """Accept an invitation. It counts for both; see the badges of the campus."""
    friendship.accepted_at = at
    friendship.save(update_fields=["accepted_at"])
    record("friendship.accepted", user=friendship.invitee, subject=friendship, at=at)


def enrol(training: Training, learner: Any) -> Enrolment:
    """Enrol somebody, or find that they are enrolled."""
    enrolment, _new = Enrolment.objects.get_or_create(training=training, learner=learner)
    return enrolment


def do_lesson(enrolment: Enrolment, *, at: datetime) -> Enrolment:
    """Do the next lesson, where there is one left; return how far that brought the learner."""
    with transaction.atomic():
        current = Enrolment.objects.select_for_update().select_related("learner").get(pk=enrolment.pk)
        if current.is_learnt:
            return current
        current.state = Enrolment.State.ACTIVE
        current.started_at = current.started_at or at
        current.progress = min(100, current.progress + LESSON)
        if current.progress == 100:  # noqa: PLR2004  percent
            current.completed_at = at
        current.save()
        progress(diligent, current.learner).increment(1, key=f"lesson:{current.pk}:{current.progress}")
    return current


def finish(enrolment: Enrolment, *, at: datetime) -> bool:
    """Take the exam of a training whose lessons are done; return whether it was passed now."""
    with transaction.atomic():
        current = Enrolment.objects.select_for_update().select_related("learner").get(pk=enrolment.pk)
        if not current.is_learnt or current.passed_at is not None:
            return False
        current.state = Enrolment.State.DONE
        current.passed_at = at
        current.save()
        record("training.passed", user=current.learner, subject=current, at=at, days=current.days(at))
    return True
