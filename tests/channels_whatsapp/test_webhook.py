"""The door: what is let in, what is turned away, and that nothing is stored of the latter."""

import io
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import close_old_connections, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from channels_whatsapp.models import InboundUpdate, WebhookRequest, WhatsAppNumber
from tests.channels_whatsapp.payloads import (
    OLD_SECRET,
    PATH,
    SECRET,
    card,
    encode,
    envelope,
    sign,
    status,
    text,
    value,
)

pytestmark = pytest.mark.django_db
BODY = encode(envelope(value(messages=[text("Grüße aus Köln 🏕️ https://example.org/x?a=1")])))
GOOD = sign(BODY)


def raw_post(client: Client, stream: io.BytesIO, *, length: str, signature: str = GOOD, encoding: str = "") -> int:
    """Post with a body and a length that need not agree."""
    environ: dict[str, Any] = {
        "wsgi.input": stream,
        "CONTENT_LENGTH": length,
        "HTTP_X_HUB_SIGNATURE_256": signature,
        "HTTP_TRANSFER_ENCODING": encoding,
    }
    return client.generic("POST", PATH, b"", **environ).status_code


def deliver(client: Client, body: bytes, header: str | None) -> int:
    headers = {} if header is None else {"X-Hub-Signature-256": header}
    return client.post(PATH, body, content_type="application/json", headers=headers).status_code


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("sha256=" + "0" * 64, id="wrong"),
        pytest.param("sha1=" + "0" * 40, id="sha1"),
        pytest.param("sha256=" + GOOD[7:].upper(), id="upper case"),
        pytest.param(GOOD[:-1], id="truncated"),
        pytest.param(sign(json.dumps(json.loads(BODY)).encode()), id="of the body written anew"),
        pytest.param(f"{GOOD},{GOOD}", id="two values"),
        pytest.param(f" {GOOD}", id="space before"),
        pytest.param(f"{GOOD}\t", id="space after"),
        pytest.param(GOOD.replace("=", " = "), id="space within"),
        pytest.param(sign(BODY, "secret-of-another-app"), id="another app's secret"),
        pytest.param(GOOD[7:], id="no algorithm"),
        pytest.param("sha256=" + "é" * 64, id="not ASCII"),
    ],
)
def test_a_forged_request_is_turned_away_and_nothing_is_stored(client: Client, header: str | None) -> None:
    assert deliver(client, BODY, header) == 401
    assert not WebhookRequest.objects.exists()


def test_a_signature_over_the_raw_bytes_lets_in_and_the_bytes_are_kept(client: Client) -> None:
    assert b"\\u" in BODY
    assert b"\\/" in BODY
    assert deliver(client, BODY, GOOD) == 200
    stored = WebhookRequest.objects.get()
    assert bytes(stored.body) == BODY
    assert (stored.size, stored.secret_index, stored.finished_at) == (len(BODY), 0, None)


def test_the_old_secret_holds_during_a_rotation_and_not_after_it(client: Client, settings: Settings) -> None:
    assert deliver(client, BODY, sign(BODY, OLD_SECRET)) == 200
    assert WebhookRequest.objects.get().secret_index == 1
    settings.WHATSAPP_APP_SECRETS = [SECRET]
    assert deliver(client, BODY, sign(BODY, OLD_SECRET)) == 401
    assert WebhookRequest.objects.count() == 1


def test_without_an_app_secret_nothing_is_let_in(client: Client, settings: Settings) -> None:
    settings.WHATSAPP_APP_SECRETS = []
    assert deliver(client, BODY, GOOD) == 503
    assert deliver(client, BODY, sign(BODY, "")) == 503
    assert not WebhookRequest.objects.exists()


def test_storing_takes_one_query_and_leaves_no_cookie(client: Client) -> None:
    with CaptureQueriesContext(connections["default"]) as queries:
        response = client.post(PATH, BODY, content_type="application/json", headers={"X-Hub-Signature-256": GOOD})
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]
    assert not response.cookies


def test_the_body_is_not_looked_into(client: Client) -> None:
    body = b"\x00\xff not JSON at all"
    assert deliver(client, body, sign(body)) == 200
    assert bytes(WebhookRequest.objects.get().body) == body


def test_an_announced_length_over_the_limit_is_refused_before_reading(client: Client, settings: Settings) -> None:
    class Untouchable(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    limit = settings.WEBHOOK_MAX_BYTES
    assert raw_post(client, Untouchable(), length=str(limit + 1)) == 413
    assert not WebhookRequest.objects.exists()


def test_a_body_of_exactly_the_limit_is_taken(client: Client, settings: Settings) -> None:
    body = b" " * settings.WEBHOOK_MAX_BYTES
    assert deliver(client, body, sign(body)) == 200
    assert deliver(client, body + b" ", sign(body + b" ")) == 413


def test_a_body_without_a_length_is_read_up_to_the_limit(client: Client, settings: Settings) -> None:
    def send(body: bytes) -> int:
        return raw_post(client, io.BytesIO(body), length="", signature=sign(body), encoding="chunked")

    assert send(BODY) == 200
    assert bytes(WebhookRequest.objects.get().body) == BODY
    assert send(b" " * (settings.WEBHOOK_MAX_BYTES + 1)) == 413


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "9" * 30])
def test_a_nonsensical_length_is_no_server_error(client: Client, length: str) -> None:
    assert raw_post(client, io.BytesIO(), length=length) in {400, 413}


def test_a_body_cut_short_is_not_stored(client: Client) -> None:
    assert raw_post(client, io.BytesIO(BODY[:10]), length=str(len(BODY)), signature=GOOD) == 400
    assert not WebhookRequest.objects.exists()


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    response = client.generic(method, PATH, BODY, headers={"X-Hub-Signature-256": GOOD})
    assert response.status_code == 405
    assert response["Allow"] == "GET, POST"


