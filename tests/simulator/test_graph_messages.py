"""Sending through the simulated Graph API."""

import time
from typing import Any

import pytest
import requests

from tests.simulator.conftest import PNID, Json, Simulator, Target, eventually

pytestmark = pytest.mark.stack


def error_of(answer: requests.Response) -> tuple[int, int]:
    """Return (HTTP status, code) and check the shape of the body."""
    error = answer.json()["error"]
    assert {"message", "type", "code", "error_data", "fbtrace_id"} <= set(error)
    assert error["message"].startswith(f"(#{error['code']}) ")
    return answer.status_code, error["code"]


def test_a_send_is_accepted_then_sent_delivered_and_read(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael)
    answer = simulator.sends(rafael, biz_opaque_callback_data="attempt-77")
    wamid = answer.json()["messages"][0]["id"]
    assert answer.json() == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": f"+{rafael}", "wa_id": rafael}],
        "messages": [{"id": wamid}],
    }
    blocks = eventually(lambda: len(b := target.statuses(wamid)) == 3 and b)
    assert [block["status"] for block in blocks] == ["sent", "delivered", "read"]
    for block in blocks:
        assert block["recipient_id"] == rafael
        assert block["recipient_user_id"].startswith("DE.")
        assert block["biz_opaque_callback_data"] == "attempt-77"
        assert block["timestamp"].isdigit()
    assert blocks[0]["pricing"]["category"] == "service"


def test_every_accepted_send_is_in_the_log(simulator: Simulator, rafael: str) -> None:
    simulator.writes(rafael)
    wamid = simulator.accepted(rafael, text={"body": "Hi"}, biz_opaque_callback_data="x")
    (entry,) = simulator.control("log?kind=accepted_send")["entries"]
    assert (entry["wamid"], entry["to"], entry["type"], entry["body"], entry["biz_opaque_callback_data"]) == (
        wamid,
        rafael,
        "text",
        "Hi",
        "x",
    )
    assert abs(entry["at"] - time.time()) < 60
    assert entry["payload"]["text"] == {"body": "Hi"}


@pytest.mark.parametrize("written", ["{0}", "+{0}", "+49 {1}-{2}", "(+49) {1} {2}"])
def test_a_number_may_be_written_as_people_write_it(simulator: Simulator, rafael: str, written: str) -> None:
    simulator.writes(rafael)
    answer = simulator.sends(rafael, to=written.format(rafael, rafael[2:5], rafael[5:]))
    assert answer.json()["contacts"][0]["wa_id"] == rafael


