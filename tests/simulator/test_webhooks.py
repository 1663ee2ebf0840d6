"""What the product's webhook receives."""

import hashlib
import hmac
import json

import pytest

from tests.simulator.conftest import SECRET, Simulator, Target, eventually

pytestmark = pytest.mark.stack


def test_the_signature_covers_the_bytes_that_were_sent(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael, "Grüße, 50 % auf https://nordlicht.example/a @ 😀 <b>")
    received = eventually(lambda: target.about(rafael))[0]
    digest = hmac.new(SECRET.encode(), received.body, hashlib.sha256).hexdigest()
    assert received.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert received.headers["Content-Type"] == "application/json"
    reserialised = json.dumps(json.loads(received.body), separators=(",", ":")).encode()
    assert reserialised != received.body, "a receiver that serialises again before hashing must fail"


def test_the_body_is_compact_ascii_with_the_escapes_of_meta(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael, "ä/😀<%@")
    body = eventually(lambda: target.about(rafael))[0].body
    assert body.isascii()
    assert rb'"body":"\u00e4\/\ud83d\ude00\u003C\u0025\u0040"' in body
    assert b": " not in body
    assert json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] == "ä/😀<%@"


def test_an_inbound_message_has_the_documented_shape(simulator: Simulator, target: Target, rafael: str) -> None:
    wamid = simulator.writes(rafael, "Hello", timestamp=1770000000)
    payload = json.loads(eventually(lambda: target.about(rafael))[0].body)
    change = payload["entry"][0]["changes"][0]
    assert (payload["object"], payload["entry"][0]["id"], change["field"]) == (
        "whatsapp_business_account",
        "200300400500600",
        "messages",
    )
    value = change["value"]
    assert value["metadata"] == {"display_phone_number": "4940555000000", "phone_number_id": "100200300400500"}
    user_id = value["contacts"][0]["user_id"]
    assert user_id.startswith("DE.")
    assert value["contacts"] == [{"profile": {"name": "Rafael Monteiro"}, "wa_id": rafael, "user_id": user_id}]
    assert value["messages"] == [
        {
            "from": rafael,
            "from_user_id": user_id,
            "id": wamid,
            "timestamp": "1770000000",
            "type": "text",
            "text": {"body": "Hello"},
        }
    ]


def test_a_hidden_number_is_left_out_and_the_user_id_stays(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael)
    shown = eventually(lambda: target.about(rafael))[0].value
    target.received.clear()
    simulator.writes(rafael, hide_number=True)
    hidden = eventually(lambda: list(target.received))[0].value
    assert "wa_id" not in hidden["contacts"][0]
    assert "from" not in hidden["messages"][0]
    assert hidden["messages"][0]["from_user_id"] == shown["contacts"][0]["user_id"]


def test_an_unknown_type_is_passed_on_as_it_was_given(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.control("inbound", {"from": rafael, "type": "hologram", "raw": {"hologram": {"depth": 3}}})
    message = eventually(lambda: target.about(rafael))[0].value["messages"][0]
    assert (message["type"], message["hologram"]) == ("hologram", {"depth": 3})


def test_duplicates_arrive_in_parallel(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.control("faults", {"duplicate": 4})
    target.pause = 0.3
    simulator.writes(rafael)
    eventually(lambda: len(target.about(rafael)) == 4)
    assert len({received.body for received in target.about(rafael)}) == 1
    assert target.together == 4


def test_messages_of_one_phone_arrive_in_order(simulator: Simulator, target: Target, rafael: str) -> None:
    sent = [simulator.writes(rafael, f"line {number}") for number in range(12)]
    eventually(lambda: len(target.about(rafael)) == 12)
    assert [received.value["messages"][0]["id"] for received in target.about(rafael)] == sent


def test_reorder_shuffles_what_is_sent_within_a_short_window(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.control("faults", {"reorder": True})
    sent = [simulator.writes(rafael, f"line {number}") for number in range(8)]
    eventually(lambda: len(target.about(rafael)) == 8)
    arrived = [received.value["messages"][0]["id"] for received in target.about(rafael)]
    assert sorted(arrived) == sorted(sent)
    assert arrived != sent


def test_delay_holds_a_webhook_back(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.control("faults", {"delay_ms": 700})
    simulator.writes(rafael)
    entry = eventually(lambda: simulator.control("log?kind=webhook")["entries"])[0]
    written = simulator.control("log?kind=inbound")["entries"][0]["at"]
    assert 0.65 < entry["at"] - written < 3


def test_a_refused_webhook_is_sent_again_until_it_is_taken(simulator: Simulator, target: Target, rafael: str) -> None:
    target.answers = [500, 503, 404]
    first, second = simulator.writes(rafael, "first"), simulator.writes(rafael, "second")
    eventually(lambda: len(target.about(rafael)) == 5)
    arrived = [received.value["messages"][0]["id"] for received in target.about(rafael)]
    assert arrived == [first, first, first, first, second]
    assert len({received.body for received in target.about(rafael)}) == 2, "a retry sends the same bytes"
    entries = eventually(lambda: len(e := simulator.control("log?kind=webhook")["entries"]) == 5 and e)
    assert [entry["http_status"] for entry in entries] == [500, 503, 404, 200, 200]
    assert [entry["attempt"] for entry in entries] == [1, 2, 3, 4, 1]
    assert [entry["done"] for entry in entries] == [False, False, False, True, True]


def test_the_log_can_be_read_from_an_index_on(simulator: Simulator, target: Target, rafael: str) -> None:
    for number in range(3):
        simulator.writes(rafael, str(number))
    page = simulator.control("log?kind=inbound&since=1")
    assert [entry["index"] for entry in page["entries"]] == [1, 2]
    assert page["next"] == 3
    assert simulator.control("log?kind=inbound&since=3") == {"entries": [], "next": 3}