# -- The handshake -----------------------------------------------------------------------------------


def handshake(client: Client, **query: str) -> Any:
    values = {"mode": "subscribe", "challenge": "1158201444", "verify_token": "verify-me-please", **query}
    return client.get(PATH, {f"hub.{key}": content for key, content in values.items()})


def test_the_handshake_echoes_the_bare_challenge(client: Client) -> None:
    response = handshake(client)
    assert (response.status_code, response.content) == (200, b"1158201444")
    assert response["Content-Type"].startswith("text/plain")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "query",
    [
        {"verify_token": "wrong"},
        {"verify_token": ""},
        {"verify_token": "ü"},
        {"mode": "unsubscribe"},
        {"challenge": "<script>alert(1)</script>"},
        {"challenge": "a" * 201},
        {"challenge": ""},
        {"challenge": "1\n2"},
        {"challenge": "１２３"},
    ],
)
def test_a_handshake_that_is_not_metas_is_refused_and_reflects_nothing(client: Client, query: dict[str, str]) -> None:
    response = handshake(client, **query)
    assert response.status_code == 403
    assert response.content == b"forbidden"


def test_without_a_verify_token_every_handshake_is_refused(client: Client, settings: Settings) -> None:
    settings.WHATSAPP_VERIFY_TOKEN = ""
    assert handshake(client, verify_token="").status_code == 403


def test_a_trailing_slash_is_another_address_and_not_a_redirect(client: Client) -> None:
    assert client.post(PATH + "/", BODY, content_type="application/json").status_code == 404


# -- The database is away ----------------------------------------------------------------------------


@pytest.fixture
def dead_database() -> Iterator[None]:
    """Point the connection at a port where nobody listens, as after a crash."""
    connection = connections["default"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(HOST="127.0.0.1", PORT=str(port))
    yield
    connection.close()
    connection.settings_dict.update(before)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_down_is_answered_with_503_within_two_seconds(client: Client, dead_database: None) -> None:
    start = time.monotonic()
    assert deliver(client, BODY, GOOD) == 503
    assert time.monotonic() - start < 2


@pytest.mark.django_db(transaction=True)
def test_after_the_database_came_back_the_next_request_is_stored(client: Client) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    # Real servers send this signal between two requests; Django's test client does not.
    close_old_connections()
    assert deliver(client, BODY, GOOD) == 200
    assert WebhookRequest.objects.count() == 1


# -- Bad input with a good signature -----------------------------------------------------------------

HOSTILE = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"[" * 100_000,
    b'{"entry":' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"entry":[{"changes":[{"field":"messages","value":' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}]}]}",
    b'{"entry":NaN}',
    b'{"entry":[{"changes":[{"value":{"messages":[{"id":"x","timestamp":NaN,"from":1e999}]}}]}]}',
    b'{"entry":[{"changes":[{"value":{"messages":[{"id":' + b"9" * 5000 + b"}]}}]}]}",
    b'{"entry":[],"entry":[{"changes":[]}],"entry":7}',
    b'{"entry":[{"id":"\\u0000","changes":[{"field":"a\\u0000b","value":{"\\ud800":"\\udfff\\u0000"}}]}]}',
    b'{"entry":"' + b"\xff\xfe" + b'"}',
    b"\xef\xbb\xbf{}",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_json_is_stored_and_finished_without_an_error(
    client: Client, number: WhatsAppNumber, drain: Callable[[], None], body: bytes
) -> None:
    assert deliver(client, body, sign(body)) == 200
    drain()
    stored = WebhookRequest.objects.get()
    assert bytes(stored.body) == body
    assert stored.finished_at is not None
    assert stored.attempts == 1


def test_ten_thousand_levels_are_found_unreadable_at_once(client: Client, drain: Callable[[], None]) -> None:
    body = b'{"entry":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    deliver(client, body, sign(body))
    start = time.monotonic()
    drain()
    assert time.monotonic() - start < 0.5
    assert WebhookRequest.objects.get().unreadable == "too_deep"


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
SAMPLE = envelope(
    value(
        messages=[
            text(context={"id": "wamid.Q"}),
            text(type="image", image={"id": "1", "mime_type": "image/jpeg", "sha256": "x"}),
            text(type="interactive", interactive={"type": "list_reply", "list_reply": {"id": "a", "title": "b"}}),
            text(type="contacts", contacts=[{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+351"}]}]),
            text(type="edit", edit={"original_message_id": "x", "message": {"type": "text", "text": {"body": "y"}}}),
        ],
        contacts=[card(), card("Ana", wa_id=None, user_id="PT.1")],
        statuses=[status("wamid.S", "failed", errors=[{"code": 131047}], biz_opaque_callback_data="x")],
    )
)


def paths(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place in a tree."""
    if here:
        yield here
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(child, (*here, key))


@given(changes=st.lists(st.tuples(st.sampled_from(sorted(paths(SAMPLE), key=str)), TREES), min_size=1, max_size=4))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_payload_never_breaks_the_door_or_the_worker(
    client: Client, number: WhatsAppNumber, drain: Callable[[], None], changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    payload = json.loads(json.dumps(SAMPLE))
    for place, replacement in changes:
        node = payload
        try:
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = replacement
        except (LookupError, TypeError):
            continue
    body = json.dumps(payload).encode()
    before = WebhookRequest.objects.count()
    assert deliver(client, body, sign(body)) == 200
    assert WebhookRequest.objects.count() == before + 1
    drain()
    assert not WebhookRequest.objects.filter(finished_at__isnull=True).exists()
    assert not InboundUpdate.objects.filter(attempts__gt=1).exists()
    assert not InboundUpdate.objects.filter(parked_reason="gave_up").exists()
