"""What people do on the site, and what they see of it."""

import pytest

from tests.example.sites import serving
from tests.example.visitor import EARNED, PASSWORD, Visitor

pytestmark = [pytest.mark.project("everything"), pytest.mark.sqlite]


@pytest.mark.parametrize("templates", ["vanilla", "playdoh"])
def test_sign_in_write_an_entry_get_the_badge_and_see_it(data, templates):
    with serving(data, EXAMPLE_TEMPLATES=templates) as address:
        nora = Visitor(address).signs_in("nora")
        written = nora.post("/guestbook/write/", message="Hello from a newcomer", is_public="on")
        again = nora.get("/guestbook/")
        badge = nora.get("/badges/badge/first-post/")
        badges = nora.get("/badges/people/nora/")
        profile = nora.get("/people/nora/")

    assert "Thank you for signing" in written.text
    assert EARNED in written.text
    assert "First post!" in written.text
    assert "Hello from a newcomer" in again.text
    assert EARNED not in again.text
    assert "Earned on" in badge.text
    assert "Nora Castellanos" in badge.text
    for page in (badge, badges, profile):
        assert "First post!" in page.text
        assert "The Sett" in page.text, "badges have the look of the site"
        assert "Trainings" in page.text
    assert "Latest awards" in badges.text


def test_nils_is_one_entry_away_from_the_next_badge(visitor):
    nils = visitor.signs_in("nils")
    before = nils.get("/people/nils/")
    after = nils.post("/guestbook/write/", message="The tenth", is_public="on")

    assert "9 of 10" in before.text
    assert EARNED in after.text
    assert "Regular (bronze)" in after.text


def test_a_private_entry_is_for_its_author_and_earns_when_it_is_made_public(visitor, member):
    rosa = member("rosa")
    hidden = rosa.post("/guestbook/write/", message="A secret of Rosa")
    path = hidden.link("Edit")
    read_by_others = visitor.get("/guestbook/")
    public = rosa.post(path, message="A secret of Rosa", is_public="on")

    assert "A secret of Rosa" in hidden.text
    assert "First post!" not in hidden.text
    assert "A secret of Rosa" not in read_by_others.text
    assert "First post!" in public.text


def test_ten_strokes_bring_a_badge_and_each_counts_once(member):
    sam = member("sam")
    for _number in range(9):
        key = sam.get("/guestbook/").hidden("key")
        sam.post("/guestbook/stroke/", form="/guestbook/", key=key)
        replayed = sam.post("/guestbook/stroke/", form="/guestbook/", key=key)
    tenth = sam.post("/guestbook/stroke/", form="/guestbook/", key="the tenth")

    assert "9 of 10" in replayed.text
    assert EARNED not in replayed.text
    assert "number 10" in tenth.text
    assert "Button clicker" in tenth.text


def test_lesson_by_lesson_to_the_exam(member):
    toni = member("toni")
    path = "/campus/trainings/python/"
    enrolled = toni.post(f"{path}enrol/", form=path)
    too_early = toni.post(f"{path}finish/", form=path)
    for _number in range(5):
        learnt = toni.post(f"{path}lesson/", form=path)
    passed = toni.post(f"{path}finish/", form=path)

    assert "You are enrolled" in enrolled.text
    assert "Do all lessons first" in too_early.text
    assert "you are at 100 percent" in learnt.text
    assert "You passed “Python for the curious”" in passed.text
    assert "Graduate" in passed.text
    assert "Fast learner" in passed.text


def test_a_friendship_is_good_news_for_both_sides(member):
    uma, viktor = member("uma"), member("viktor")
    found = uma.get("/campus/people/?q=viktor")
    pk = found.html.partition("/campus/people/")[2].partition("/campus/people/")[2].partition("/")[0]
    invited = uma.post(f"/campus/people/{pk}/invite/", form="/campus/people/?q=viktor")
    twice = uma.post(f"/campus/people/{pk}/invite/", form="/campus/people/")
    waiting = viktor.get("/campus/people/")
    inviter = waiting.html.partition('action="/campus/people/')[2].partition("/")[0]
    accepted = viktor.post(f"/campus/people/{inviter}/accept/", form="/campus/people/")

    assert "You invited Viktor New" in invited.text
    assert "nothing to invite" in twice.text
    assert "They would like to be your friends Uma New" in " ".join(waiting.text.replace("UN", "").split())
    for page in (accepted, uma.get("/")):
        assert EARNED in page.text
        assert "In good company" in page.text


