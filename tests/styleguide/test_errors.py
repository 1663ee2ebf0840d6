"""Error pages: plain sentences, and nothing that needs the database or a person."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

PAGES = ["400", "403", "403_csrf", "404", "413", "500", "503"]


@pytest.mark.parametrize("page", PAGES)
def test_an_error_page_stands_without_request_and_database(page: str) -> None:
    html = render_to_string(f"{page}.html")
    assert html.count("<h1") == 1
    assert "/static/css/app" in html


@pytest.mark.parametrize("page", PAGES)
def test_an_error_page_says_who_can_help_or_what_to_do(page: str) -> None:
    html = render_to_string(f"{page}.html")
    assert "Traceback" not in html
    assert 'class="button button-primary"' in html


@pytest.mark.django_db
def test_an_unknown_address_answers_404_in_plain_words(settings: Settings) -> None:
    settings.DEBUG = False
    answer = Client().get("/nothing-here/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_plain_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "open for too long" in answer.content.decode()


def test_error_pages_follow_the_language() -> None:
    with translation.override("de"):
        assert 'lang="de"' in render_to_string("404.html")
