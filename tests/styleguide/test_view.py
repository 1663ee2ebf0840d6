"""Who sees the style guide."""

import pytest
from django.test import Client

from agents.models import Role, User

pytestmark = pytest.mark.django_db


def signed_in(*, is_staff: bool) -> Client:
    user = User.objects.create_user("jonas", password="demo", role=Role.ADMIN, is_staff=is_staff)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_staff_see_the_style_guide_and_search_engines_do_not() -> None:
    answer = signed_in(is_staff=True).get("/styleguide/")
    assert answer.status_code == 200
    assert '<meta name="robots" content="noindex, nofollow">' in answer.content.decode()


def test_strangers_are_asked_to_log_in_and_colleagues_who_are_not_staff_are_refused() -> None:
    answer = Client().get("/styleguide/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")
    # To log in again would lead a colleague back here, and round and round.
    assert signed_in(is_staff=False).get("/styleguide/").status_code == 403


@pytest.mark.parametrize(("query", "expected"), [("theme=dark", 'data-theme="dark"'), ("dir=rtl", 'dir="rtl"')])
def test_theme_and_direction_can_be_chosen(query: str, expected: str) -> None:
    html = signed_in(is_staff=True).get(f"/styleguide/?{query}").content.decode()
    assert expected in html.split("<head>")[0]


def test_a_theme_that_is_none_is_ignored() -> None:
    html = signed_in(is_staff=True).get('/styleguide/?theme="><script>&dir=up').content.decode()
    assert "data-theme" not in html.split("<head>")[0]
    assert 'dir="ltr"' in html.split("<head>")[0]
