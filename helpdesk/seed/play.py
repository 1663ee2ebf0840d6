"""Play the scenario through the product's own doors, each line at its own moment."""

import datetime as dt
import uuid
from typing import Any

import requests
from django.conf import settings

from channels_whatsapp.wire import format_phone
from helpdesk import clock
from helpdesk.seed.people import Staff
from helpdesk.seed.scenario import CHATS, Chat
from surveys.models import Survey
from tickets import intake
from tickets.actions import assignment, lifecycle, messaging, outbox, triage
from tickets.inbound import DeliveryReport, DeliveryStatus, Identity, InboundMessage
from tickets.models import (
    AuthorKind,
    Contact,
    ContentType,
    DeliveryAttempt,
    IdentityKind,
    Message,
    MessageKind,
    MessageState,
    Ticket,
)

ACKNOWLEDGED_AFTER = dt.timedelta(seconds=2)
READ_AFTER = dt.timedelta(seconds=40)
SURVEY_DELAY = dt.timedelta(seconds=5)


def play(staff: Staff) -> int:
    """Play every chat and give the simulator's phones the same past; return the number of chats."""
    begin = clock.now()
    phones = [_play_chat(staff, chat, place, begin) for place, chat in enumerate(CHATS)]
    if settings.SIMULATOR_URL:
        answer = requests.post(f"{settings.SIMULATOR_URL}/control/history", json={"phones": phones}, timeout=10)
        answer.raise_for_status()
    _ask_for_scores()
    return len(phones)


def _ask_for_scores() -> None:
    """Switch surveys on from now, with little delay: whoever watches the demo shall see them."""
    Survey.objects.update(active_since=clock.now(), delay=SURVEY_DELAY)


def ring() -> None:
    """Let one customer send a photo; it reaches the web process by webhook as soon as that listens."""
    photo = {"from": "351912345678", "name": "Rafael Monteiro", "type": "image", "caption": "Foto da costura"}
    requests.post(f"{settings.SIMULATOR_URL}/control/inbound", json=photo, timeout=10).raise_for_status()


def _play_chat(staff: Staff, chat: Chat, place: int, begin: dt.datetime) -> dict[str, Any]:
    ticket: Ticket | None = None
    past: list[dict[str, Any]] = []
    for number, (minutes, who, text) in enumerate(chat.lines):
        moment = begin - dt.timedelta(minutes=minutes)
        wamid = f"wamid.demo.{place}.{number}"
        with clock.at(moment):
            if who == "contact":
                first = ticket is None
                ticket = _contact_writes(staff, chat, wamid, text, moment)
                if first:
                    _sort(staff, chat, ticket)
                past.append(_line("in", wamid, text, moment))
                past.extend(_what_is_said_by_itself(staff, ticket, f"{wamid}.ack", moment + ACKNOWLEDGED_AFTER))
            elif who.endswith("!"):
                assert ticket is not None  # noqa: S101 - the contact speaks first
                messaging.add_note(actor=staff.users[who[:-1]], ticket_id=ticket.pk, text=text, client_id=uuid.uuid4())
            else:
                assert ticket is not None  # noqa: S101 - the contact speaks first
                _agent_replies(staff, who, ticket, text, wamid)
                past.append(_line("out", wamid, text, moment))
    assert ticket is not None  # noqa: S101 - every chat has a line
    if chat.resolved_by:
        with clock.at(begin - dt.timedelta(minutes=chat.resolved)):
            lifecycle.resolve(
                actor=staff.users[chat.resolved_by], ticket_id=ticket.pk, seen_seq=ticket.conversation.last_seq + 99
            )
    return {"wa_id": chat.phone, "name": chat.name, "messages": past}


def _line(direction: str, wamid: str, text: str, moment: dt.datetime) -> dict[str, Any]:
    return {
        "direction": direction,
        "wamid": wamid,
        "type": "text",
        "text": text,
        "timestamp": int(moment.timestamp()),
        "status": "read",
    }


def _contact_writes(staff: Staff, chat: Chat, wamid: str, text: str, moment: dt.datetime) -> Ticket:
    taken = intake.receive(
        InboundMessage(
            inbox_id=staff.inbox.pk,
            external_id=wamid,
            identities=(Identity(kind=IdentityKind.PHONE, value=chat.phone),),
            occurred_at=moment - dt.timedelta(seconds=1),
            content_type=ContentType.TEXT,
            text=text,
            contact_name=chat.name,
            contact_phone=format_phone(chat.phone),
        )
    )
    ticket = Ticket.objects.select_related("conversation").get(messages=taken.message_id or 0)
    Contact.objects.filter(pk=ticket.conversation.contact_id).update(language=chat.language)
    return ticket


def _sort(staff: Staff, chat: Chat, ticket: Ticket) -> None:
    """Do what somebody at the front desk did with it: the right team, the right priority, tags, a person."""
    lead = staff.users["amira"]
    assignee = staff.users[chat.assignee].pk if chat.assignee else None
    team = staff.teams[chat.team]
    if ticket.team_id != team.pk:
        # The rules sent it elsewhere, or nowhere.
        assignment.transfer(actor=lead, ticket_id=ticket.pk, team_id=team.pk, assignee_id=assignee)
    elif assignee is not None:
        assignment.assign(actor=lead, ticket_id=ticket.pk, assignee_id=assignee)
    triage.set_priority(actor=lead, ticket_id=ticket.pk, priority=chat.priority)
    ticket.tags.add(*(staff.tags[name] for name in chat.tags))


def _agent_replies(staff: Staff, who: str, ticket: Ticket, text: str, wamid: str) -> None:
    """Reply, and have it accepted and read in the past."""
    message = messaging.reply(
        actor=staff.users[who],
        ticket_id=ticket.pk,
        text=text,
        client_id=uuid.uuid4(),
        seen_seq=ticket.conversation.last_seq + 99,
    )
    _arrives(staff, message, wamid)


def _what_is_said_by_itself(staff: Staff, ticket: Ticket, wamid: str, moment: dt.datetime) -> list[dict[str, Any]]:
    """Have the acknowledgement accepted and read in the past too; return it as the phone shows it."""
    waiting = Message.objects.filter(
        conversation_id=ticket.conversation_id, author_kind=AuthorKind.BOT, state=MessageState.QUEUED
    )
    lines = []
    for message in waiting:
        with clock.at(moment):
            _arrives(staff, message, wamid)
        lines.append(_line("out", wamid, message.text, moment))
    return lines


def _arrives(staff: Staff, message: Message, wamid: str) -> None:
    """Have a message accepted and read, so that no worker sends it today."""
    now = clock.now()
    Message.objects.filter(pk=message.pk, kind=MessageKind.OUTBOUND).update(
        state=MessageState.SENDING, attempt=1, lease_until=now + READ_AFTER
    )
    DeliveryAttempt.objects.create(message=message, number=1, started_at=now)
    outbox.accept(message_id=message.pk, attempt=1, external_id=wamid)
    with clock.at(now + READ_AFTER):
        for status in (DeliveryStatus.DELIVERED, DeliveryStatus.READ):
            outbox.apply_report(
                report=DeliveryReport(
                    inbox_id=staff.inbox.pk, external_id=wamid, status=status, occurred_at=now + READ_AFTER
                )
            )
