"""The formats: Atom and RSS as Django writes them, JSON Feed 1.1 and Activity Streams 2.0 as JSON."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed, rfc3339_date

from django_badger.feeds.activities import activity_of, without_empty
from django_badger.feeds.entries import PICTURE_TYPE, Entry
from django_badger.feeds.texts import html
from django_badger.parts.feeds import FORMATS

#: When an empty feed was updated. Atom wants a moment, and "now" would make it another feed at each request.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Feed(SyndicationFeed):
    """A feed of entries, in whatever format."""

    media_type: ClassVar[str]

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries, the newest first."""
        for entry in entries:
            author = entry.author
            self.add_item(
                entry.title, entry.url, html(entry.text), unique_id=entry.id, unique_id_is_permalink=False,
                author_name=author.name if author else None, author_link=(author.url or None) if author else None,
                pubdate=entry.published, updateddate=entry.updated, entry=entry,
                # How long a picture is, is known only once it is drawn: 0 stands for "not known".
                enclosures=[Enclosure(entry.badge.image, "0", PICTURE_TYPE)],
            )  # fmt: skip

    def latest_post_date(self) -> datetime:
        """Return when the newest entry was updated."""
        return super().latest_post_date() if self.items else NEVER


class Atom(Feed, Atom1Feed):
    """Atom, RFC 4287."""

    media_type = FORMATS["atom"][1]


class Rss(Feed, Rss201rev2Feed):
    """RSS 2.0."""

    media_type = FORMATS["rss"][1]


class JsonDocument(Feed):
    """A feed that is written as JSON."""

    @abstractmethod
    def document(self) -> dict[str, Any]:
        """Return what is written."""

    def write(self, outfile: Any, encoding: str) -> None:
        """Write it. Whatever the encoding: all that is not ASCII is escaped."""
        json.dump(self.document(), outfile)


class JsonFeed(JsonDocument):
    """JSON Feed 1.1."""

    media_type = FORMATS["json"][1]

    def document(self) -> dict[str, Any]:
        """Return the feed as its specification has it."""
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "description": self.feed["description"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"], "url": self.feed["author_link"]}],
            "items": [self._item(item["entry"]) for item in self.items],
        }

    def _item(self, entry: Entry) -> dict[str, Any]:
        author = entry.author
        picture = {"url": entry.badge.image, "mime_type": PICTURE_TYPE, "title": entry.badge.name}
        return without_empty(
            id=entry.id, url=entry.url, title=entry.title, content_text=entry.text or entry.title,
            image=entry.badge.image, date_published=rfc3339_date(entry.published),
            date_modified=rfc3339_date(entry.updated),
            authors=[without_empty(name=author.name, url=author.url)] if author else [],
            attachments=[picture],
        )  # fmt: skip


class Activities(JsonDocument):
    """Activity Streams 2.0."""

    media_type = FORMATS["activities"][1]

    def document(self) -> dict[str, Any]:
        """Return the feed as an ordered collection of activities."""
        site = {"type": "Service", "id": self.feed["author_link"], "name": self.feed["author_name"]}
        return {
            "@context": ["https://www.w3.org/ns/activitystreams", {"@language": self.feed["language"]}],
            "type": "OrderedCollection",
            "id": self.feed["feed_url"],
            "url": self.feed["link"],
            "name": self.feed["title"],
            "attributedTo": site,
            "totalItems": len(self.items),
            "orderedItems": [activity_of(item["entry"], site) for item in self.items],
        }


#: What stands for each format in addresses.
FEEDS: dict[str, type[Feed]] = {"atom": Atom, "rss": Rss, "json": JsonFeed, "activities": Activities}
