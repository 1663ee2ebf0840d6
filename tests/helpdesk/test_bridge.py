"""The way from the event loop to the threads, without a server: what it hands over, and when it answers itself."""

import asyncio
from collections.abc import Iterable

import pytest

from helpdesk import bridge
from helpdesk.bridge import Bridge, Message, Receive, Scope, Send
from helpdesk.postgresql.base import patience

LIMIT = 10


class Visit:
    """One request to a bridge: what the client sends, what it gets, and what the application behind saw."""

    def __init__(self, path: str, *messages: Message, headers: Iterable[tuple[bytes, bytes]] = (), work: float = 0.0):
        self.scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": list(headers)}
        self.messages = list(messages)
        self.work = work
        self.sent: list[Message] = []
        self.seen: list[tuple[bytes, list[bytes], float]] = []
        self.finished = False

    async def receive(self) -> Message:
        """Give the next message; then nothing more ever comes."""
        if not self.messages:
            await asyncio.sleep(60)
        return self.messages.pop(0)

    async def send(self, message: Message) -> None:
        """Take what the client gets."""
        self.sent.append(message)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, work, answer."""
        body = await receive()
        self.seen.append((body["body"], [name for name, _ in scope["headers"]], patience.get()))
        await asyncio.sleep(self.work)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        self.finished = True

    def run(self) -> int | None:
        """Return the status that the client gets; None when it gets none."""
        asyncio.run(Bridge(self.app, max_body=LIMIT)(self.scope, self.receive, self.send))
        starts = [message["status"] for message in self.sent if message["type"] == "http.response.start"]
        assert len(starts) <= 1
        return starts[0] if starts else None


def part(body: bytes, *, more: bool = False) -> Message:
    """Return one piece of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def test_the_whole_body_is_handed_over_at_once() -> None:
    visit = Visit("/x", part(b"ab", more=True), part(b"cd"))
    assert visit.run() == 200
    assert visit.seen[0][0] == b"abcd"


def test_a_header_with_an_underscore_is_left_out() -> None:
    visit = Visit("/x", part(b""), headers=[(b"x_hub_signature_256", b"forged"), (b"accept", b"*/*")])
    assert visit.run() == 200
    assert visit.seen[0][1] == [b"accept"]


def test_of_a_body_without_end_only_as_much_is_read_as_shows_that_it_is_too_large() -> None:
    visit = Visit("/x", *[part(b"1234", more=True)] * 100)
    visit.run()
    assert visit.seen[0][0] == b"1234" * 3


def test_of_a_body_that_is_announced_as_too_large_nothing_is_read() -> None:
    visit = Visit("/x", part(b"x" * 11), headers=[(b"content-length", b"11")])
    visit.run()
    assert (visit.seen[0][0], len(visit.messages)) == (b"", 1)


def test_a_body_that_does_not_come_is_408_and_takes_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "BODY_SECONDS", 0.05)
    visit = Visit("/webhooks/whatsapp", part(b"1", more=True))
    assert (visit.run(), visit.seen) == (408, [])


def test_a_client_that_goes_away_takes_no_thread() -> None:
    visit = Visit("/webhooks/whatsapp", part(b"1", more=True), {"type": "http.disconnect"})
    assert (visit.run(), visit.seen) == (None, [])


def test_a_machine_is_told_503_while_the_work_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MACHINE_SECONDS", 0.05)
    visit = Visit("/webhooks/whatsapp", part(b"1"), work=0.2)
    assert visit.run() == 503
    assert visit.finished


def test_a_page_is_waited_for_longer_than_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MACHINE_SECONDS", 0.05)
    page, machine = Visit("/inbox/", part(b""), work=0.2), Visit("/webhooks/whatsapp", part(b""))
    assert (page.run(), machine.run()) == (200, 200)
    assert page.seen[0][2] > machine.seen[0][2]


def test_whether_the_process_lives_is_answered_without_a_thread() -> None:
    visit = Visit("/healthz/live")
    visit.scope["method"] = "GET"
    assert (visit.run(), visit.seen) == (200, [])
