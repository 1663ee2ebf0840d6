"""The customer's phone, over plain HTTP."""

import pytest
import requests

from tests.simulator.conftest import Json, Simulator, Target, eventually

pytestmark = pytest.mark.stack
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def page(simulator: Simulator, path: str) -> str:
    """Return the HTML of a page in English."""
    answer = requests.get(f"{simulator.url}/phone/{path}?lang=en", timeout=10)
    assert answer.status_code == 200
    return answer.text


def test_hostile_names_and_texts_are_shown_as_text(simulator: Simulator, rafael: str) -> None:
    simulator.control("inbound", {"from": rafael, "name": HOSTILE, "text": HOSTILE})
    row = {"id": HOSTILE, "title": HOSTILE[:20]}
    interactive = {
        "type": "list",
        "header": {"type": "text", "text": HOSTILE},
        "body": {"text": HOSTILE},
        "action": {"button": HOSTILE[:20], "sections": [{"rows": [row]}]},
    }
    simulator.accepted(rafael, type="interactive", interactive=interactive)
    eventually(lambda: "&lt;script&gt;alert(2)" in page(simulator, f"{rafael}/"))
    for html in (page(simulator, ""), page(simulator, f"{rafael}/")):
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert(2)" in html


def test_the_policy_allows_no_foreign_or_inline_code(simulator: Simulator) -> None:
    answer = requests.get(f"{simulator.url}/phone/", timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'self' http://127.0.0.1:8000")
    assert "style=" not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script type="module" src=') == 1


def test_what_is_typed_on_the_phone_reaches_the_business(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael, "Hello")
    form = {"text": "  Where is my order?\r\nThanks "}
    answer = requests.post(f"{simulator.url}/phone/{rafael}/messages/", data=form, timeout=10)
    assert answer.status_code == 200, "a plain form leads back to the page"
    assert "Where is my order?" in answer.text
    received = eventually(lambda: len(r := target.about(rafael)) == 2 and r)[1]
    assert received.value["messages"][0]["text"]["body"] == "Where is my order?\nThanks"


def test_a_tapped_button_answers_its_message(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.writes(rafael)
    reply = {"type": "reply", "reply": {"id": "csat:42:5", "title": "Great"}}
    interactive = {"type": "button", "body": {"text": "How was it?"}, "action": {"buttons": [reply]}}
    wamid = simulator.accepted(rafael, type="interactive", interactive=interactive)
    html = eventually(lambda: "csat:42:5" in (h := page(simulator, f"{rafael}/")) and h)
    value = html.partition('name="choice" value="')[2].partition('"')[0]
    requests.post(f"{simulator.url}/phone/{rafael}/messages/", data={"choice": value}, timeout=10)

    def taps() -> list[Json]:
        return [m for r in target.about(rafael) for m in r.value.get("messages", []) if "context" in m]

    message = eventually(taps)[0]
    assert message["context"] == {"from": "4940555000000", "id": wamid}
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "csat:42:5", "title": "Great"}}


def test_a_new_customer_gets_a_number_and_a_name(simulator: Simulator) -> None:
    answer = requests.post(f"{simulator.url}/phone/", data={"language": "pt"}, timeout=10)
    assert "/phone/5511987" in answer.url
    named = requests.post(f"{simulator.url}/phone/", data={"name": "Ana  Lima", "language": "fr"}, timeout=10)
    assert "/phone/3363998" in named.url
    assert "Ana Lima" in named.text
    assert simulator.control("health")["phones"] == 2


def test_a_stream_shows_new_messages_and_takes_up_where_it_broke_off(simulator: Simulator, rafael: str) -> None:
    simulator.writes(rafael, "first")
    html = eventually(lambda: 'aria-label="Delivered"' in (h := page(simulator, f"{rafael}/")) and h)
    position = html.partition('data-position="')[2].partition('"')[0]
    simulator.writes(rafael, "second")
    address = f"{simulator.url}/phone/{rafael}/events/"

    def first_texts(identity: str, wanted: str) -> str:
        """Return the stream up to the wanted words."""
        read = ""
        with requests.get(address, headers={"Last-Event-ID": identity}, stream=True, timeout=10) as stream:
            for line in stream.iter_lines(decode_unicode=True):
                read += line + "\n"
                if wanted in line:
                    break
        return read

    assert ">first<" not in first_texts(position, ">second<")
    assert ">first<" in first_texts("another-life-7", ">second<"), "after a restart everything is sent again"


def test_an_open_phone_reads_and_a_closed_one_does_not(own_process: Simulator, target: Target, rafael: str) -> None:
    own_process.environ = {"SIM_AUTO_READ": "0"}
    simulator = own_process.start()
    simulator.writes(rafael)
    wamid = simulator.accepted(rafael)
    eventually(lambda: len(target.statuses(wamid)) == 2)
    with requests.get(f"{simulator.url}/phone/{rafael}/events/", stream=True, timeout=10):
        blocks = eventually(lambda: len(b := target.statuses(wamid)) == 3 and b)
    assert [block["status"] for block in blocks] == ["sent", "delivered", "read"]


@pytest.mark.parametrize("path", ["/phone/", "/control/inbound", "/control/reset", "/phone/4915200000000/messages/"])
def test_another_website_cannot_press_buttons(simulator: Simulator, path: str) -> None:
    for origin in ("https://evil.example", "null"):
        answer = requests.post(f"{simulator.url}{path}", headers={"Origin": origin}, json={}, timeout=10)
        assert answer.status_code == 403


def test_a_foreign_host_name_is_refused(simulator: Simulator) -> None:
    answer = requests.get(f"{simulator.url}/control/health", headers={"Host": "evil.example"}, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/phone/1234567/", "/phone/media/12345", "/static/simulator/../asgi.py", "/nothing"])
def test_what_is_not_there_is_a_404(simulator: Simulator, path: str) -> None:
    assert requests.get(f"{simulator.url}{path}", timeout=10).status_code == 404


def test_the_quick_answer_taps_five_stars_types_a_nine_and_finds_nothing_else(
    simulator: Simulator, rafael: str
) -> None:
    simulator.writes(rafael, "Hello")
    send = f"{simulator.url}/phone/{rafael}/messages/?lang=en"

    def answer() -> int:
        return requests.post(send, files={"sample": (None, "survey")}, timeout=10).status_code

    assert answer() == 400
    rows = [{"id": f"score:{stars}", "title": "⭐" * stars} for stars in (5, 4, 3, 2, 1)]
    question = {
        "type": "list",
        "body": {"text": "Happy?"},
        "action": {"button": "Choose", "sections": [{"rows": rows}]},
    }
    simulator.accepted(rafael, type="interactive", interactive=question)
    assert answer() == 200
    simulator.accepted(rafael, text={"body": "Would you recommend us? Please type a number from 0 to 10."})
    assert answer() == 200
    written = [entry["message"] for entry in simulator.control("log?kind=inbound")["entries"]]
    assert written[1]["interactive"]["list_reply"]["id"] == "score:5"
    assert written[2]["text"]["body"] == "9"
    assert answer() == 400
