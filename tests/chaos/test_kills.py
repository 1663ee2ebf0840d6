"""Kill -9 of worker and web under load: nothing lost, nothing doubled, counted against the simulator's log."""

import random
import time

from tests.chaos.auditor import Auditor
from tests.chaos.conftest import ROUNDS
from tests.chaos.load import Agent, Answering, Background, Crowd, customers
from tests.stack import RunningStack

KILLS = ROUNDS or 1
# Those who wait come first. When a backlog is worked off at once, nobody may be left waiting: then the others follow.
OPEN = """
SELECT t.id, c.last_seq FROM tickets_ticket t JOIN tickets_conversation c ON c.id = t.conversation_id
JOIN tickets_contactidentity i ON i.contact_id = c.contact_id AND i.kind = 'phone'
WHERE i.value = ANY(%(phones)s) AND t.resolved_at IS NULL
ORDER BY t.unanswered_count = 0, t.waiting_since, t.last_activity_at LIMIT 10
"""


def test_kill_of_worker_and_web_under_load_loses_and_doubles_nothing(
    stack: RunningStack, auditor: Auditor, lena: Agent
) -> None:
    phones = customers(50)
    crowd = Crowd(stack, phones, each=10)
    answering = Answering(lena, lambda: auditor.rows(OPEN, phones=phones), wanted=100)
    with Background(crowd.write, answering.answer):
        for _ in range(KILLS):
            time.sleep(random.uniform(0.5, 1.5))
            stack.kill9("worker")
            time.sleep(random.uniform(0.1, 0.5))
            if not ROUNDS:
                auditor.end_leases()
            stack.restart("worker")
            time.sleep(random.uniform(0.5, 1.5))
            stack.kill9("web")
            time.sleep(random.uniform(0.1, 0.5))
            stack.restart("web")
    assert len(crowd.wamids) == 500
    assert len(answering.texts) == 100
    auditor.wait_until_quiet(within=90)
    assert auditor.confirmed_is_stored() >= 500
    auditor.each_arrived_once(crowd.wamids, phones)
    # What one worker held at the moment of its death.
    auditor.replies_left_once(answering.texts, unknown=KILLS * int(stack.env["WORKER_THREADS"]))
    auditor.everything_holds()
