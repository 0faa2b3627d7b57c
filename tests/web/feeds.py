"""Feeds, read as programs read them: each format checked for what it must be, then said in the same words."""

from __future__ import annotations

import json
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
from jsonschema import Draft202012Validator

FORMATS = ("atom", "rss", "json", "activities")
TYPES = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
    "activities": "application/activity+json",
}
SCHEMAS = {"json": "json_feed_1_1.json", "activities": "activity_streams_2_0.json"}


@dataclass(frozen=True)
class Item:
    """What an entry says. What a format has no place for, is empty."""

    id: str
    title: str
    text: str
    url: str
    author: str
    published: datetime
    updated: datetime | None
    image: tuple[str, str]


@dataclass(frozen=True)
class Read:
    """What a feed says."""

    title: str
    url: str
    page: str
    language: str
    items: list[Item]

    @property
    def titles(self) -> list[str]:
        return [item.title for item in self.items]


def read_feed(response: Any, kind: str) -> Read:
    """Read an answer as a feed of this format. Fails where it is none."""
    assert response.status_code == 200
    assert response["Content-Type"] == TYPES[kind]
    found = {"atom": _atom, "rss": _rss, "json": _json_feed, "activities": _activities}[kind](response.content)
    assert len({item.id for item in found.items}) == len(found.items)
    return found


def _parsed(content: bytes, version: str) -> Any:
    parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == version
    return parsed


def _atom(content: bytes) -> Read:
    parsed = _parsed(content, "atom10")
    feed = parsed.feed
    assert feed.id == _link(feed, "self")
    assert feed.updated
    assert feed.author
    assert all(one.updated and one.title_detail.type == "text/plain" for one in parsed.entries)
    return Read(
        feed.title, feed.id, feed.link, feed.title_detail.language,
        [_entry(one, one.updated_parsed) for one in parsed.entries],
    )  # fmt: skip


def _rss(content: bytes) -> Read:
    parsed = _parsed(content, "rss20")
    feed = parsed.feed
    assert feed.description
    assert not any(one.guidislink for one in parsed.entries)
    assert not any("@" in one.get("author", "") for one in parsed.entries)
    return Read(
        feed.title, _link(feed, "self"), feed.link, feed.language, [_entry(one, None) for one in parsed.entries]
    )


def _link(feed: Any, rel: str) -> str:
    return str(next(link.href for link in feed.links if link.rel == rel))


def _entry(one: Any, updated: Any) -> Item:
    [picture] = one.enclosures
    return Item(
        one.id, one.title, one.get("summary", ""), one.link, one.get("author_detail", {}).get("name", ""),
        _at(one.published_parsed), _at(updated) if updated else None,
        (picture.href, picture.type),
    )  # fmt: skip


def _at(parsed: Any) -> datetime:
    return datetime.fromtimestamp(timegm(parsed), UTC)


def _valid(content: bytes, kind: str) -> Any:
    schema = json.loads((Path(__file__).parent / "schemas" / SCHEMAS[kind]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    found = json.loads(content)
    Draft202012Validator(schema).validate(found)
    return found


def _json_feed(content: bytes) -> Read:
    found = _valid(content, "json")
    return Read(found["title"], found["feed_url"], found["home_page_url"], found["language"], [
        Item(
            one["id"], one["title"], one["content_text"], one["url"], one.get("authors", [{"name": ""}])[0]["name"],
            _moment(one["date_published"]), _moment(one["date_modified"]), _attached(one),
        )
        for one in found["items"]
    ])  # fmt: skip


def _attached(one: dict[str, Any]) -> tuple[str, str]:
    [file] = one["attachments"]
    assert one["image"] == file["url"]
    return file["url"], file["mime_type"]


def _activities(content: bytes) -> Read:
    found = _valid(content, "activities")
    assert found["totalItems"] == len(found["orderedItems"])
    return Read(found["name"], found["id"], found["url"], found["@context"][1]["@language"], [
        Item(
            one["id"] if one["type"] == "Add" else one["object"]["id"], one["name"], one.get("summary", ""), one["url"],
            one["actor"]["name"] if one["actor"]["type"] == "Person" else "", _moment(one["published"]),
            _moment(one["updated"]), _drawn(one["object"]),
        )
        for one in found["orderedItems"]
    ])  # fmt: skip


def _drawn(badge: dict[str, Any]) -> tuple[str, str] | None:
    return badge["image"]["url"], badge["image"]["mediaType"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)
