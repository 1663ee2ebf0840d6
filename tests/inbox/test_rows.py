"""What the list shows of a ticket is rendered once, counted so far, and stamped."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from agents.models import User
from helpdesk import clock
from helpdesk.templatetags.kept import _remembered
from tests.cast import House, ticket_of, writes
from tickets import queue, worklist
from tickets.actions import assignment
from tickets.views import present
from tickets.views.place import Place
from tickets.worklist import Line

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PLACE = Place(view=queue.View.ALL, team=None, teams=[])
READER = User(pk=1, username="lena")
TOLD: dict[str, Any] = {
    **dict.fromkeys(Line._fields),
    "pk": 7,
    "stretch": 2,
    "priority": 3,
    "version": 1,
    "status": "open",
    "subject": "Tent",
    "unanswered_count": 1,
    "contact_id": 3,
    "contact_name": "Aoife",
    "contact_phone": "",
    "contact_language": "en",
    "channel": "whatsapp",
    "at": NOON,
    "message_id": 9,
    "message_kind": "inbound",
    "message_content_type": "text",
    "message_text": "My tent",
    "message_language": "en",
}


@pytest.fixture(autouse=True)
def _nothing_is_remembered_yet() -> None:
    _remembered.cache_clear()


def row(now: dt.datetime = NOON, *, current: bool = False, **changed: Any) -> str:
    """Render the row of a ticket."""
    told = queue.Row(Line(**{**TOLD, **changed}))
    return present.queue_row(told, place=PLACE, reader=READER, now=now, current=current)


def test_a_row_is_rendered_again_only_when_its_age_or_its_countdown_reads_differently() -> None:
    assert row() is row(NOON + dt.timedelta(seconds=59))
    assert row() is row(version=2, stretch=0), "its place in the list is not shown"
    assert "1m" in row(NOON + MINUTE)
    soon: dict[str, Any] = {"due_at": NOON + 10 * MINUTE, "waiting_since": NOON}
    assert "10:00" in row(**soon)
    assert "9:59" in row(NOON + dt.timedelta(seconds=1), **soon)


def test_a_row_is_another_when_it_warns_is_late_wakes_up_or_is_chosen() -> None:
    waits: dict[str, Any] = {"due_at": NOON + 10 * MINUTE, "waiting_since": NOON}
    shown = [
        row(**waits),
        row(**waits, warn_at=NOON),
        row(**{**waits, "due_at": NOON}),
        row(snoozed_until=NOON + MINUTE),
        row(snoozed_until=NOON),
        row(current=True),
        row(draft="Half"),
        row(message_text="<b>"),
    ]
    assert len(set(shown)) == len(shown)
    assert "&lt;b&gt;" in shown[-1]
    later: dict[str, Any] = {**waits, "due_at": NOON + dt.timedelta(seconds=18_045), "warn_at": NOON + MINUTE / 2}
    assert row(**later) != row(NOON + dt.timedelta(seconds=31), **later), "it warns although no minute has passed"


def test_what_one_wrote_oneself_is_not_shown_to_others_as_theirs() -> None:
    told: dict[str, Any] = {"message_kind": "outbound", "message_state": "sent", "message_author_first_name": "Mateus"}
    told["message_author_username"] = "mateus"
    assert "You:" in row(**told, message_author_id=READER.pk)
    assert "Mateus:" in row(**told, message_author_id=READER.pk + 1)


def test_nothing_is_counted_for_ever(cast: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "MOST", 3)
    for n in range(4):
        ticket_of(writes(cast.inbox, "hello", phone=f"30{n}"))
    cut = queue.cut_of(cast.lena, queue.View.ALL, [cast.returns.pk], clock.now())
    counted = queue.counts(cut)
    assert counted.tabs == {"mine": 0, "unassigned": 3, "all": 3}
    assert [queue.in_words(number) for number in (0, 2, counted.tabs["all"])] == ["0", "2", "2+"]


def test_the_stamp_changes_with_every_ticket_that_is_shown_and_with_what_becomes_overdue(cast: House) -> None:
    def stamp() -> str:
        return queue.stamp(queue.cut_of(cast.lena, queue.View.ALL, [cast.returns.pk], clock.now()))

    with time_machine.travel(NOON, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox, "hello", phone="301"))
        seen = [stamp()]
        assert stamp() == seen[0]
        assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
        seen.append(stamp())
        ticket_of(writes(cast.inbox, "hello", phone="302"))
        seen.append(stamp())
        journey.shift(dt.timedelta(minutes=11))
        seen.append(stamp())
    assert len(set(seen)) == 4
