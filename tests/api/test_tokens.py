"""Tokens: told once, kept as a digest, cut down by scope, ended at once."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.cache.backends.redis import RedisCache
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from agents import tokens
from agents.models import ApiToken, Membership, Role, Scope
from helpdesk import clock
from tests.api.conftest import Program, problem, program_of
from tests.cast import House
from tickets.models import Ticket


def browser(cast: House) -> Client:
    """Return Lena's browser."""
    client = Client()
    client.force_login(cast.lena, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_shows_a_new_token_once_and_keeps_a_digest(cast: House) -> None:
    page = browser(cast)
    form = {"name": "CRM", "scopes": ["tickets:read", "kpis:read"], "lifetime": "30"}
    html = str(page.post(reverse("account:tokens"), form).content, "utf-8")
    found = re.search(r'value="(hdt_[\w-]{43})"', html)
    assert found is not None
    assert found[1] not in str(page.get(reverse("account:tokens")).content, "utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM agents_apitoken t")
        assert found[1] not in cursor.fetchone()[0]
    token = tokens.find(found[1])
    assert token is not None
    assert (token.owner, token.created_by, token.scopes) == (cast.lena, cast.lena, ["kpis:read", "tickets:read"])
    assert token.expires_at is not None
    assert dt.timedelta(days=29) < token.expires_at - clock.now() < dt.timedelta(days=31)


def test_the_page_says_what_is_missing_and_keeps_what_was_chosen(cast: House) -> None:
    answer = browser(cast).post(reverse("account:tokens"), {"name": "", "scopes": ["kpis:read"], "lifetime": "365"})
    html = str(answer.content, "utf-8")
    assert answer.status_code == 422
    assert "Give the token a name" in html
    assert 'value="kpis:read" checked' in html
    assert not ApiToken.objects.exists()


def test_people_see_and_revoke_their_own_tokens_only(cast: House, lena: Program) -> None:
    other = program_of(cast.mateus, name="Not hers")
    page = browser(cast)
    assert b"Not hers" not in page.get(reverse("account:tokens")).content
    assert page.post(reverse("account:token_revocation", args=[other.token.pk])).status_code == 404
    assert page.post(reverse("account:token_revocation", args=[lena.token.pk])).status_code == 302
    assert lena.get("teams/").status_code == 401
    assert other.get("teams/").status_code == 200


def test_strangers_get_the_log_in_page(cast: House) -> None:
    assert Client().get(reverse("account:tokens"))["Location"].startswith("/login/")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer hdt_" + "A" * 43, "Basic bGVuYTpkZW1v", "Bearer hdt_ö" + "A" * 42, "Bearer a b"],
)
def test_whoever_has_no_token_learns_nothing(cast: House, ticket: Ticket, header: str) -> None:
    answer = Client().get(f"/api/v1/tickets/{ticket.pk}/", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert problem(answer)["code"] in {"not_authenticated", "authentication_failed"}


def test_a_session_opens_nothing(cast: House, ticket: Ticket) -> None:
    assert browser(cast).get("/api/v1/tickets/").status_code == 401


def test_a_token_ends_at_once(cast: House, ticket: Ticket) -> None:
    lena = program_of(cast.lena, expires_at=clock.now() + dt.timedelta(days=1))
    assert lena.get("tickets/").status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(days=1, seconds=1)):
        assert lena.get("tickets/").status_code == 401
    cast.lena.is_active = False
    cast.lena.save()
    assert lena.get("tickets/").status_code == 401


def test_a_token_follows_what_its_owner_may_see(cast: House, lena: Program, ticket: Ticket) -> None:
    """Leaving the team or another role acts on the next request."""
    address = f"tickets/{ticket.pk}/"
    assert lena.get(address).status_code == 200
    Membership.objects.filter(user=cast.lena).delete()
    assert lena.get(address).status_code == 404
    cast.lena.role = Role.MANAGER
    cast.lena.save()
    assert lena.get(address).status_code == 200


def test_the_last_use_is_written_once_a_minute(cast: House, lena: Program) -> None:
    with time_machine.travel("2026-03-02T08:00:00Z", tick=False) as now:
        for seconds, written in [(0, "08:00:00"), (59, "08:00:00"), (2, "08:01:01")]:
            now.shift(seconds)
            lena.get("teams/")
            lena.token.refresh_from_db()
            assert lena.token.last_used_at is not None
            assert f"{lena.token.last_used_at:%H:%M:%S}" == written


@pytest.mark.parametrize("scopes", [[], ["everything"], ["tickets:read", "x"]])
def test_the_database_refuses_scopes_that_do_not_exist(cast: House, scopes: list[Scope]) -> None:
    with pytest.raises(IntegrityError):
        program_of(cast.lena, scopes)


def test_a_token_that_has_used_up_its_minute_waits(cast: House, lena: Program, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    with time_machine.travel("2026-03-02T08:00:20Z", tick=False) as now:
        first = lena.get("teams/")
        assert (first["RateLimit"], first["RateLimit-Policy"]) == ('"token";r=1;t=40', '"token";q=2;w=60')
        lena.get("teams/")
        refused = lena.get("teams/")
        assert (refused.status_code, refused["Retry-After"]) == (429, "40")
        assert problem(refused)["code"] == "throttled"
        assert program_of(cast.mateus).get("teams/").status_code == 200
        now.shift(40)
        assert lena.get("teams/").status_code == 200


def test_without_valkey_nobody_is_held_up(lena: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.api.throttling.cache", RedisCache("redis://127.0.0.1:1/0", {}))
    assert lena.get("teams/").status_code == 200
