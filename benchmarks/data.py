"""The data that all share, peers too: people and their posts, without a random number.

The i-th person, with r = (i x 7919) mod 10, wrote 15 posts where r < 2, 5 where r < 5, else 1: five a person, and one in
five reaches ten. Posts were written in rounds: everybody's first, then everybody's second. Every hundredth account is
blocked. The i-th person's key is i + 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection

from benchmarks.dialect import dialect, run, series
from benchmarks.posts.models import Post

MANY, SOME, ONE = 15, 5, 1
WROTE = "(CASE WHEN (s.i % 10 * 7919) % 10 < 2 THEN 15 WHEN (s.i % 10 * 7919) % 10 < 5 THEN 5 ELSE 1 END)"


def posts_of(i: int) -> int:
    """Return how many posts the i-th person wrote."""
    r = (i * 7919) % 10
    return MANY if r < 2 else SOME if r < 5 else ONE  # noqa: PLR2004  as the docstring says


def is_blocked(i: int) -> bool:
    """Whether the i-th person's account is blocked."""
    return i % 100 == 99  # noqa: PLR2004  the same


def who_wrote(posts: int, people: int) -> list[int]:
    """Return the keys of those who wrote exactly so many posts and are not blocked."""
    return [i + 1 for i in range(people) if posts_of(i) == posts and not is_blocked(i)]


def number_with(least: int, people: int, *, blocked_too: bool = False) -> int:
    """Return how many people wrote at least so many posts."""
    return sum(1 for i in range(people) if posts_of(i) >= least and (blocked_too or not is_blocked(i)))


def fill(people: int) -> None:
    """Empty all tables and make so many people with their posts."""
    empty(*all_tables())
    sql, user = dialect(), get_user_model()._meta.db_table
    joined = sql.moment.format(seconds="0")
    run(
        f"INSERT INTO {user} (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,"
        f" date_joined) SELECT s.i + 1, '!', FALSE, {_joined('person-', 's.i')}, '', '', '', FALSE,"
        f" s.i % 100 <> 99, {joined} FROM {series(people)}"
    )
    written = sql.moment.format(seconds=f"r.i * {people} + s.i")
    run(
        f"INSERT INTO {Post._meta.db_table} (author_id, is_public, words, created_at)"
        f" SELECT s.i + 1, TRUE, 100, {written} FROM {series(MANY, 'r')} CROSS JOIN {series(people)}"
        f" WHERE r.i < {WROTE} ORDER BY r.i, s.i"
    )
    after_raw_inserts(get_user_model(), Post)


def _joined(text: str, number: str) -> str:
    return f"CONCAT('{text}', {number})" if connection.vendor == "mysql" else f"'{text}' || {number}"


def after_raw_inserts(*models: Any) -> None:
    """Let sequences go on behind the keys that were given, and tell the planner what is there."""
    run(*(connection.ops.sequence_reset_sql(no_style(), list(models)) or ["SELECT 1"]))
    tables = [model._meta.db_table for model in models]
    if connection.vendor == "mysql":
        run(f"ANALYZE TABLE {', '.join(tables)}")
    else:
        run(*(f"ANALYZE {table}" for table in tables))


def all_tables() -> list[str]:
    """Return the tables that hold data of a run, our own and those of peers."""
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    return [table for table in connection.introspection.django_table_names(only_existing=True) if table not in kept]


def empty(*tables: str) -> None:
    """Empty these tables, and start their keys anew."""
    statements = connection.ops.sql_flush(no_style(), list(tables), reset_sequences=True, allow_cascade=True)
    with connection.constraint_checks_disabled():
        connection.ops.execute_sql_flush(statements)


def one_in_a_hundred(people: int) -> list[int]:
    """Return the keys of one in a hundred people, of each kind as many as there are among all; none is blocked."""
    return [i + 1 for i in range(people) if i % 100 == i // 100 % 10]


def raise_to(posts: int, keys: Sequence[int]) -> list[Post]:
    """Let these people, who have 1 or 5 posts, have written so many, unseen by signals; return each one's last post."""
    write_more({key: posts - posts_of(key - 1) for key in keys})
    return last_posts(keys)


def write_more(posts: Mapping[int, int]) -> None:
    """Let people (keys) write so many posts more, unseen by signals."""
    newest = Post.objects.latest("created_at").created_at
    made = [
        Post(author_id=key, created_at=newest + timedelta(seconds=number * len(posts) + place + 1))
        for place, (key, more) in enumerate(posts.items())
        for number in range(more)
    ]
    Post.objects.bulk_create(made, batch_size=1000)


def last_posts(keys: Sequence[int]) -> list[Post]:
    """Return each one's last post."""
    newest: dict[int, Post] = {}
    for start in range(0, len(keys), 1000):
        for post in Post.objects.filter(author__in=keys[start : start + 1000]).order_by("created_at", "pk"):
            newest[post.author_id] = post
    return [newest[key] for key in keys]
