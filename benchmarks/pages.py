"""W8: pages, feeds and lists over very many awards, a request that shows no badge, and declarations that become rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client, override_settings
from django.test.client import ClientHandler, RequestFactory

from benchmarks import data, floors
from benchmarks.badges import counting
from benchmarks.dialect import dialect, run, series
from benchmarks.posts.models import Post
from benchmarks.results import Gate, Row, micros_more, queries, times
from benchmarks.sizes import Sizes
from benchmarks.timing import Turns, compare, measure, statements
from django_badger._engine.sync import sync
from django_badger.conf import settings as ours_settings
from django_badger.models import Award, Badge
from django_badger.rarity import PEOPLE, rarity_of
from django_badger.testing import isolated_registry
from django_badger.views.cursors import cursor_of

#: How many awards each person has, how many badges there are, and which page is very old.
EACH, OLD = 10, 5_000
MOST = 12


def pages(sizes: Sizes) -> Iterator[Row]:
    """Look at every kind of page with few awards and with very many."""
    yield _shows_no_badge(sizes)
    few = max(200, sizes.awards // 1000)
    turns = Turns(max(1, sizes.rounds // 20), warm=1)
    _fill(few)
    before = {name: _statements(_client(name), address) for name, address in _addresses().items()}
    _fill(sizes.awards)
    for name, address in _addresses().items():
        yield _page(name, address, len(before[name]), turns)
    yield _old_page(sizes)
    yield _rarity()
    with isolated_registry():
        yield from _declarations(sizes)


# --- a request that shows no badge ------------------------------------------------------------------------------------


def _shows_no_badge(sizes: Sizes) -> Row:
    plain, with_badges = _handler(settings.MIDDLEWARE), _handler(settings.WITH_BADGES)
    ask = RequestFactory()
    turns = Turns(max(4, sizes.rounds // 5), number=min(50, sizes.rounds), block=5)
    base, ours = compare(
        lambda _turn: plain.get_response(ask.get("/plain/")),
        lambda _turn: with_badges.get_response(ask.get("/with-badges/")),
        turns,
    )
    same = plain.get_response(ask.get("/plain/")).content == with_badges.get_response(ask.get("/with-badges/")).content
    targets = (queries(0, ours), micros_more(5, ours, base))
    return Row("W8", "a request that shows no badge", "a site without badges", base, ours, targets, Gate(same, 1))


def _handler(middleware: list[str]) -> ClientHandler:
    with override_settings(MIDDLEWARE=middleware):
        handler = ClientHandler()
        handler.load_middleware()
    return handler


# --- very many awards -------------------------------------------------------------------------------------------------


def _fill(awards: int) -> None:
    """Ten awards each, over at most a thousand badges; one badge more is held by six in ten people."""
    people = awards // EACH
    badges = min(1000, awards // 20)
    data.fill(people)
    Badge.objects.bulk_create(Badge(slug=f"big-{number}", title=f"Big badge {number}") for number in range(badges + 1))
    first, popular = (Badge.objects.get(slug=f"big-{number}").pk for number in (0, badges))
    sql = dialect()
    moment = sql.moment.format(seconds=f"(k.i * {people} + s.i) * 20")
    values = f"'', '', 'rule', '', '{{}}', {moment}, {moment}, {moment}, '', '', s.i % 50 = 0, NULL"
    into = f"INSERT INTO {floors.AWARD} ({floors.COLUMNS})"
    run(
        f"{into} SELECT {sql.uuid}, {first} + (s.i + k.i * 97) % {badges}, s.i + 1, {values}"
        f" FROM {series(people)} CROSS JOIN {series(EACH, 'k')}",
        f"{into} SELECT {sql.uuid}, {popular}, s.i + 1, {values}"
        f" FROM {series(people)} CROSS JOIN {series(1, 'k')} WHERE s.i % 10 < 6",
    )
    user = get_user_model()
    user.objects.create_user("reader", is_staff=True, is_superuser=True)
    data.after_raw_inserts(Award, Badge, user, Post)
    Badge.objects.filter(pk=popular).update(slug="popular")


def _addresses() -> dict[str, str]:
    award = Award.objects.newest_first().filter(hidden=False, recipient__is_active=True)[0]
    return {
        "all badges": "/badges/",
        "a badge that most have": "/badges/badge/popular/",
        "a badge": "/badges/badge/big-7/",
        "an award": f"/badges/award/{award.uuid}/",
        "a profile": f"/badges/people/{award.recipient_id}/",
        "the latest awards": "/badges/awards/",
        "the feed of awards": "/badges/feeds/awards/atom/",
        "admin: awards": "/admin/badger/award/",
        "admin: badges": "/admin/badger/badge/",
    }


def _client(name: str) -> Client:
    client = Client()
    if name.startswith("admin"):
        client.force_login(get_user_model().objects.get(username="reader"))
    return client


def _statements(client: Client, address: str) -> list[str]:
    """Return what a page asks that nothing of is in the cache but the number of people, which is counted once an hour."""
    cache.clear()
    cache.set(PEOPLE, get_user_model().objects.count())
    with statements() as sent:
        _read(client, address)
    return sent


def _read(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:  # noqa: PLR2004  HTTP's own
        msg = f"{address} answered {response.status_code}"
        raise ValueError(msg)


def _page(name: str, address: str, with_few: int, turns: Turns) -> Row:
    client = _client(name)
    sent = len(_statements(client, address))
    side = replace(measure(lambda _turn: _read(client, address), turns), queries=sent)
    targets = (queries(MOST, side),)
    return Row("W8", f"{Award.objects.count():,} awards: {name}", ours=side, targets=targets, gate=Gate(sent, with_few))


def _old_page(sizes: Sizes) -> Row:
    """The page that begins where a reader arrives after so many clicks, beside the first one."""
    size = ours_settings.page_size
    number = min(OLD, Award.objects.listed_to(None).count() // size)
    last = Award.objects.listed_to(None).newest_first()[(number - 1) * size - 1]
    client, first = Client(), "/badges/awards/"
    old = f"{first}?before={cursor_of(last)}"
    sent = _statements(client, old)
    wasteful = [sql for sql in sent if " OFFSET " in sql or "COUNT(" in sql]
    turns = Turns(max(3, sizes.rounds // 5), block=5, warm=1)
    base, ours = compare(lambda _turn: _read(client, first), lambda _turn: _read(client, old), turns)
    case = f"{Award.objects.count():,} awards: page {number:,} of the latest"
    return Row("W8", case, "page 1", base, ours, (queries(MOST, ours), times(1.2, ours, base)), Gate(len(wasteful), 0))


def _rarity() -> Row:
    rows = list(Badge.objects.order_by("pk")[:24])

    def work(_turn: int) -> None:
        cache.clear()
        cache.set(PEOPLE, 1000)
        rarity_of(rows)

    side = measure(work, Turns(5))
    gate = Gate(len(rarity_of(rows)), len(rows))
    return Row("W8", "counting the holders of 24 badges anew", ours=side, targets=(queries(1, side),), gate=gate)


# --- declarations -----------------------------------------------------------------------------------------------------


def _declarations(sizes: Sizes) -> Iterator[Row]:
    counting([10] * sizes.badges)()
    made = len(sync().made)
    what = f"{sizes.badges:,} declarations"
    side = measure(lambda _turn: sync(), Turns(5))
    done = sync()
    gate = Gate(made - len(done.changed) - len(done.made), sizes.badges)
    yield Row("W8", f"sync of {what}, unchanged", ours=side, targets=(queries(1, side),), gate=gate)

    rows = Badge.objects.filter(slug__startswith="posts-")
    side = measure(lambda _turn: sync(), Turns(2, warm=1), before=lambda: rows.update(title="Another title"))
    gate = Gate(rows.exclude(title="Another title").count(), sizes.badges)
    yield Row("W8", f"sync of {what}, all changed", ours=side, gate=gate)
