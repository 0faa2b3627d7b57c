"""What holders choose about their own awards."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from model_bakery import baker

from django_badger import showcase
from django_badger.exceptions import NotAllowed
from django_badger.models import Award, Badge, Showcase

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return baker.make(get_user_model())


@pytest.fixture
def bob():
    return baker.make(get_user_model(), is_superuser=True)


def given(user, number=1):
    badges = [baker.make(Badge, slug=f"badge-{one}-{user.pk}") for one in range(number)]
    return [Award.objects.create(badge=badge, recipient=user) for badge in badges]


def pinned(user):
    return list(Award.objects.to(user).filter(pinned__isnull=False).order_by("pinned").values_list("pk", flat=True))


class TestOneAward:
    def test_is_hidden_from_everybody_else_and_shown_again(self, ada, bob):
        (award,) = given(ada)

        assert showcase.hide(award, by=ada)
        assert not showcase.hide(award, by=ada)
        for viewer in (None, AnonymousUser(), bob):
            assert not Award.objects.visible_to(viewer)
            assert not Award.objects.listed_to(viewer)
        assert list(Award.objects.visible_to(ada)) == [award]

        assert showcase.show(award, by=ada)
        assert not showcase.show(award, by=ada)
        assert list(Award.objects.listed_to(bob)) == [award]

    @pytest.mark.parametrize("choice", [showcase.hide, showcase.show, showcase.pin, showcase.unpin])
    def test_is_its_holders_business_alone(self, ada, bob, choice):
        (award,) = given(ada)

        for somebody in (bob, None, AnonymousUser()):
            with pytest.raises(NotAllowed, match="Only its holder"):
                choice(award, by=somebody)
        with pytest.raises(NotAllowed):
            showcase.move(award, by=bob, places=1)


class TestAllAwards:
    def test_are_hidden_from_everybody_else(self, ada, bob):
        mine, (other,) = given(ada, 2), given(bob)

        showcase.choose(ada, hidden=True)

        for viewer in (None, bob):
            assert list(Award.objects.visible_to(viewer)) == [other]
        assert set(Award.objects.visible_to(ada)) == {*mine, other}
        assert set(Award.objects.listed_to(ada)) == {*mine, other}

    def test_stay_out_of_lists_and_can_be_seen_elsewhere(self, ada, bob):
        (mine,), (other,) = given(ada), given(bob)

        showcase.choose(ada, unlisted=True)

        assert list(Award.objects.listed_to(None)) == [other]
        assert set(Award.objects.visible_to(None)) == {mine, other}
        assert set(Award.objects.listed_to(ada)) == {mine, other}

    def test_each_choice_leaves_the_other_as_it_is(self, ada):
        assert showcase.choices_of(ada) == showcase.Choices(hidden=False, unlisted=False)
        showcase.choose(ada, hidden=True)
        showcase.choose(ada, unlisted=True)
        assert showcase.choices_of(ada) == showcase.Choices(hidden=True, unlisted=True)
        showcase.choose(ada, hidden=False)
        assert showcase.choices_of(ada) == showcase.Choices(hidden=False, unlisted=True)

    def test_no_choice_writes_nothing(self, ada, django_assert_num_queries):
        with django_assert_num_queries(0):
            showcase.choose(ada)
        assert not Showcase.objects.exists()

    def test_what_is_hidden_one_by_one_stays_so(self, ada):
        one, two = given(ada, 2)
        showcase.hide(one, by=ada)
        showcase.choose(ada, hidden=True)
        showcase.choose(ada, hidden=False)

        assert list(Award.objects.visible_to(None)) == [two]

    def test_are_known_by_their_holders_key(self, ada):
        showcase.choose(ada, hidden=True)

        assert str(Showcase.objects.get()) == str(ada.pk)

    def test_choices_go_with_the_account(self, ada):
        showcase.choose(ada, hidden=True)
        ada.delete()

        assert not Showcase.objects.exists()


class TestPins:
    def test_are_in_the_order_in_which_they_were_pinned(self, ada):
        one, two, three = given(ada, 3)
        for award in (two, one, three, two):
            assert showcase.pin(award, by=ada)

        assert pinned(ada) == [two.pk, one.pk, three.pk]

    def test_move(self, ada):
        one, two, three = given(ada, 3)
        for award in (one, two, three):
            showcase.pin(award, by=ada)

        assert showcase.move(three, by=ada, places=-1)
        assert pinned(ada) == [one.pk, three.pk, two.pk]
        assert showcase.move(three, by=ada, places=-9)
        assert pinned(ada) == [three.pk, one.pk, two.pk]
        assert showcase.move(three, by=ada, places=9)
        assert pinned(ada) == [one.pk, two.pk, three.pk]

    def test_are_taken_off(self, ada):
        one, two, three = given(ada, 3)
        for award in (one, two):
            showcase.pin(award, by=ada)

        showcase.unpin(one, by=ada)
        showcase.unpin(three, by=ada)

        assert pinned(ada) == [two.pk]
        assert not showcase.move(one, by=ada, places=1)
        showcase.unpin(two, by=ada)
        assert pinned(ada) == []

    def test_are_no_more_than_twelve(self, ada):
        awards = given(ada, showcase.MOST_PINNED + 1)

        assert [showcase.pin(award, by=ada) for award in awards] == [True] * showcase.MOST_PINNED + [False]
        assert showcase.pin(awards[0], by=ada)

    def test_are_of_awards_that_stand(self, ada):
        (award,) = given(ada)
        award.ended = Award.Ended.REVOKED

        assert not showcase.pin(award, by=ada)

    def test_of_others_are_left_alone(self, ada, bob):
        (mine,), (theirs,) = given(ada), given(bob)
        showcase.pin(theirs, by=bob)
        showcase.pin(mine, by=ada)
        showcase.unpin(mine, by=ada)

        assert pinned(bob) == [theirs.pk]
