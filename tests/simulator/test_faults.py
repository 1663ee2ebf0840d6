"""The simulator misbehaves when it is told to."""

import time

import pytest
import requests

from tests.simulator.conftest import Simulator, Target, eventually

pytestmark = pytest.mark.stack


@pytest.fixture
def rafael_wrote(simulator: Simulator, rafael: str) -> str:
    """Return the number of a customer whose reply window is open."""
    simulator.writes(rafael)
    return rafael


def test_the_next_sends_fail_with_the_wanted_error(simulator: Simulator, rafael_wrote: str) -> None:
    failure = {"code": 131056, "title": "Pair rate limit hit", "count": 2, "http_status": 429}
    simulator.control("faults", {"fail_next": failure})
    for _ in range(2):
        answer = simulator.sends(rafael_wrote)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, 131056)
    assert simulator.sends(rafael_wrote).status_code == 200
    assert len(simulator.control("log?kind=accepted_send")["entries"]) == 1


def test_a_send_can_fail_after_it_was_accepted(simulator: Simulator, target: Target, rafael_wrote: str) -> None:
    failure = {"code": 131026, "title": "Message undeliverable", "async": True}
    simulator.control("faults", {"fail_next": failure})
    wamid = simulator.accepted(rafael_wrote, biz_opaque_callback_data="x")
    (block,) = eventually(lambda: target.statuses(wamid))
    assert (block["status"], block["biz_opaque_callback_data"]) == ("failed", "x")
    assert block["errors"][0]["code"] == 131026
    assert "recipient_user_id" not in block
    assert "contacts" not in target.received[-1].value


def test_no_status_is_reported_while_statuses_are_off(simulator: Simulator, target: Target, rafael_wrote: str) -> None:
    simulator.control("faults", {"statuses": "none"})
    silent = simulator.accepted(rafael_wrote)
    simulator.control("faults", {"statuses": "normal"})
    loud = simulator.accepted(rafael_wrote)
    eventually(lambda: len(target.statuses(loud)) == 3)
    assert target.statuses(silent) == []


def test_statuses_can_arrive_out_of_order(simulator: Simulator, target: Target, rafael_wrote: str) -> None:
    simulator.control("faults", {"statuses": "shuffled"})
    wamid = simulator.accepted(rafael_wrote)
    blocks = eventually(lambda: len(b := target.statuses(wamid)) == 3 and b)
    names = [block["status"] for block in blocks]
    assert sorted(names) == ["delivered", "read", "sent"]
    assert names != ["sent", "delivered", "read"]


def test_a_status_can_arrive_before_the_answer(simulator: Simulator, target: Target, rafael_wrote: str) -> None:
    simulator.control("faults", {"status_before_answer": True})
    wamid = simulator.accepted(rafael_wrote)
    assert [block["status"] for block in target.statuses(wamid)][:1] == ["sent"]


def test_an_answer_can_hang_although_the_send_was_accepted(
    simulator: Simulator, target: Target, rafael_wrote: str
) -> None:
    simulator.control("faults", {"hang_next": 1.2})
    began = time.monotonic()
    assert simulator.sends(rafael_wrote, biz_opaque_callback_data="slow").status_code == 200
    assert time.monotonic() - began >= 1.2
    blocks = [b for r in target.about(rafael_wrote) for b in r.value.get("statuses", [])]
    assert {block["biz_opaque_callback_data"] for block in blocks} == {"slow"}, "statuses do not wait for the answer"
    began = time.monotonic()
    simulator.accepted(rafael_wrote)
    assert time.monotonic() - began < 1, "only the next one hangs"


@pytest.mark.parametrize(("lost", "accepted"), [("answer", 1), ("request", 0)])
def test_a_connection_can_be_cut_without_an_answer(
    simulator: Simulator, rafael_wrote: str, lost: str, accepted: int
) -> None:
    simulator.control("faults", {"drop_connection_next": True, "lost": lost})
    with pytest.raises(requests.ConnectionError):
        simulator.sends(rafael_wrote)
    assert len(simulator.control("log?kind=accepted_send")["entries"]) == accepted
    assert simulator.sends(rafael_wrote).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [{"explode": True}, {"duplicate": -1}, {"duplicate": True}, {"hang_next": "x"}, {"statuses": "loud"},
     {"fail_next": {"count": 0}}, {"fail_next": {"colour": "red"}}, {"reorder": 1}],
)  # fmt: skip
def test_an_unknown_fault_is_refused_and_changes_nothing(simulator: Simulator, wanted: dict[str, object]) -> None:
    before = simulator.control("faults")
    answer = requests.post(f"{simulator.url}/control/faults", json={"delay_ms": 5, **wanted}, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert simulator.control("faults") == before


def test_faults_can_be_taken_back(simulator: Simulator) -> None:
    before = simulator.control("faults")
    changed = simulator.control("faults", {"duplicate": 3, "reorder": True, "fail_next": {"code": 2, "title": "Down"}})
    assert (changed["duplicate"], changed["reorder"], changed["fail_next"]["code"]) == (3, True, 2)
    assert simulator.control("faults", method="DELETE") == before
