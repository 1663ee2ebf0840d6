"""A worker dies between Meta's acceptance and our commit: nothing is sent again, and the fate is found out."""

import time

from tests.chaos.auditor import Auditor
from tests.chaos.conftest import ROUNDS
from tests.chaos.load import Agent, customer
from tests.stack import RunningStack

IN_STATE = "SELECT count(*) FROM tickets_message WHERE text = %(text)s AND state = %(state)s"
TICKET = """
SELECT t.id, c.last_seq FROM tickets_ticket t JOIN tickets_conversation c ON c.id = t.conversation_id
JOIN tickets_contactidentity i ON i.contact_id = c.contact_id AND i.kind = 'phone' WHERE i.value = %(phone)s
"""


def test_a_reply_whose_answer_was_lost_is_unknown_then_settled_and_never_sent_again(
    stack: RunningStack, auditor: Auditor, lena: Agent
) -> None:
    for _ in range(ROUNDS or 1):
        lose_one_answer(stack, auditor, lena)
    auditor.everything_holds()


def lose_one_answer(stack: RunningStack, auditor: Auditor, lena: Agent) -> None:
    phone = customer()
    stack.simulator.inbound(phone, "Aoife", "My tent pole snapped")
    auditor.wait_for(f"SELECT count(*) FROM ({TICKET}) AS found", within=30, phone=phone)  # noqa: S608 - our own query
    auditor.wait_until_quiet(within=30)
    (ticket,) = auditor.rows(TICKET, phone=phone)
    # Statuses come late, so that only the lease can tell that something went wrong.
    late = 60_000 if ROUNDS else 12_000
    stack.simulator.faults(hang_next=30, delay_ms=late)
    text = f"A new pole is on its way, {phone}"
    lena.reply(ticket["id"], text, ticket["last_seq"])
    accepted = wait_for_send(stack, auditor, text)
    assert auditor.number(IN_STATE, text=text, state="sending") == 1
    stack.kill9("worker")
    if not ROUNDS:
        auditor.end_leases()
    stack.restart("worker")
    auditor.wait_for(IN_STATE, within=65 if ROUNDS else 15, text=text, state="unknown")
    # While nobody knows, nobody sends: not the worker's first sweep, not the ones after it.
    stack.simulator.behave()
    auditor.wait_for(IN_STATE, within=60, text=text, state="sent")
    auditor.wait_until_quiet(within=30)
    (row,) = auditor.rows("SELECT attempt, external_id FROM tickets_message WHERE text = %(text)s", text=text)
    assert (row["attempt"], row["external_id"]) == (1, accepted[0]["wamid"])
    events = auditor.rows(
        "SELECT e.kind FROM tickets_ticketevent e JOIN tickets_message m ON m.id = e.message_id"
        " WHERE m.text = %(text)s ORDER BY e.seq",
        text=text,
    )
    assert [event["kind"] for event in events] == ["replied", "delivery_unknown", "reply_accepted"]
    auditor.replies_left_once([text])


def wait_for_send(stack: RunningStack, auditor: Auditor, text: str) -> list[dict[str, object]]:
    """Return the accepted sends of a text as soon as there is one."""
    ends = time.monotonic() + 20
    while not (found := [entry for entry in stack.simulator.log("accepted_send") if entry["body"] == text]):
        assert time.monotonic() < ends, auditor.why()
        time.sleep(0.05)
    return found
