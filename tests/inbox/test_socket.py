"""The socket of a page: who may listen, what they hear, and when it ends."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from redis import Redis

from agents import notify
from agents import presence as availability
from agents.models import Membership, PresenceInterval, Team, User
from helpdesk import clock
from tests.cast import House
from tickets import consumers, presence
from tickets.actions import teams
from tickets.actions.teams import Seat
from tickets.consumers import SIGNED_OUT, AgentConsumer
from tickets.live import EVERYTHING, team_group
from tickets.models import FocusSegment, Ticket

# The socket asks the database from a thread of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 5.0


class Socket:
    """One tab, spoken to without a server."""

    def __init__(self, user: User | None) -> None:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        scope = {"type": "websocket", "path": "/ws/agent/", "headers": [], "session": client.session}
        self.client = client
        communicator: Any = ApplicationCommunicator
        self.wire = communicator(AgentConsumer.as_asgi(), scope)

    async def open(self) -> dict[str, Any]:
        """Connect; return what the server says after accepting."""
        await self.wire.send_input({"type": "websocket.connect"})
        assert (await self.wire.receive_output(SECONDS))["type"] == "websocket.accept"
        return await self.hear()

    async def hear(self, seconds: float = SECONDS) -> dict[str, Any]:
        """Return the next frame, or the close code."""
        said = await self.wire.receive_output(seconds)
        if said["type"] == "websocket.close":
            return {"closed": said["code"]}
        return dict(json.loads(said["text"]))

    async def hears_nothing(self) -> bool:
        """Whether it stays quiet."""
        return bool(await self.wire.receive_nothing(0.4, 0.05))

    async def say(self, **frame: Any) -> None:
        """Send a frame."""
        await self.raw(json.dumps(frame))

    async def raw(self, text: str) -> None:
        """Send anything."""
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def close(self) -> None:
        """Hang up."""
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait(SECONDS)


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario, then close the connections that its threads have opened."""

    async def act() -> None:
        try:
            await scenario()
        finally:
            await database_sync_to_async(connections.close_all)()

    asyncio.run(act())


async def announce(team_id: int, ticket_id: int = 7, *, group: str = "") -> dict[str, Any]:
    """Tell a team of a change, as `tickets.live` does; return the frame."""
    frame = {"type": "ticket", "ticket": ticket_id, "version": 3, "team": team_id}
    layer: Any = get_channel_layer()
    await layer.group_send(group or team_group(team_id), {"type": "live.frame", "frame": frame})
    return frame


@pytest.fixture(autouse=True)
def _a_line_of_its_own(settings: Settings, worker_id: str) -> Iterator[None]:
    """Keep presence and groups apart from tests that run beside this one: they count tickets and teams from one too."""
    number = 8 + int(worker_id.removeprefix("gw") if worker_id != "master" else 7) % 8
    parts = urlsplit(settings.REDIS_URL)
    place = f"{parts.path}?db={number}" if parts.scheme == "unix" else f"{parts.netloc}/{number}"
    shelf = settings.REDIS_URL = f"{parts.scheme}://{place}"
    default = settings.CHANNEL_LAYERS["default"]
    config = {**default["CONFIG"], "prefix": f"live-{number}"}
    settings.CHANNEL_LAYERS = {"default": {**default, "CONFIG": config}}
    yield
    Redis.from_url(shelf).flushdb()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the socket look after its person many times a second."""
    monkeypatch.setattr(consumers, "BEAT_SECONDS", 0.1)


def test_a_stranger_is_told_to_log_in(cast: House) -> None:
    sockets = [Socket(None)]

    async def scenario() -> None:
        assert await sockets[0].open() == {"closed": SIGNED_OUT}

    play(scenario)


def test_members_of_a_team_hear_its_changes_as_ids(cast: House) -> None:
    lena, stranger = Socket(cast.lena), Socket(User.objects.create(username="olga"))

    async def scenario() -> None:
        assert await lena.open() == {"type": "hello"}
        assert await stranger.open() == {"type": "hello"}
        frame = await announce(cast.returns.pk)
        assert await lena.hear() == frame
        assert await stranger.hears_nothing()
        await announce(cast.finance.pk)
        assert await lena.hears_nothing()
        await lena.close()
        await stranger.close()

    play(scenario)


def test_two_who_look_at_a_ticket_hear_of_each_other(cast: House, ticket: Ticket) -> None:
    lena, mateus = Socket(cast.lena), Socket(cast.mateus)

    async def scenario() -> None:
        await lena.open()
        await mateus.open()
        await lena.say(type="watch", ticket=ticket.pk)
        assert await lena.hears_nothing()
        await mateus.say(type="watch", ticket=ticket.pk)
        heard = {"type": "presence", "ticket": ticket.pk}
        assert await lena.hear() == heard
        assert await mateus.hear() == heard
        await mateus.say(type="typing", ticket=ticket.pk, on=True)
        assert await lena.hear() == heard
        others = await database_sync_to_async(presence.others)(ticket.pk, cast.lena)
        assert [(one["name"], one["doing"]) for one in others] == [("Mateus", "writing")]
        await mateus.close()
        assert await lena.hear() == heard
        assert await database_sync_to_async(presence.others)(ticket.pk, cast.lena) == []
        await lena.close()

    play(scenario)


def test_nobody_watches_a_ticket_they_may_not_read(cast: House, ticket: Ticket) -> None:
    stranger, lena = Socket(User.objects.create(username="olga")), Socket(cast.lena)

    async def scenario() -> None:
        await stranger.open()
        await lena.open()
        await stranger.say(type="watch", ticket=ticket.pk)
        await lena.say(type="watch", ticket=ticket.pk)
        assert await lena.hears_nothing()
        assert await stranger.hears_nothing()
        await stranger.say(type="typing", ticket=ticket.pk, on=True)
        assert await lena.hears_nothing()
        await stranger.close()
        await lena.close()

    play(scenario)


def test_a_deactivated_person_loses_the_socket(cast: House, impatient: None) -> None:
    lena = Socket(cast.lena)

    async def scenario() -> None:
        await lena.open()
        await database_sync_to_async(User.objects.filter(pk=cast.lena.pk).update)(is_active=False)
        assert await lena.hear() == {"closed": SIGNED_OUT}

    play(scenario)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the socket never ask by itself, so that it must be told."""
    monkeypatch.setattr(consumers, "BEAT_SECONDS", 3600.0)


