"""Two clocks tick at once: every wake-up comes twice, and nothing happens twice."""

from collections import Counter
from dataclasses import replace

from tests.chaos.auditor import Auditor
from tests.chaos.load import Agent, Answering, Background, Crowd, customers
from tests.chaos.test_kills import OPEN
from tests.stack import RunningStack, beat_without_tables


def test_two_beats_at_once_do_no_harm(stack: RunningStack, auditor: Auditor, lena: Agent) -> None:
    phones = customers(10)
    crowd = Crowd(stack, phones, each=4)
    answering = Answering(lena, lambda: auditor.rows(OPEN, phones=phones), wanted=10)
    stack.stack.supervisor.start(replace(beat_without_tables(stack.env), name="second beat"))
    try:
        with Background(crowd.write, answering.answer):
            pass
        auditor.wait_until_quiet(within=60)
    finally:
        stack.kill9("second beat")
    auditor.each_arrived_once(crowd.wamids, phones)
    auditor.replies_left_once(answering.texts)
    kinds = Counter(
        row["kind"]
        for row in auditor.rows(
            "SELECT e.kind FROM tickets_ticketevent e JOIN tickets_message m ON m.id = e.message_id"
            " WHERE m.text = ANY(%(texts)s)",
            texts=answering.texts,
        )
    )
    assert kinds == {"replied": 10, "reply_accepted": 10}
    auditor.everything_holds()
