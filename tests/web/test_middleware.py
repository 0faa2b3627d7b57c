"""The optional middleware."""

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.contrib.auth.models import AnonymousUser

from django_badger.middleware import JustEarnedMiddleware
from django_badger.models import Badge
from tests.web.world import give

pytestmark = pytest.mark.django_db


def pass_on(request):
    JustEarnedMiddleware(lambda asked: None)(request)
    return request


def test_a_request_knows_what_was_just_earned(rf, ada):
    given = give(Badge.objects.get(slug="first-post"), ada)
    request = rf.get("/")
    request.user = ada

    assert [row.award for row in pass_on(request).just_earned] == [given]
    given.refresh_from_db()
    assert given.seen_at is not None


def test_nothing_is_asked_before_somebody_looks(rf, ada, django_assert_num_queries):
    given = give(Badge.objects.get(slug="first-post"), ada)
    request = rf.get("/")
    request.user = ada

    with django_assert_num_queries(0):
        pass_on(request)
    given.refresh_from_db()
    assert given.seen_at is None


@pytest.mark.parametrize("user", [AnonymousUser(), None])
def test_visitors_cost_nothing(rf, user, django_assert_num_queries):
    request = rf.get("/")
    request.user = user

    with django_assert_num_queries(0):
        assert not pass_on(request).just_earned


def test_an_async_site_awaits_its_answer_as_before(rf):
    """Without a thread for each request: nothing is done that would wait."""

    async def answer(request):
        return request

    middleware = JustEarnedMiddleware(answer)
    assert iscoroutinefunction(middleware)
    assert async_to_sync(middleware)(rf.get("/")).just_earned is not None
    assert not iscoroutinefunction(JustEarnedMiddleware(lambda asked: None))


def test_the_tag_and_the_middleware_show_the_same_awards(rf, ada):
    from django_badger.parts.rendered import just_earned

    give(Badge.objects.get(slug="first-post"), ada)
    request = rf.get("/")
    request.user = ada

    assert len(pass_on(request).just_earned) == 1
    assert "First post!" in just_earned(request)