def test_who_is_taken_out_of_a_team_hears_no_more_of_it_at_once(cast: House, ticket: Ticket, patient: None) -> None:
    lena, mateus = Socket(cast.lena), Socket(cast.mateus)

    def part() -> None:
        team = Team.objects.get(pk=cast.returns.pk)
        plan = teams.TeamPlan(name=team.name, assignment=team.assignment, capacity=9, seats=(Seat(cast.mateus.pk),))
        teams.change(actor=cast.ada, team_id=team.pk, version=team.version, plan=plan)

    async def scenario() -> None:
        for socket in (lena, mateus):
            await socket.open()
            await socket.say(type="watch", ticket=ticket.pk)
        seen = {"type": "presence", "ticket": ticket.pk}
        assert [await lena.hear(), await mateus.hear()] == [seen, seen]
        await database_sync_to_async(part)()
        assert await mateus.hear() == seen, "Lena looks at the ticket no more"
        frame = await announce(cast.returns.pk, ticket.pk)
        assert await mateus.hear() == frame
        assert await lena.hears_nothing()
        for socket in (lena, mateus):
            await socket.close()

    play(scenario)


@pytest.mark.parametrize("how", ["deactivated", "demoted", "password", "logged out"])
def test_who_is_changed_in_the_admin_or_logs_out_loses_the_socket_at_once(cast: House, patient: None, how: str) -> None:
    jonas, ada = Socket(cast.jonas), Client()
    ada.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    User.objects.filter(pk=cast.ada.pk).update(is_superuser=True)
    page = reverse("admin:agents_user_change", args=[cast.jonas.pk])

    def change() -> None:
        if how == "logged out":
            jonas.client.post(reverse("account:logout"))
            return
        if how == "password":
            word = {"password1": "quite-other-words", "password2": "quite-other-words", "usable_password": "true"}
            ada.post(reverse("admin:auth_user_password_change", args=[cast.jonas.pk]), word)
            return
        form = ada.get(page).context["adminform"].form
        data = {name: value for name, value in form.initial.items() if value not in (None, False, [])}
        data |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0", "is_active": "on"}
        data |= {"date_joined_0": "2026-01-01", "date_joined_1": "09:00"}
        if how == "deactivated":
            del data["is_active"]
        else:
            data["role"] = "agent"
        answer = ada.post(page, data)
        assert answer.status_code == 302, answer.context["errors"]

    async def scenario() -> None:
        await jonas.open()
        frame = await announce(cast.returns.pk, group=EVERYTHING)
        assert await jonas.hear() == frame, "a manager hears of every team"
        await database_sync_to_async(change)()
        if how != "demoted":
            assert await jonas.hear() == {"closed": SIGNED_OUT}
            return
        for _ in range(20):
            await announce(cast.returns.pk, group=EVERYTHING)
            if await jonas.hears_nothing():
                break
            assert await jonas.hear() == frame
        else:
            raise AssertionError("an agent hears of no teams but their own")
        await jonas.close()

    play(scenario)


def test_a_moment_without_answers_does_not_end_the_looking_after(cast: House, ticket: Ticket, impatient: None) -> None:
    lena = Socket(cast.lena)

    @database_sync_to_async
    def rename(table: str, name: str) -> None:
        with connection.cursor() as sql:
            sql.execute(f"ALTER TABLE {table} RENAME TO {name}")

    async def scenario() -> None:
        await lena.open()
        await lena.say(type="watch", ticket=ticket.pk)
        await asyncio.sleep(0.5)
        await rename("tickets_ticket", "tickets_away")
        try:
            await asyncio.sleep(0.5)
        finally:
            await rename("tickets_away", "tickets_ticket")
        await database_sync_to_async(User.objects.filter(pk=cast.lena.pk).update)(is_active=False)
        assert await lena.hear() == {"closed": SIGNED_OUT}

    play(scenario)


