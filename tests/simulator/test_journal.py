"""What survives the end of the process."""

import asyncio
from pathlib import Path

import pytest
import requests

from simulator import engine
from simulator.config import Config
from tests.simulator.conftest import Simulator, Target, eventually

pytestmark = pytest.mark.stack


def test_accepted_sends_and_chats_survive_kill_9(own_process: Simulator, rafael: str) -> None:
    simulator = own_process.start()
    simulator.writes(rafael, "Minha mochila rasgou")
    accepted = [simulator.accepted(rafael, text={"body": f"Answer {number}"}) for number in range(20)]
    simulator.kill()
    simulator.start()
    entries = simulator.control("log?kind=accepted_send")["entries"]
    assert [entry["wamid"] for entry in entries] == accepted
    address = f"{simulator.url}/phone/{rafael}/"
    page = eventually(lambda: "Answer 19" in (html := requests.get(address, timeout=10).text) and html)
    assert "Minha mochila rasgou" in page
    assert simulator.sends(rafael).status_code == 200, "the window is still open"


def test_unconfirmed_webhooks_are_delivered_after_kill_9(own_process: Simulator, target: Target, rafael: str) -> None:
    simulator = own_process.start()
    target.answers = [500] * 1000
    wamid = simulator.writes(rafael)
    eventually(lambda: target.about(rafael))
    simulator.kill()
    target.answers.clear()
    target.received.clear()
    simulator.start()
    received = eventually(lambda: target.about(rafael))
    assert received[0].value["messages"][0]["id"] == wamid
    eventually(lambda: simulator.control("health")["pending_webhooks"] == 0)


def test_receipts_go_on_after_kill_9(own_process: Simulator, target: Target, rafael: str) -> None:
    simulator = own_process.start()
    simulator.writes(rafael)
    wamid = simulator.accepted(rafael, biz_opaque_callback_data="x")
    simulator.kill()
    simulator.start()
    eventually(lambda: {"sent", "delivered", "read"} <= {block["status"] for block in target.statuses(wamid)})


def test_a_line_torn_by_a_crash_is_cut_off(own_process: Simulator, rafael: str) -> None:
    simulator = own_process.start()
    simulator.writes(rafael)
    first = simulator.accepted(rafael)
    simulator.kill()
    journal = simulator.data_dir / "journal.jsonl"
    with journal.open("ab") as lines:
        lines.write(b'not json at all\n{"k":"accepted_send","wamid":"wamid.torn"')
    simulator.start()
    second = simulator.accepted(rafael)
    simulator.kill()
    simulator.start()
    entries = simulator.control("log?kind=accepted_send")["entries"]
    assert [entry["wamid"] for entry in entries] == [first, second]


def test_a_long_journal_is_shortened_at_start_without_losing_a_chat(
    own_process: Simulator, target: Target, rafael: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = own_process.start()
    process.writes(rafael, "Minha mochila rasgou")
    wamid = process.accepted(rafael)
    eventually(lambda: len(target.statuses(wamid)) == 3)
    eventually(lambda: len(process.control("log?kind=webhook")["entries"]) == 4)
    process.kill()
    before = (process.data_dir / "journal.jsonl").stat().st_size
    monkeypatch.setattr(engine, "COMPACT_ABOVE", 0)

    async def restart() -> tuple[list[str], int]:
        """Start and stop the simulator inside the test."""
        shortened = engine.Simulator(Config.from_environ({**process.settings(), "SIM_WEBHOOK_URL": target.url}))
        shortened.start()
        statuses = [message.status for message in shortened.world.messages.values()]
        pending = shortened.reports.courier.pending
        await shortened.close()
        return statuses, pending

    assert asyncio.run(restart()) == (["delivered", "read"], 0)
    assert (process.data_dir / "journal.jsonl").stat().st_size < before / 2
    entries = process.start().control("log?kind=accepted_send")["entries"]
    assert [entry["wamid"] for entry in entries] == [wamid]


def test_a_second_process_on_the_same_data_is_refused(own_process: Simulator, target: Target) -> None:
    first = own_process.start()
    second = Simulator(first.data_dir, target)
    second.launch()
    assert "Another simulator already uses" in second.output_of_itself()
    assert first.control("health")["status"] == "ok"


def test_a_history_is_shown_and_reported_to_nobody(simulator: Simulator, target: Target, rafael: str) -> None:
    messages = [
        {"direction": "in", "wamid": "wamid.a", "type": "text", "text": "Frage", "timestamp": 1770000000},
        {"direction": "out", "wamid": "wamid.b", "type": "text", "text": "Antwort", "timestamp": 1770000060},
    ]
    phones = [{"wa_id": rafael, "name": "Katharina Vogel", "messages": messages}]
    for _ in range(2):
        simulator.control("history", {"phones": phones})
    page = requests.get(f"{simulator.url}/phone/{rafael}/", timeout=10).text
    assert (page.count("Frage"), page.count("Antwort")) == (1, 1)
    assert "Katharina Vogel" in page
    assert target.received == []


def test_missing_settings_are_named_in_one_sentence_each(target: Target, tmp_path: Path) -> None:
    environ = {"SIM_APP_SECRET": "", "SIM_ACCESS_TOKEN": "", "SIM_PHONE_NUMBER_ID": "abc"}
    process = Simulator(tmp_path, target, environ)
    process.launch()
    printed = process.output_of_itself()
    assert "SIM_APP_SECRET is not set." in printed
    assert "SIM_ACCESS_TOKEN is not set." in printed
    assert "SIM_PHONE_NUMBER_ID must be 5 to 20 digits" in printed
    assert "Traceback" not in printed


def test_the_window_can_be_switched_off_for_load_tests(own_process: Simulator, rafael: str) -> None:
    own_process.environ = {"SIM_ENFORCE_WINDOW": "0"}
    assert own_process.start().sends(rafael).status_code == 200


def test_it_refuses_to_listen_to_other_machines(target: Target, tmp_path: Path) -> None:
    process = Simulator(tmp_path, target, arguments=("--host", "0.0.0.0"))  # noqa: S104  this is what must be refused
    process.launch()
    printed = process.output_of_itself()
    assert "It may listen on 127.0.0.1 only, not on 0.0.0.0." in printed
    assert process.process is not None
    assert process.process.returncode != 0