def test_a_send_to_a_user_id_names_no_number(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael)
    user_id = eventually(lambda: target.about(rafael))[0].value["contacts"][0]["user_id"]
    answer = simulator.graph(
        "POST",
        f"{PNID}/messages",
        json={"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "Hi"}},
    )
    assert answer.json()["contacts"] == [{"input": user_id, "user_id": user_id}]


@pytest.mark.parametrize("token", ["", "wrong", "töken"])
def test_without_the_right_token_the_answer_is_401_and_190(simulator: Simulator, rafael: str, token: str) -> None:
    answer = simulator.graph("POST", f"{PNID}/messages", token=token.encode().decode("latin-1"), json={})
    assert error_of(answer) == (401, 190)


def test_a_foreign_number_id_is_an_unknown_object(simulator: Simulator) -> None:
    assert error_of(simulator.graph("POST", "999999/messages", json={})) == (400, 100)


def test_more_than_a_day_after_the_last_message_only_templates_pass(simulator: Simulator, rafael: str) -> None:
    simulator.writes(rafael, timestamp=time.time() - 24 * 3600 - 5)
    assert error_of(simulator.sends(rafael)) == (400, 131047)
    template = {"name": "ask_to_continue", "language": {"code": "de"}, "components": body_values("Rafael")}
    accepted = simulator.sends(rafael, type="template", template=template).json()
    assert accepted["messages"][0]["message_status"] == "accepted"
    simulator.writes(rafael)
    assert simulator.sends(rafael).status_code == 200


def test_a_phone_that_never_wrote_gets_templates_only(simulator: Simulator, rafael: str) -> None:
    assert error_of(simulator.sends(rafael)) == (400, 131047)


def body_values(*values: str) -> list[Json]:
    """Return the components of a template with these values."""
    return [{"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}]


def buttons(*replies: tuple[str, str]) -> Json:
    """Return an interactive block with reply buttons."""
    given = [{"type": "reply", "reply": {"id": identity, "title": title}} for identity, title in replies]
    return {"type": "button", "body": {"text": "Choose"}, "action": {"buttons": given}}


def rows(count: int, **more: str) -> Json:
    """Return an interactive block with a list."""
    given = [{"id": f"r{number}", "title": f"Row {number}", **more} for number in range(count)]
    return {"type": "list", "body": {"text": "Choose"}, "action": {"button": "Open", "sections": [{"rows": given}]}}


REFUSED: list[tuple[str, Json, int]] = [
    ("no product", {"messaging_product": None}, 131008),
    ("no recipient", {"to": ""}, 131008),
    ("not a number", {"to": "Rafael"}, 131009),
    ("unknown type", {"type": "hologram"}, 100),
    ("no text", {"text": {"body": ""}}, 131008),
    ("text of 4097", {"text": {"body": "x" * 4097}}, 100),
    ("callback data of 513", {"biz_opaque_callback_data": "x" * 513}, 100),
    ("image without a source", {"type": "image", "image": {}}, 100),
    ("image with two sources", {"type": "image", "image": {"id": "1", "link": "https://a.example/b"}}, 100),
    ("unknown media", {"type": "image", "image": {"id": "123"}}, 131009),
    ("caption on audio", {"type": "audio", "audio": {"link": "https://a.example/b", "caption": "x"}}, 100),
    ("four buttons", {"type": "interactive", "interactive": buttons(*((str(n), str(n)) for n in range(4)))}, 131009),
    ("same button id", {"type": "interactive", "interactive": buttons(("a", "A"), ("a", "B"))}, 131009),
    ("title of 21", {"type": "interactive", "interactive": buttons(("a", "x" * 21))}, 131009),
    ("eleven rows", {"type": "interactive", "interactive": rows(11)}, 131009),
    ("row text of 73", {"type": "interactive", "interactive": rows(1, description="x" * 73)}, 131009),
    ("unknown template", {"type": "template", "template": {"name": "no", "language": {"code": "en"}}}, 132001),
    (
        "too few values",
        {
            "type": "template",
            "template": {"name": "ticket_update", "language": {"code": "en"}, "components": body_values("x")},
        },
        132000,
    ),
]


@pytest.mark.parametrize(("payload", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_send_outside_the_limits_is_refused(simulator: Simulator, rafael: str, payload: Json, code: int) -> None:
    simulator.writes(rafael)
    answer = simulator.sends(rafael, **payload)
    assert error_of(answer)[1] == code
    assert simulator.control("log?kind=accepted_send")["entries"] == []


@pytest.mark.parametrize(
    "payload",
    [
        {"text": {"body": "x" * 4096}},
        {"context": None},
        {"type": "interactive", "interactive": rows(10, description="x" * 72)},
        {"type": "interactive", "interactive": buttons(("a", "x" * 20), ("b" * 256, "B"), ("c", "C"))},
        {"type": "interactive", "interactive": '{"type":"button","body":{"text":"T"},"action":'
         '{"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}'},
        {"type": "document", "document": {"link": "https://shop.example/a.pdf", "filename": "a.pdf"}},
    ],
)  # fmt: skip
def test_a_send_at_the_limits_is_accepted(simulator: Simulator, rafael: str, payload: dict[str, Any]) -> None:
    simulator.writes(rafael)
    assert simulator.sends(rafael, **payload).status_code == 200


def test_reading_marks_earlier_messages_too_and_typing_is_logged(simulator: Simulator, rafael: str) -> None:
    simulator.writes(rafael, "one")
    second = simulator.writes(rafael, "two")
    call: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    assert simulator.graph("POST", f"{PNID}/messages", json=call).json() == {"success": True}
    typing = {**call, "typing_indicator": {"type": "text"}}
    assert simulator.graph("POST", f"{PNID}/messages", json=typing).json() == {"success": True}
    assert [entry["wamid"] for entry in simulator.control("log?kind=read")["entries"]] == [second, second]
    assert [entry["wamid"] for entry in simulator.control("log?kind=typing")["entries"]] == [second]
    page = requests.get(f"{simulator.url}/phone/{rafael}/?lang=en", timeout=10).text
    assert page.count('aria-label="Read"') == 2
    assert error_of(simulator.graph("POST", f"{PNID}/messages", json={**call, "message_id": "wamid.no"})) == (
        400,
        131009,
    )


def test_the_number_and_its_templates_can_be_asked_for(simulator: Simulator) -> None:
    number = simulator.graph("GET", f"{PNID}?fields=verified_name,status").json()
    assert number == {"id": PNID, "verified_name": "Nordlicht Outdoor", "status": "CONNECTED"}
    names: set[tuple[str, str]] = set()
    path = "200300400500600/message_templates?status=APPROVED&limit=4"
    while path:
        page = simulator.graph("GET", path).json()
        names |= {(row["name"], row["language"]) for row in page["data"]}
        path = page["paging"].get("next", "").partition("/v26.0/")[2]
    languages = {"en", "de", "fr"}
    assert {("ticket_update", code) for code in languages} | {("ask_to_continue", code) for code in languages} <= names


def test_a_program_can_tap_an_answer_by_its_title_or_id(simulator: Simulator, rafael: str) -> None:
    simulator.writes(rafael)
    simulator.accepted(rafael, type="interactive", interactive=rows(5))
    simulator.control("inbound", {"from": rafael, "tap": "Row 3"})
    simulator.control("inbound", {"from": rafael, "tap": "r4"})
    told = [entry["message"] for entry in simulator.control("log?kind=inbound")["entries"]][-2:]
    assert [block["interactive"]["list_reply"]["id"] for block in told] == ["r3", "r4"]
