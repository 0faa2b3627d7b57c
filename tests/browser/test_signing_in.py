import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_administrator_signs_in(live_server, page: Page, said):
    get_user_model().objects.create_superuser("ada", "ada@example.org", "the analytical engine")
    page.goto(f"{live_server.url}/admin/")

    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("the analytical engine")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_text("Site administration").first).to_be_visible()
    assert not said, "a strict content security policy is on: nothing may be refused, nothing missing"