def test_a_draft_earns_when_it_is_published(visitor, member):
    wanda = member("wanda")
    draft = wanda.post("/campus/posts/write/", title="Not yet", body="Wait for it.", status="draft")
    path = draft.url.removeprefix(visitor.site)
    for_others = visitor.get(path)
    published = wanda.post(f"{path}edit/", title="Now", body="Here it is.", status="published")
    commented = wanda.post(path, body="First!")

    assert EARNED not in draft.text
    assert for_others.status == 404
    assert "Published" in published.text
    assert EARNED in published.text
    assert "1 comment" in commented.text
    assert "First!" in commented.text


class TestStaff:
    def test_thank_people_and_say_why(self, visitor, member):
        xenia = member("xenia")
        editor = visitor.signs_in("editor")
        page = {"form": "/people/xenia/", "badge": "helping-paw", "reason": "For the umbrella."}
        thanked = editor.post("/people/xenia/thank/", **page)
        twice = editor.post("/people/xenia/thank/", **page)
        seen = xenia.get("/")

        assert "Helping paw" in thanked.text
        assert "Helping paw" in twice.text
        assert EARNED in seen.text
        assert "For the umbrella." in xenia.get(seen.link("Helping paw").removeprefix(visitor.site)).text

    def test_have_to_say_why(self, visitor):
        editor = visitor.signs_in("editor")
        page = editor.post("/people/vera/thank/", form="/people/vera/", badge="helping-paw", reason=" ")

        assert page.status == 422
        assert "This field is required" in page.text

    def test_cannot_give_what_only_a_rule_gives(self, visitor):
        editor = visitor.signs_in("editor")
        page = editor.post("/people/vera/thank/", form="/people/vera/", badge="regular-gold", reason="Why not")

        assert page.status == 422
        assert "Select a valid choice" in page.text

    def test_do_not_decide_their_own_case(self, visitor):
        editor = visitor.signs_in("editor")
        page = editor.post("/people/editor/thank/", form="/people/editor/", badge="helping-paw", reason="Me!")

        assert "Nobody decides their own case" in page.text

    def test_see_the_draft_that_others_do_not_see(self, visitor):
        path = "/badges/badge/winter-games/"

        assert Visitor(visitor.site).get(path).status == 404
        assert "Winter games" in visitor.signs_in("editor").get(path).text

    def test_find_badges_and_awards_in_the_admin(self, visitor):
        editor = visitor.signs_in("editor")

        assert "First post!" in editor.get("/admin/badger/badge/").text
        assert editor.get("/admin/badger/award/").status == 200


