import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_of_badges(live_server, page, inspect, scheme):
    page.emulate_media(color_scheme=scheme)

    page.goto(f"{live_server.url}/badges/")

    inspect(f"badges-{scheme}")
