"""Friendships and trainings, through the flows of the campus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.models import User

from campus import flows
from campus.models import Friendship, Training
from example.filling import words
from example.filling.accounts import Cast
from example.filling.chance import Chance
from example.filling.timeline import Happening

#: How many lessons a training has.
LESSONS = 100 // flows.LESSON


def friendships(chance: Chance, cast: Cast, *, number: int) -> Iterator[Happening]:
    """Yield invitations; four of five are accepted within some days."""
    pairs: set[frozenset[int]] = set()
    inviters, invitees = chance.often(cast.crowd, number), chance.often(cast.crowd, number)
    for inviter, invitee in zip(inviters, invitees, strict=True):
        pair = frozenset({inviter.pk, invitee.pk})
        if inviter == invitee or pair in pairs:
            continue
        pairs.add(pair)
        at = chance.moment(max(inviter.date_joined, invitee.date_joined))
        yield Happening(at, partial(flows.invite, inviter, invitee, at=at))
        accepted = chance.soon(at, days=6) if chance.happens(0.8) else None
        if accepted is not None:
            yield Happening(accepted, partial(_accept, inviter, invitee, accepted))
    for inviter in cast.crowd[1:3]:
        yesterday = chance.now - timedelta(hours=20)
        yield Happening(yesterday, partial(flows.invite, inviter, cast.nora, at=yesterday))


def _accept(inviter: User, invitee: User, at: datetime) -> None:
    flows.accept(Friendship.objects.select_related("inviter", "invitee").get(inviter=inviter, invitee=invitee), at=at)


def trainings(chance: Chance, cast: Cast, *, number: int) -> Iterator[Happening]:
    """Yield enrolments, their lessons and exams; not everybody comes that far."""
    offered = [Training.objects.get_or_create(code=code, defaults={"title": title, "summary": summary})[0]
               for title, code, summary in words.TRAININGS]  # fmt: skip
    pairs: set[tuple[int, int]] = set()
    for learner in chance.often(cast.crowd, number):
        training = chance.random.choice(offered)
        if (learner.pk, training.pk) in pairs:
            continue
        pairs.add((learner.pk, training.pk))
        yield from _course(chance, training, learner)


def _course(chance: Chance, training: Training, learner: User) -> Iterator[Happening]:
    enrolled = chance.moment(learner.date_joined)
    yield Happening(enrolled, partial(flows.enrol, training, learner))
    lessons = chance.random.choices(range(LESSONS + 1), [2, 2, 2, 1, 1, 8])[0]
    pace = chance.random.choice([1.2, 3, 9])
    at: datetime | None = enrolled
    for _number in range(lessons):
        at = chance.soon(at, days=pace) if at else None
        if at:
            yield Happening(at, partial(_lesson, training, learner, at))
    exam = chance.soon(at, days=pace) if at and lessons == LESSONS else None
    if exam and chance.happens(0.85):
        yield Happening(exam, partial(_exam, training, learner, exam))


def _lesson(training: Training, learner: User, at: datetime) -> None:
    flows.do_lesson(flows.enrol(training, learner), at=at)


def _exam(training: Training, learner: User, at: datetime) -> None:
    flows.finish(flows.enrol(training, learner), at=at)
