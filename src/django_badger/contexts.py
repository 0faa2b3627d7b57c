"""What each page hands to its templates: this is the template contract, the same for both template sets.

A page is a frozen dataclass; each of its fields is a variable of the page's template. Nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.safestring import SafeString

from django_badger.medal import Medal
from django_badger.models import Award, Badge


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A point in time."""

    #: The moment for machines: ``2026-11-21T09:30:00+01:00``.
    iso: str
    #: The day for people, in their language and time zone.
    text: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link to another page."""

    #: What it says.
    text: str
    #: Where it leads.
    url: str
    #: Whether that is the page one is on.
    current: bool = False
    #: How many things are there; None: not counted.
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A badge's image: a file, or a medal to be drawn."""

    #: The address of the file; empty: draw the medal.
    url: str
    #: What it shows, in words.
    alt: str
    #: Shape, colours and letters; None where there is a file.
    medal: Medal | None
    #: The same image in several sizes, as ``srcset`` has them; empty: there is one size.
    srcset: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody, as they are called on pages."""

    #: The account; None: it was deleted.
    user: Any
    #: What they are called.
    name: str
    #: The address of their page; empty: they have none.
    url: str


@dataclass(frozen=True, kw_only=True)
class State:
    """How a badge and one person stand."""

    #: ``earned``, ``started``, ``open`` (not begun), or empty: nobody asks, or it cannot be earned.
    kind: str = ""
    #: The same in words: "Earned on …", "48 percent done", "Not earned yet".
    text: str = ""
    #: When it was last earned, or None.
    earned: Moment | None = None
    #: How often it was earned.
    times: int = 0
    #: How much is done, from 0 to 100.
    percent: int = 0


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One line of why, or why not, with its parts below it."""

    #: What it takes.
    text: str
    #: Whether it is fulfilled.
    holds: bool
    #: How far it is: "120 of 250"; empty where it is a matter of yes or no.
    numbers: str
    #: How much of it is done, from 0 to 100.
    percent: int
    #: Since when it is fulfilled, or None.
    since: Moment | None
    #: What it is made of.
    parts: Sequence[Reason]


@dataclass(frozen=True, kw_only=True)
class BadgeCard:
    """A badge in a list."""

    #: The row itself.
    badge: Badge
    #: What it is called, in the reader's language.
    title: str
    #: What it says about itself.
    description: str
    #: The address of its page.
    url: str
    #: Its image.
    picture: Picture
    #: Its tags.
    tags: Sequence[Link]
    #: What is special about it: that it is a draft, disabled or secret; empty for most.
    note: str
    #: How the reader, or the person in question, stands.
    state: State
    #: Which share of people hold it: "Held by 3 % of people"; empty where nobody does, or it was not asked for.
    rarity: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A badge among those of its series."""

    #: The badge.
    card: BadgeCard
    #: Whether the page is about it.
    current: bool


@dataclass(frozen=True, kw_only=True)
class Share:
    """What other sites show of a page that is linked there."""

    #: What it is called.
    title: str
    #: What it is about; may be empty.
    description: str
    #: Its whole address.
    url: str
    #: The whole address of a picture.
    image: str
    #: What that shows, in words.
    image_alt: str


@dataclass(frozen=True, kw_only=True)
class AwardRow:
    """An award in a list."""

    #: The row itself.
    award: Award
    #: What the badge is called, for the occasion it was awarded for.
    title: str
    #: The address of the award's page.
    url: str
    #: The address of the badge's page.
    badge_url: str
    #: The badge's image.
    picture: Picture
    #: Who has it.
    recipient: Person
    #: When it was earned.
    earned: Moment
    #: When it was awarded: later, where a badge counts what was done before it was there. Lists are in this order.
    awarded: Moment
    #: How often that person earned this badge, where repeats are shown as one.
    times: int = 1
    #: Whether its holder shows it first.
    pinned: bool = False
    #: Where its holder says how it is shown, by POST; empty: the reader is somebody else, or chooses elsewhere.
    choose_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Where one is in a list that has numbered pages."""

    #: This page, and how many there are.
    number: int
    count: int
    #: The addresses of the page before and the page after; empty: there is none.
    previous_url: str
    next_url: str


@dataclass(frozen=True, kw_only=True)
class Older:
    """Where one is in a list that goes back in time."""

    #: The address of what is older; empty: nothing is.
    older_url: str
    #: The address of the newest; empty: one is there.
    newest_url: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """What went wrong with a badge's rule. For those who manage badges."""

    #: How often.
    errors: int
    #: The last error.
    text: str
    #: When that was, or None.
    at: Moment | None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One thing that speaks for an award."""

    #: In words.
    text: str
    #: Where it can be seen; empty: nowhere.
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class FeedLink:
    """A feed of what a page shows, for programs that look for one."""

    #: What it is called: "Latest awards (Atom)".
    title: str
    #: Where it is.
    url: str
    #: Its media type: ``application/atom+xml``.
    type: str


# --- pages -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Page:
    """What every page has."""

    #: What the page is about: its title and heading.
    heading: str
    #: The links to the main pages.
    badge_menu: Sequence[Link]
    #: What other apps add to this page (see ``django_badger.sections``).
    badge_sections: Sequence[SafeString] = ()
    #: What other sites show of the page; None: it is not made to be shared.
    share: Share | None = None
    #: The feeds of what is shown, one a format, Atom first; empty where there is none that a visitor could read.
    feeds: Sequence[FeedLink] = ()

    def variables(self) -> dict[str, Any]:
        """Return the fields as variables of the template."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True)
