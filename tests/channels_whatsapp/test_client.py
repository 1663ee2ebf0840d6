"""Calls to Meta: one deadline for all of it, and no doubt about what was taken and what was not."""

import socket
import threading
import time
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from channels_whatsapp import transport
from channels_whatsapp.client import GraphClient, GraphError, NoAnswer, NothingSent, Rejected
from channels_whatsapp.encryption import Secret
from tests.channels_whatsapp.conftest import SENTINEL
from tests.channels_whatsapp.meta import Meta, Script, accepted, answer, drip, graph_error, hang, reset
from tests.channels_whatsapp.payloads import PNID


@pytest.fixture
def graph() -> GraphClient:
    return GraphClient(phone_number_id=PNID, access_token=Secret.of(SENTINEL))


def unread_then_closed(sock: socket.socket) -> None:
    """Promise more than is sent."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    sock.shutdown(socket.SHUT_RDWR)


def body_drips(sock: socket.socket) -> None:
    """Answer at once, and never come to the end."""
    try:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        for _ in range(100):
            sock.sendall(b" ")
            time.sleep(0.05)
    except OSError:
        return


def test_a_message_is_sent_as_graph_wants_it(meta: Meta, graph: GraphClient) -> None:
    meta.plan(accepted("wamid.A"))
    assert graph.send({"to": "+353", "type": "text"}) == "wamid.A"
    (seen,) = meta.seen
    assert seen.line == f"POST /v26.0/{PNID}/messages HTTP/1.1"
    assert seen.headers["authorization"] == f"Bearer {SENTINEL}"
    assert seen.json == {"messaging_product": "whatsapp", "to": "+353", "type": "text"}


def test_one_thread_keeps_one_connection(meta: Meta, graph: GraphClient) -> None:
    meta.plan(accepted())
    for _ in range(5):
        graph.send({})
    assert (len(meta.seen), meta.connections) == (5, 1)


def test_a_connection_that_idled_is_not_trusted_with_a_message(
    meta: Meta, graph: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    meta.plan(accepted())
    graph.send({})
    monkeypatch.setattr(transport, "MAX_IDLE", 0.0)
    graph.send({})
    assert meta.connections == 2


@pytest.mark.parametrize(
    "script",
    [
        hang,
        reset,
        drip,
        body_drips,
        unread_then_closed,
        answer(502, b"<html>Bad Gateway</html>"),
        answer(503, b""),
        answer(500, {"unexpected": True}),
        answer(408, b""),
        answer(200, b"<html>log in</html>"),
        answer(200, b""),
        answer(200, {"messages": []}),
        answer(200, {"messages": [{"id": None}]}),
    ],
    ids=[
        "hangs", "resets", "drips", "body drips", "breaks off", "HTML 502", "empty 503", "JSON 500 without error",
        "408", "HTML 200", "empty 200", "no messages", "no id",
    ],
)  # fmt: skip
def test_without_a_clear_answer_nobody_knows(meta: Meta, graph: GraphClient, script: Script) -> None:
    meta.plan(script)
    start = time.monotonic()
    with pytest.raises(NoAnswer):
        graph.send({})
    assert time.monotonic() - start < 1.8
    assert len(meta.seen) == 1


@pytest.mark.parametrize(
    ("script", "code", "retry_after"),
    [
        (graph_error(131047), 131047, None),
        (graph_error(131000, 500), 131000, None),
        (graph_error(2, 503), 2, None),
        (graph_error(130429, 429, "Retry-After: 7"), 130429, 7),
        (graph_error(4, 400, "Retry-After: 999999"), 4, 3600),
        (graph_error(4, 400, "Retry-After: soon"), 4, None),
        (answer(200, {"error": {"code": 100}}), 100, None),
        (answer(400, {"error": {"code": 1, "error_data": "text"}}), 1, None),
    ],
)
def test_an_error_of_graph_is_a_definite_refusal(
    meta: Meta, graph: GraphClient, script: Script, code: int, retry_after: float | None
) -> None:
    meta.plan(script)
    with pytest.raises(GraphError) as caught:
        graph.send({})
    assert (caught.value.code, caught.value.retry_after) == (code, retry_after)


@pytest.mark.parametrize("status", [301, 400, 404, 413, 429])
def test_a_refusal_by_something_in_front_of_graph_is_definite_too(meta: Meta, graph: GraphClient, status: int) -> None:
    meta.plan(answer(status, b"<html>", "Location: http://127.0.0.1:1/"))
    with pytest.raises(Rejected):
        graph.send({})
    assert len(meta.seen) == 1


def test_when_nobody_listens_nothing_was_sent(graph: GraphClient, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings.GRAPH_BASE_URL = f"http://127.0.0.1:{port}"
    with pytest.raises(NothingSent):
        graph.send({})


def test_when_the_name_is_unknown_nothing_was_sent(graph: GraphClient, settings: Settings) -> None:
    settings.GRAPH_BASE_URL = "http://graph.invalid"
    with pytest.raises(NothingSent):
        graph.send({})


def test_when_the_handshake_of_tls_fails_nothing_was_sent(meta: Meta, graph: GraphClient, settings: Settings) -> None:
    meta.plan(answer(200, b""))
    settings.GRAPH_BASE_URL = meta.url.replace("http:", "https:")
    with pytest.raises(NothingSent):
        graph.send({})
    assert not meta.seen or meta.seen[0].body == b""


def test_a_connection_that_is_never_accepted_is_given_up_in_time(graph: GraphClient, settings: Settings) -> None:
    settings.GRAPH_CONNECT_TIMEOUT, settings.GRAPH_DEADLINE = 0.3, 1.0
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        # Fill the queue of the kernel: the next connection gets no answer at all.
        crowd = [socket.socket() for _ in range(8)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(address)
        settings.GRAPH_BASE_URL = f"http://127.0.0.1:{address[1]}"
        start = time.monotonic()
        with pytest.raises(NothingSent):
            graph.send({})
        assert time.monotonic() - start < 1
        for one in crowd:
            one.close()


def test_proxies_of_the_environment_are_not_used(
    meta: Meta, graph: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    meta.plan(accepted())
    graph.send({})


def test_a_hanging_call_of_one_thread_does_not_hold_another(meta: Meta, graph: GraphClient) -> None:
    meta.plan(hang, accepted())
    failed: list[Exception] = []

    def first() -> None:
        try:
            graph.send({})
        except NoAnswer as error:
            failed.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    while not meta.seen:
        time.sleep(0.01)
    start = time.monotonic()
    graph.send({})
    assert time.monotonic() - start < 0.5
    thread.join(5)
    assert failed


def test_no_error_names_the_token(meta: Meta, graph: GraphClient, settings: Settings) -> None:
    def fails(act: Callable[[], object]) -> str:
        try:
            act()
        except (NoAnswer, NothingSent, GraphError) as error:
            return f"{error!r} {error.__cause__!r} {vars(error)}"
        raise AssertionError

    shown = []
    for script in (hang, reset, graph_error(190, 401), answer(502, SENTINEL.encode())):
        meta.plan(script)
        shown.append(fails(lambda: graph.send({})))
    settings.GRAPH_BASE_URL = "http://127.0.0.1:1"
    shown.append(fails(lambda: graph.send({})))
    assert all(SENTINEL not in text for text in shown)


def test_reading_is_reported_with_and_without_dots(meta: Meta, graph: GraphClient) -> None:
    meta.plan(answer(200, {"success": True}))
    graph.mark_read("wamid.IN")
    graph.mark_read("wamid.IN", typing=True)
    assert [seen.json for seen in meta.seen] == [
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"},
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.IN",
            "typing_indicator": {"type": "text"},
        },
    ]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("157.240.1.1", True),
        ("2a03:2880:f11c::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses_are_told_from_private_ones(address: str, public: bool) -> None:
    assert transport.is_public(address) is public
