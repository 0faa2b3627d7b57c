"""campus/badges.py: writing, friends and learning, and badges for holding badges."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campus.models import Comment, Enrolment, Friendship, Post
from django_badger import badge, rules
from django_badger.events import Event

PUBLISHED = Q(status=Post.Status.PUBLISHED)
DAYS_OF_A_FAST_LEARNER = 7

# --- writing ---------------------------------------------------------------------------------------------------------

# A draft earns nothing; publishing it later does, because the rule reads the row and not the event.
published = badge(
    "published",
    title=_("Published"),
    description=_("You had something to say, and said it."),
    tags=["campus"],
    when=rules.created(Post, by="author", where=PUBLISHED),
)

conversation = badge.tiers(
    "conversation",
    title=_("Good conversation ({tier})"),
    description=_("People read on because of what you answer."),
    tags=["campus"],
    measure=rules.count(Comment, by="author"),
    bronze=5,
    silver=25,
    gold=75,
)

# Ten comments below one post are one: distinct counts the posts.
all_ears = badge(
    "all-ears",
    title=_("All ears"),
    description=_("You have read what the others wrote."),
    criteria=_("Comment on ten different posts."),
    tags=["campus"],
    when=rules.distinct(Comment, "post", by="author", reaches=10),
)

# "&": both at once.
give_and_take = badge(
    "give-and-take",
    title=_("Give and take"),
    description=_("You write, and you answer."),
    tags=["campus"],
    when=rules.count(Post, by="author", where=PUBLISHED, reaches=3) & rules.count(Comment, by="author", reaches=10),
)

# "|": either will do; each= gives it once for each month in which it was so.
busy_month = badge(
    "busy-month",
    title=_("Busy month {occasion}"),
    description=_("The campus hummed."),
    tags=["campus"],
    when=rules.count(Comment, by="author", reaches=8, each=rules.month("created_at"))
    | rules.count(Post, by="author", where=PUBLISHED, reaches=3, each=rules.month("created_at")),
)

# --- friends ---------------------------------------------------------------------------------------------------------


# A function may answer with several people: a friendship is good news for both.
@badge(
    "good-company",
    title=_("In good company"),
    description=_("One friend is enough to feel at home."),
    criteria=_("Make a friend: invite somebody, or accept an invitation."),
    tags=["friends"],
    on=rules.event("friendship.accepted"),
)
def good_company(event: Event) -> list[User]:
    """Return both sides of an accepted friendship."""
    return _both_sides(event)


@badge(
    "well-connected",
    title=_("Well connected"),
    description=_("Wherever you sit down, somebody waves."),
    criteria=_("Have eight friends."),
    tags=["friends"],
    on=rules.event("friendship.accepted"),
)
def well_connected(event: Event) -> list[User]:
    """Return those of the two who have eight friends now."""
    enough = 8
    return [one for one in _both_sides(event) if Friendship.objects.of(one).accepted().count() >= enough]


def _both_sides(event: Event) -> list[User]:
    return [event.subject.inviter, event.subject.invitee]


# The trigger of a function can be a new row, too.
@badge(
    "outgoing",
    title=_("Outgoing"),
    description=_("Somebody has to take the first step."),
    criteria=_("Invite five people."),
    tags=["friends"],
    on=rules.created(Friendship),
)
def outgoing(friendship: Friendship) -> User | None:
    """Return who sent the fifth invitation."""
    enough = 5
    inviter = friendship.inviter
    return inviter if Friendship.objects.filter(inviter=inviter).count() >= enough else None


# --- learning --------------------------------------------------------------------------------------------------------

# each= with a field: once for each training.
graduate = badge(
    "graduate",
    title=_("Graduate"),
    description=_("A whole training, from the first lesson to the exam."),
    criteria=_("Pass a training. Every training counts."),
    tags=["learning"],
    when=rules.created(Enrolment, by="learner", where=Q(state=Enrolment.State.DONE), each="training", at="passed_at"),
)

# Adds up a number: five hundred percent are five trainings, or ten halves.
thirst = badge(
    "thirst-for-knowledge",
    title=_("Thirst for knowledge"),
    description=_("There is always one more lesson."),
    criteria=_("Collect 300 percent over all your trainings."),
    tags=["learning"],
    when=rules.total(Enrolment, "progress", by="learner", reaches=300),
)

# A named event, and a condition on what was recorded with it.
fast_learner = badge(
    "fast-learner",
    title=_("Fast learner"),
    description=_("You hardly put it down."),
    tags=["learning"],
    when=rules.event(
        "training.passed",
        where=lambda event: event.data["days"] <= DAYS_OF_A_FAST_LEARNER,
        text=_("Pass a training within a week of its first lesson."),
    ),
)

# Progress that the site reports: each lesson once.
diligent = badge(
    "diligent",
    title=_("Diligent"),
    description=_("Lesson by lesson."),
    criteria=_("Do ten lessons."),
    tags=["learning"],
    progress=10,
)

# --- badges for badges -----------------------------------------------------------------------------------------------

all_rounder = badge(
    "all-rounder",
    title=_("All-rounder"),
    description=_("A pen, a friend and a book."),
    tags=["campus", "friends", "learning"],
    when=rules.at_least(2, published, good_company, graduate),
)

pillar = badge(
    "pillar-of-the-campus",
    title=_("Pillar of the campus"),
    description=_("It would not be the same without you."),
    tags=["campus", "friends", "learning"],
    when=rules.has_all(conversation.silver, well_connected, graduate),
)
