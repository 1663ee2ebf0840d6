"""The broker is frozen or gone: nobody who writes to us notices, and what waited is found by the sweep."""

import logging
from collections.abc import Callable

import pytest

from tests.chaos.auditor import Auditor
from tests.chaos.conftest import ROUNDS
from tests.chaos.load import Answer, connection_to, customer, customers, p99, post, text_body
from tests.stack import RunningStack

log = logging.getLogger(__name__)
POSTS = 100
ARRIVED = "SELECT count(*) FROM tickets_message WHERE kind = 'inbound' AND text = %(text)s"


def knock(stack: RunningStack, text: str) -> list[Answer]:
    """Post signed messages, one after the other, over one connection."""
    link = connection_to(stack)
    answers = [post(stack, text_body(stack, phone, text), link=link) for phone in customers(POSTS)]
    link.close()
    return answers


@pytest.mark.parametrize(
    ("take_away", "give_back"),
    [
        pytest.param(RunningStack.freeze, RunningStack.thaw, id="frozen"),
        pytest.param(RunningStack.kill9, RunningStack.restart, id="gone"),
    ],
)
def test_the_webhook_stays_quick_without_the_broker_and_the_sweep_delivers(
    stack: RunningStack,
    auditor: Auditor,
    take_away: Callable[[RunningStack, str], None],
    give_back: Callable[[RunningStack, str], None],
) -> None:
    for _ in range(ROUNDS or 1):
        phone = customer()
        before = knock(stack, f"before {phone}")
        auditor.wait_until_quiet(within=60)
        take_away(stack, "valkey")
        try:
            during = knock(stack, f"during {phone}")
            assert stack.simulator.inbound(phone, "Aoife", f"while it was away {phone}")
        finally:
            give_back(stack, "valkey")
        assert {answer.status for answer in before + during} == {200}
        # Generous, because others use the same processors; a wait for the broker would be a hundred times as long.
        assert p99(during) < max(0.25, 10 * p99(before)), f"{p99(before):.4f} s before, {p99(during):.4f} s without"
        seconds = auditor.wait_for(ARRIVED, within=35, text=f"while it was away {phone}")
        log.info("p99 %.4f s before, %.4f s without; found after %.1f s", p99(before), p99(during), seconds)
        auditor.wait_until_quiet(within=60)
        assert auditor.number(ARRIVED, text=f"during {phone}") == POSTS
    auditor.everything_holds()