class BadgeListPage(Page):
    """``badger/badge_list.html``: the badges, all or of one tag."""

    #: The badges.
    cards: Sequence[BadgeCard]
    #: How many there are, on all pages.
    count: int
    #: What was searched for.
    query: str
    #: The status asked for; empty: any.
    status: str
    #: The statuses that the reader can ask for.
    statuses: Sequence[Link]
    #: The tags of badges that the reader can see.
    tags: Sequence[Link]
    #: The series asked for; empty: all.
    series: str
    #: How many badges there are that the reader has to find; told on the last page of all badges.
    mysteries: int
    #: Something to tell the reader, about what they asked for.
    notice: str
    #: Where one is.
    paging: Paging


@dataclass(frozen=True, kw_only=True)
class BadgeDetailPage(Page):
    """``badger/badge_detail.html``: one badge."""

    #: The badge, with how the reader stands.
    card: BadgeCard
    #: What it takes, in words; may be empty.
    criteria: str
    #: From when to when it can be earned, in words; empty: always.
    period: str
    #: The badges of its series, the easiest first; empty: it is in none.
    series: Sequence[Step]
    #: The address of the list of its series.
    series_url: str
    #: The reader's own awards of it, the newest first.
    own_awards: Sequence[AwardRow]
    #: Why, or why not yet; None for visitors, and where the criteria say it all.
    reason: Reason | None
    #: The newest awards of it, one a person.
    holders: Sequence[AwardRow]
    #: How many people hold it: "12 people have it."
    holder_count: str
    #: The address of the list of all its awards.
    awards_url: str
    #: What went wrong with its rule; None for readers who do not manage badges, and where nothing did.
    health: Health | None


@dataclass(frozen=True, kw_only=True)
class BadgeAwardsPage(Page):
    """``badger/award_list_of_badge.html``: the awards of one badge, the newest first."""

    #: The badge.
    card: BadgeCard
    #: The awards.
    rows: Sequence[AwardRow]
    #: Where one is.
    older: Older


@dataclass(frozen=True, kw_only=True)
class AwardListPage(Page):
    """``badger/award_list.html``: the awards of everybody, the newest first."""

    #: The awards.
    rows: Sequence[AwardRow]
    #: Where one is.
    older: Older


@dataclass(frozen=True, kw_only=True)
class AwardDetailPage(Page):
    """``badger/award_detail.html``: one award."""

    #: The award.
    row: AwardRow
    #: What the badge says about itself.
    description: str
    #: By which road it came: "Awarded by Ada"; with the address of that person, empty where there is none.
    route: Link
    #: Why, as whoever awarded it wrote it; may be empty.
    reason: str
    #: What speaks for it.
    evidence: Sequence[Evidence]
    #: For which time it was earned: "2026"; empty: it can be earned once.
    occasion: str
    #: Until when it is valid, or None.
    expires: Moment | None
    #: When it lapses, because its rule is no longer true, unless it is true again before; None: it is true.
    lapses: Moment | None
    #: Whether only its holder can see it.
    hidden: bool
    #: The same person's other awards of this badge, the newest first.
    others: Sequence[AwardRow]


@dataclass(frozen=True, kw_only=True)
class PersonPage(Page):
    """``badger/person.html``: one person's awards."""

    #: The person.
    person: Person
    #: Whether the reader is that person.
    is_own: bool
    #: The awards: pinned ones first, then the newest; repeats of one badge are one row.
    rows: Sequence[AwardRow]
    #: How many different badges they have.
    count: int
    #: The badges the person is closest to; empty for readers who are not that person and do not manage badges.
    next_cards: Sequence[BadgeCard]
    #: Where the reader chooses what others see; empty: this is somebody else's page.
    showcase_url: str
    #: Where one is.
    paging: Paging


@dataclass(frozen=True, kw_only=True)
class ShowcasePage(Page):
    """``badger/showcase.html``: what the reader lets others see."""

    #: The reader.
    person: Person
    #: Whether nobody else sees any of their awards.
    hidden: bool
    #: Whether they are in no list of several people.
    unlisted: bool
    #: The awards they show first, in their order.
    pins: Sequence[AwardRow]
    #: All their awards, the newest first.
    rows: Sequence[AwardRow]
    #: What came of their last choice; empty: they made none just now.
    notice: str
    #: The address of this page, to come back to.
    here: str
    #: Where one is.
    older: Older