def test_an_ended_session_loses_the_socket(cast: House, impatient: None) -> None:
    lena = Socket(cast.lena)

    async def scenario() -> None:
        await lena.open()
        await database_sync_to_async(lena.client.session.flush)()
        assert await lena.hear() == {"closed": SIGNED_OUT}

    play(scenario)


def test_who_leaves_a_team_hears_no_more_of_it(cast: House, ticket: Ticket, impatient: None) -> None:
    lena = Socket(cast.lena)

    async def scenario() -> None:
        await lena.open()
        await lena.say(type="watch", ticket=ticket.pk)
        await database_sync_to_async(Membership.objects.filter(user=cast.lena).delete)()
        await asyncio.sleep(0.5)
        await announce(cast.returns.pk, ticket.pk)
        assert await lena.hears_nothing()
        assert (await presence.here(ticket.pk)).viewing == frozenset()
        await lena.close()

    play(scenario)


JUNK = ["", "x", "[]", "7", '{"type": "watch"}', '{"type": "watch", "ticket": "1"}', '{"ticket": 1e999}', "[" * 1500]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_ignored(cast: House, junk: str) -> None:
    lena = Socket(cast.lena)

    async def scenario() -> None:
        await lena.open()
        await lena.raw(junk)
        frame = await announce(cast.returns.pk)
        assert await lena.hear() == frame
        await lena.close()

    play(scenario)


def test_without_valkey_nobody_is_shown_and_nothing_breaks(
    cast: House, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.REDIS_URL", "redis://127.0.0.1:1/0")
    assert presence.others(ticket.pk, cast.lena) == []


def test_an_open_socket_makes_available_and_keeps_so(cast: House, impatient: None) -> None:
    lena = Socket(cast.lena)

    async def scenario() -> None:
        await lena.open()
        here = database_sync_to_async(availability.state_of)
        assert await here(cast.lena.pk, clock.now()) == "online"
        await database_sync_to_async(PresenceInterval.objects.update)(
            started_at=clock.now() - dt.timedelta(hours=1), last_seen_at=clock.now() - dt.timedelta(seconds=40)
        )
        await asyncio.sleep(0.5)
        interval = await PresenceInterval.objects.aget()
        assert clock.now() - interval.last_seen_at < dt.timedelta(seconds=5)
        await lena.close()

    play(scenario)


def test_the_time_at_a_ticket_counts_from_the_first_word_to_the_last(
    cast: House, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "FOCUS_SECONDS", 0.0)
    lena, mateus = Socket(cast.lena), Socket(cast.mateus)

    async def scenario() -> None:
        await lena.open()
        await mateus.open()
        await mateus.say(type="focus", ticket=ticket.pk)
        await lena.say(type="watch", ticket=ticket.pk)
        await lena.say(type="focus", ticket=ticket.pk, composing=False)
        await lena.say(type="focus", ticket=ticket.pk + 1)
        await asyncio.sleep(0.3)
        await lena.say(type="unwatch")
        await asyncio.sleep(0.3)
        segment = await FocusSegment.objects.aget()
        assert (segment.user_id, segment.ticket_id) == (cast.lena.pk, ticket.pk), "nobody works at what is not open"
        assert segment.ended_at is not None
        assert dt.timedelta(seconds=0.2) < segment.ended_at - segment.started_at < dt.timedelta(seconds=5)
        await lena.close()
        await mateus.close()

    play(scenario)


def test_a_page_that_never_stops_talking_writes_every_other_second(cast: House, ticket: Ticket) -> None:
    lena = Socket(cast.lena)

    async def scenario() -> None:
        await lena.open()
        await lena.say(type="watch", ticket=ticket.pk)
        for number in range(50):
            await lena.say(type="focus", ticket=ticket.pk, composing=number % 2 == 1)
        await asyncio.sleep(0.4)
        assert await FocusSegment.objects.acount() == 1
        await lena.close()

    play(scenario)


def test_a_notification_reaches_its_persons_page_and_no_other_without_a_word_in_the_frame(
    cast: House, ticket: Ticket
) -> None:
    lena, mateus = Socket(cast.lena), Socket(cast.mateus)

    async def scenario() -> None:
        for socket in (lena, mateus):
            await socket.open()
        tell = database_sync_to_async(notify.notify)
        await tell({cast.lena.pk}, kind="assigned", key="one", ticket_id=ticket.pk, at=clock.now())
        assert await lena.hear() == {"type": "alerts"}
        assert await mateus.hears_nothing()
        for socket in (lena, mateus):
            await socket.close()

    play(scenario)
