"""What holds for every page: headers, log-in, language, and what happens when PostgreSQL is away."""

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from helpdesk.errors import server_error
from tests.cast import person


@pytest.mark.django_db
def test_every_page_carries_the_headers_that_protect_it(client: Client) -> None:
    response = client.get("/login/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"].startswith(("no-store", "max-age=0"))
    assert response.headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}


def test_liveness_asks_nobody(client: Client) -> None:
    # Without the db fixture any query would fail this test.
    assert client.get("/healthz/live").content == b"ok"


@pytest.mark.django_db
def test_readiness_names_what_it_found(client: Client) -> None:
    response = client.get("/healthz/ready")
    assert response.json() == {"database": True, "live_layer": True}


@pytest.mark.django_db
@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_readiness_does_not_need_valkey(client: Client) -> None:
    response = client.get("/healthz/ready")
    assert (response.status_code, response.json()["live_layer"]) == (200, False)


@pytest.mark.parametrize(("path", "kind"), [("/webhooks/whatsapp", "text/plain"), ("/inbox/", "text/html")])
def test_a_database_that_is_away_is_a_503_with_a_promise(path: str, kind: str) -> None:
    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        response = server_error(RequestFactory().get(path))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Content-Type"].startswith(kind)
    assert b"server closed" not in response.content


def test_any_other_fault_is_a_500_that_tells_nothing() -> None:
    try:
        raise ValueError("secret detail")
    except ValueError:
        response = server_error(RequestFactory().get("/inbox/"))
    assert response.status_code == 500
    assert b"secret detail" not in response.content


@pytest.mark.django_db
def test_a_person_reads_pages_in_their_own_language(client: Client) -> None:
    jonas = person("jonas", language="de")
    client.force_login(jonas)
    response = client.get("/inbox/mine/")
    assert response.headers["Content-Language"] == "de"
    assert '<html lang="de"' in response.content.decode()


@pytest.mark.django_db
def test_preferences_are_stored_and_lead_back(client: Client) -> None:
    lena = person("lena")
    client.force_login(lena)
    response = client.post("/preferences/", {"theme": "dark", "next": "/inbox/mine/"})
    lena.refresh_from_db()
    assert (lena.theme, lena.language, response.headers["Location"]) == ("dark", "", "/inbox/mine/")
    response = client.post("/preferences/", {"theme": "purple", "next": "//evil.example/"})
    lena.refresh_from_db()
    assert (lena.theme, response.headers["Location"]) == ("dark", "/")


@pytest.mark.django_db
def test_too_many_wrong_passwords_are_refused_for_real_and_invented_names_alike(client: Client) -> None:
    person("lena")
    for name in ("lena", "nobody"):
        codes = [client.post("/login/", {"username": name, "password": "wrong"}).status_code for _ in range(12)]
        assert codes[0] == 200
        assert codes[-1] == 429


@pytest.mark.django_db
def test_there_is_no_demo_and_no_styleguide_for_strangers(client: Client) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.get("/styleguide/").status_code in {302, 404}
