"""Who may open the set-up pages, walked over every address, and what the overview shows."""

import pytest
from django.test import Client
from django.urls import URLPattern

from helpdesk.urls import setup_pages
from tests.cast import House
from tests.setup.conftest import browser

# Leads configure what is their own team's.
FOR_LEADS = {"rules", *(f"rules_{name}" for name in ("new", "edit", "position", "activity", "removal", "restoration"))}


def path_of(pattern: URLPattern) -> str:
    """Return an address with 1 wherever a key stands."""
    return "/setup/" + str(pattern.pattern).replace("<int:pk>", "1")


@pytest.mark.parametrize("pattern", setup_pages, ids=lambda pattern: str(pattern.name))
def test_only_those_who_may_configure_open_a_set_up_page(cast: House, pattern: URLPattern) -> None:
    path = path_of(pattern)
    assert Client().get(path).headers["Location"].startswith("/login/")
    assert Client().get(path, headers={"HX-Request": "true"}).status_code == 401
    for person in (cast.lena, cast.jonas, *([] if pattern.name in FOR_LEADS else [cast.amira])):
        for method in ("get", "post"):
            response = getattr(browser(person), method)(path)
            assert response.status_code == 403, (person, method)
            assert b"An administrator of your workspace can give you access" in response.content


def test_the_overview_leads_to_every_page_and_says_how_it_stands(ada: Client) -> None:
    html = ada.get("/setup/").content.decode()
    assert 'aria-current="page"' in html
    for pattern in setup_pages:
        if "<" not in str(pattern.pattern) and str(pattern.pattern).count("/") == 1:
            assert f'href="/setup/{pattern.pattern}"' in html


def test_the_way_to_set_up_stands_in_the_rail_of_those_who_may(cast: House, ada: Client, amira: Client) -> None:
    assert 'href="/setup/"' in ada.get("/inbox/all/").content.decode()
    assert 'href="/setup/"' not in amira.get("/inbox/all/").content.decode()
