"""Entries, posts and comments, written through the forms of the site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django import forms
from django.contrib.auth.models import User

from campus.forms import CommentForm, PostForm
from campus.models import Comment, Post
from django_badger.awarding import progress
from example.filling import words
from example.filling.accounts import Cast
from example.filling.chance import Chance
from example.filling.timeline import Happening
from guestbook.badges import button_clicker
from guestbook.forms import EntryForm
from guestbook.models import Entry

#: One in so many people is out at night.
OWLS = 14


def entries(chance: Chance, cast: Cast, *, number: int) -> Iterator[Happening]:
    """Yield so many entries; the last sixth of the crowd only reads."""
    writers = cast.crowd[: -(len(cast.crowd) // 6) or None]
    for author in chance.often(writers, number):
        at = chance.moment(author.date_joined, night=0.3 if author.pk % OWLS == 0 else 0.005)
        message = " ".join(chance.some(words.ENTRIES, 1, 4))
        yield Happening(at, partial(_write, author, message, at, public=not chance.happens(0.06)))
    for nth in range(9):
        at = (chance.now - timedelta(days=180 - 19 * nth)).replace(hour=9 + nth)
        yield Happening(at, partial(_write, cast.nils, words.ENTRIES[3 * nth], at))


def _write(author: User, message: str, at: datetime, *, public: bool = True) -> None:
    _save(EntryForm({"message": message, "is_public": public}, instance=Entry(author=author, created_at=at)))


def _save(form: forms.ModelForm) -> None:
    if not form.is_valid():
        raise ValueError(form.errors)
    form.save()


def posts_and_comments(chance: Chance, cast: Cast, *, posts: int, comments: int) -> Iterator[Happening]:
    """Yield posts, one in twelve a draft, and comments on the published ones."""
    published: list[Post] = []
    for author in chance.often(cast.crowd[: len(cast.crowd) * 2 // 3], posts):
        at = chance.moment(author.date_joined)
        post = Post(author=author, created_at=at)
        draft = chance.happens(1 / 12)
        if not draft:
            published.append(post)
        yield Happening(at, partial(_publish, post, _text(chance), draft=draft))
    for author in chance.often(cast.crowd, comments):
        post = chance.random.choice(published)
        moment = chance.soon(max(post.created_at, author.date_joined), days=30)
        if moment is not None:
            body = " ".join(chance.some(words.COMMENTS, 1, 2))
            yield Happening(moment, partial(_comment, post, author, body, moment))


def _text(chance: Chance) -> dict[str, str]:
    paragraphs = [" ".join(chance.some(words.BODIES, 3, 6)) for _number in range(chance.random.randint(2, 4))]
    return {"title": chance.random.choice(words.TITLES), "body": "\n\n".join(paragraphs)}


def _publish(post: Post, text: dict[str, str], *, draft: bool) -> None:
    status = Post.Status.DRAFT if draft else Post.Status.PUBLISHED
    _save(PostForm({**text, "status": status}, instance=post))


def _comment(post: Post, author: User, body: str, at: datetime) -> None:
    _save(CommentForm({"body": body}, instance=Comment(post=post, author=author, created_at=at)))


def strokes(chance: Chance, cast: Cast, *, number: int) -> Iterator[Happening]:
    """Yield strokes of the badger: progress that the site reports itself."""
    for count, person in enumerate(chance.often(cast.crowd, number)):
        at = chance.moment(person.date_joined)
        yield Happening(at, partial(_stroke, person, f"demo:{count}"))


def _stroke(person: User, key: str) -> None:
    progress(button_clicker, person).increment(1, key=key)