class TestVisitors:
    def test_see_no_secret(self, visitor):
        assert visitor.get("/badges/badge/keeper-of-the-sett/").status == 404
        assert "Keeper of the sett" not in visitor.get("/badges/").text

    def test_see_the_disabled_badge_and_its_holders(self, visitor):
        page = visitor.get("/badges/badge/founding-member/")

        assert "cannot be earned any more" in page.text
        assert "Vera Lindgren" in page.text

    @pytest.mark.parametrize("path", ["/guestbook/write/", "/campus/posts/write/", "/badges/me/"])
    def test_are_asked_to_sign_in(self, visitor, path):
        page = visitor.get(path)

        assert page.status == 200
        assert "/accounts/login/" in page.url

    def test_comment_after_signing_in(self, visitor):
        posts = visitor.get("/campus/posts/")
        path = posts.html.partition("<h2><a href=")[2].partition('"')[2].partition('"')[0]

        assert "Sign in to comment" in visitor.get(path).text
        assert "/accounts/login/" in visitor.post(path, form="/accounts/login/", body="Hi").url

    @pytest.mark.parametrize(
        "path",
        ["/", "/guestbook/", "/campus/posts/", "/campus/people/", "/campus/trainings/", "/campus/trainings/bees/",
         "/people/vera/", "/badges/", "/badges/awards/", "/badges/people/vera/", "/accounts/login/"],
    )  # fmt: skip
    def test_get_whole_pages_under_a_strict_policy(self, visitor, path):
        page = visitor.get(path)

        assert page.status == 200
        assert page.html.rstrip().endswith("</html>")
        assert page.headers["Content-Security-Policy"].startswith("default-src 'self'; ")
        assert "unsafe" not in page.headers["Content-Security-Policy"]

    def test_get_style_and_pictures_without_debug(self, visitor):
        for path in ("example/site.css", "example/badger.svg", "badger/badger.css", "guestbook/badges/first-post.png"):
            with visitor.opener.open(f"{visitor.site}/static/{path}") as answer:
                assert answer.status == 200

    def test_who_are_lost_find_home(self, visitor):
        page = visitor.get("/no/such/page/")

        assert page.status == 404
        assert "Nothing here" in page.text
        assert "Home" in page.text


class TestBadInput:
    @pytest.mark.parametrize(
        ("path", "fields", "said"),
        [
            ("/guestbook/write/", {"message": "  "}, "Write a word or two."),
            ("/guestbook/write/", {"message": "x" * 2001}, "at most 2000 characters"),
            ("/guestbook/write/", {"message": "a\x00b"}, "Null characters are not allowed."),
            ("/campus/posts/write/", {"title": "", "body": "…", "status": "draft"}, "A post needs a title."),
            ("/campus/posts/write/", {"title": "T", "body": "…", "status": "gone"}, "Select a valid choice."),
        ],
    )
    def test_is_answered_in_words(self, visitor, path, fields, said):
        page = visitor.signs_in("vera").post(path, **fields)

        assert page.status == 200
        assert said in page.text
        assert 'aria-invalid="true"' in page.html

    def test_wrong_password_and_taken_name(self, visitor):
        wrong = visitor.post("/accounts/login/", username="vera", password="wrong")
        fields = {"username": "vera", "password1": PASSWORD, "password2": PASSWORD}
        taken = visitor.post("/accounts/signup/", **fields)
        address = visitor.post("/accounts/signup/", **{**fields, "username": "me@example.org"})

        assert "Please enter a correct username" in wrong.text
        assert "already exists" in taken.text
        assert "Use letters, digits, dots, dashes and underscores only." in address.text

    def test_members_keep_out_of_what_is_not_theirs(self, visitor):
        entry_of_nils = Visitor(visitor.site).signs_in("nils").get("/people/nils/").link("Edit")
        vera = visitor.signs_in("vera")

        assert vera.post("/people/nils/thank/", form="/guestbook/write/", badge="helping-paw", reason="x").status == 403
        assert vera.get(entry_of_nils).status == 404
        assert vera.get("/guestbook/99999999/edit/").status == 404
        assert vera.post("/campus/people/99999999/accept/", form="/guestbook/write/").status == 404
        assert vera.post("/campus/trainings/nothing/enrol/", form="/guestbook/write/").status == 404
        assert vera.get("/guestbook/stroke/").status == 405

    @pytest.mark.parametrize(
        "path",
        ["/guestbook/?page=0", "/guestbook/?page=99999999999999999999", "/guestbook/?page=first", "/campus/people/?q=%00",
         "/campus/people/?q=%F0%9F%A6%A1&page=-1", "/campus/posts/99999999999999999999999/", "/people/%00/",
         "/people/%F0%9F%A6%A1/", "/campus/trainings/%00/", "/badges/?q=%00", "/badges/badge/%00/",
         "/badges/people/%00/", "/media/../settings.py", "/media/%00", "/static/%00"],
    )  # fmt: skip
    def test_of_any_kind_makes_no_error_of_the_site(self, visitor, path):
        assert visitor.signs_in("vera").get(path).status in {200, 400, 404}
