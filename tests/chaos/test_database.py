"""The database is down or frozen: 503 within two seconds, the process lives, and nobody has to restart it."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from helpdesk.services.process import processes_in
from tests.chaos.auditor import Auditor
from tests.chaos.conftest import ROUNDS
from tests.chaos.load import Agent, customer, get, post, text_body, together
from tests.stack import RunningStack

log = logging.getLogger(__name__)
SIDE_BY_SIDE = 8  # twice as many as web has threads
ARRIVED = "SELECT count(*) FROM tickets_message WHERE kind = 'inbound' AND text = ANY(%(texts)s)"


@contextmanager
def frozen(stack: RunningStack) -> Iterator[None]:
    """Stop the server and every session of it in their tracks: sockets stay open, nobody answers."""
    postgres = stack.stack.postgres
    assert postgres is not None
    pids = processes_in(postgres.data)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def down(stack: RunningStack) -> Iterator[None]:
    """Kill the server so that it has to recover from its log."""
    stack.kill9("postgres")
    try:
        yield
    finally:
        stack.restart("postgres")


@pytest.mark.parametrize(
    ("trouble", "may_be_stored"),
    # What a frozen server was asked to store it may store once it wakes up; Meta sends it again, and a copy is none.
    [pytest.param(frozen, SIDE_BY_SIDE + 3, id="frozen"), pytest.param(down, 0, id="down")],
)
def test_without_the_database_the_webhook_says_503_and_everything_arrives_later(
    stack: RunningStack,
    auditor: Auditor,
    lena: Agent,
    trouble: Callable[[RunningStack], AbstractContextManager[None]],
    may_be_stored: int,
) -> None:
    for _ in range(ROUNDS or 1):
        phone = customer()
        # Each thread has a connection that is in use, as in the middle of a day.
        warm = together([partial(post, stack, text_body(stack, phone, "before")) for _ in range(SIDE_BY_SIDE)])
        assert {answer.status for answer in warm} == {200}
        processes = {name: stack.pid(name) for name in ("web", "worker", "beat")}
        texts = [f"{turn} while it was away {phone}" for turn in range(5)]
        with trouble(stack):
            wamids = [stack.simulator.inbound(phone, "Aoife", text) for text in texts]
            alive_and_posts = together(
                [partial(get, stack, "/healthz/live")] * 2
                + [partial(post, stack, text_body(stack, phone, f"refused {phone}")) for _ in range(SIDE_BY_SIDE)]
            )
            ready = get(stack, "/healthz/ready")
            again = [post(stack, text_body(stack, phone, f"refused {phone}")) for _ in range(3)]
            alive_late = get(stack, "/healthz/live")
        alive, posts = [*alive_and_posts[:2], alive_late], [*alive_and_posts[2:], *again]
        slowest = max(answer.seconds for answer in posts)
        log.info("slowest 503 %.2f s, slowest live %.2f s", slowest, max(one.seconds for one in alive))
        assert {answer.status for answer in alive} == {200}
        assert {answer.status for answer in posts} == {503}
        assert ready.status == 503
        assert slowest < 2.0
        assert max(answer.seconds for answer in alive) < 1.0
        seconds = recovery(stack, phone)
        log.info("first 200 after %.2f s", seconds)
        auditor.wait_for("SELECT (count(*) = 5)::int FROM tickets_message WHERE text = ANY(%(texts)s)", 35, texts=texts)
        auditor.wait_until_quiet(within=60)
        stored = auditor.number("SELECT count(*) FROM tickets_message WHERE text = %(text)s", text=f"refused {phone}")
        assert stored <= may_be_stored
        assert auditor.number(
            "SELECT count(*) FROM tickets_message WHERE external_id = ANY(%(wamids)s)", wamids=wamids
        ) == len(wamids)
        assert {name: stack.pid(name) for name in processes} == processes
        assert all(stack.stack.supervisor.find(name).process.poll() is None for name in processes)
        assert lena.session.get(f"{stack.url}/inbox/all/", timeout=15).status_code == 200
    auditor.everything_holds()


def recovery(stack: RunningStack, phone: str) -> float:
    """Return after how many seconds the webhook takes something in again; every thread has to."""
    begun = time.monotonic()
    while True:
        answers = together([partial(post, stack, text_body(stack, phone, "back")) for _ in range(SIDE_BY_SIDE)])
        if {answer.status for answer in answers} == {200}:
            return time.monotonic() - begun
        assert time.monotonic() - begun < 5, f"still {answers} five seconds after the database came back"
        time.sleep(0.1)
