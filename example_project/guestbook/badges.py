"""guestbook/badges.py: found at startup, like admin.py."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from django_badger import badge, rules
from guestbook.models import Entry

# Earned by the first public entry. Wakes on Entry only; one probe query; the same query grouped is the backfill.
first_post = badge(
    "first-post",
    title=_("First post!"),
    description=_("You signed the guestbook."),
    image="guestbook/badges/first-post.png",
    image_alt=_("A golden rosette with a quill."),
    tags=["guestbook"],
    when=rules.created(Entry, by="author", where=Q(is_public=True)),
)

# Progress comes with the rule: 120 of 250 words. earned_at is the entry that crossed the line.
wordsmith = badge(
    "250-words",
    title=_("250 words"),
    description=_("Enough for a short story, and it is in our book."),
    tags=["guestbook"],
    when=rules.total(Entry, "word_count", by="author", reaches=250),
)

# Bronze, silver, gold of one thing, from one measure and one query.
regular = badge.tiers(
    "regular",
    title=_("Regular ({tier})"),
    description=_("The book falls open at your page."),
    tags=["guestbook"],
    measure=rules.count(Entry, by="author"),
    bronze=10,
    silver=100,
    gold=1000,
)

# Once a year: the occasion is the year, and the database keeps it unique per year.
yearly = badge(
    "year-in-words",
    title=_("{occasion} regular"),
    description=_("Thirty entries between one New Year and the next."),
    tags=["guestbook"],
    when=rules.count(Entry, by="author", reaches=30, each=rules.year("created_at")),
)

# A meta-badge; any two of three would be rules.at_least(2, …).
master_badger = badge(
    "master-badger",
    title=_("Master Badger"),
    description=_("At home in the guestbook."),
    tags=["guestbook"],
    when=rules.has_all(first_post, wordsmith),
)


# Custom logic is a function of what happened; it answers with whom to award (one, several, none).
@badge(
    "night-owl",
    title=_("Night owl"),
    description=_("Badgers are out at night, and so are you."),
    criteria=_("Write an entry before five in the morning."),
    secret=True,
    tags=["guestbook"],
    on=rules.created(Entry),
)
def night_owl(entry: Entry) -> User | None:
    """Return the author of an entry that was written before five."""
    return entry.author if entry.created_at.hour < 5 else None  # noqa: PLR2004  five in the morning


# Custom logic over everybody is a queryset of users; it can be backfilled, and it may lapse.
top_of_the_month = badge(
    "top-ten",
    title=_("Top ten"),
    description=_("Nobody wrote more often."),
    tags=["guestbook"],
    when=rules.every(lambda: Entry.objects.top_authors(limit=10), text=_("Be among the ten busiest authors.")),
    retention="while_true",
)

# Progress that the host reports itself.
button_clicker = badge(
    "button-clicker",
    title=_("Button clicker"),
    description=_("You know where the badger likes to be scratched."),
    criteria=_("Stroke the badger ten times."),
    tags=["guestbook"],
    progress=10,
)
