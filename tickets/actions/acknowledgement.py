"""Say that a message came in: once per ticket, in the contact's language, with the number and an expected time.

It never keeps a message from being taken in: whatever goes wrong here is logged, and the ticket is there all the same.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction

from tickets import consent, phrases, placeholders, rulebook
from tickets.actions.automatic import post
from tickets.actions.base import commit_events, event
from tickets.calendars import calendar, hours_of_team
from tickets.defaults import TEXTS
from tickets.faults import describe
from tickets.inbound import InboundMessage
from tickets.models import (
    ActorKind,
    AuthorKind,
    AutomaticText,
    Contact,
    ContentType,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    Purpose,
    TextKind,
    Ticket,
)

log = structlog.get_logger(__name__)
HOUR = dt.timedelta(hours=1)
# The same words again within this time come from a machine.
REPEATED_WITHIN = dt.timedelta(hours=24)
# Who wrote longer ago is not waiting for a receipt: the message was held up, or comes from an old phone.
LATE = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Situation:
    """What the words depend on."""

    zone: zoneinfo.ZoneInfo
    is_open: bool
    opening: dt.datetime | None


def acknowledge(ticket: Ticket, contact: Contact, inbound: InboundMessage, at: dt.datetime) -> None:
    """Acknowledge the message that opened a ticket, or write down why not; ticket and contact are locked."""
    if not ticket.conversation.inbox.acknowledges:
        return
    texts = _texts(TextKind.ACKNOWLEDGEMENT, TextKind.OUT_OF_HOURS, TextKind.WELCOME)
    if not texts:
        return
    try:
        with transaction.atomic():
            _acknowledge(ticket, contact, inbound, texts, at)
    except Exception as error:  # noqa: BLE001 - a message must come in, whatever our own words do
        log.error("acknowledgement_broke", ticket=ticket.pk, error=describe(error))


def tell_handover(ticket: Ticket, at: dt.datetime) -> None:
    """Tell the contact which team has the ticket now, if the house tells such things; the ticket is locked."""
    contact = ticket.conversation.contact
    texts = _texts(TextKind.UPDATE)
    if not texts or not ticket.conversation.inbox.acknowledges or _budget_is_spent(contact, at):
        return
    _say(ticket, contact, TextKind.UPDATE, texts, _situation(ticket, at), at)


def _acknowledge(
    ticket: Ticket, contact: Contact, inbound: InboundMessage, texts: list[AutomaticText], at: dt.datetime
) -> None:
    reason = _reason_not_to(ticket, contact, inbound, texts, at)
    if reason:
        withheld = event(
            ticket,
            ticket.conversation,
            EventKind.AUTOMATIC_WITHHELD,
            actor=None,
            actor_kind=ActorKind.BOT,
            at=at,
            purpose=str(Purpose.ACKNOWLEDGEMENT),
            reason=reason,
        )
        commit_events(ticket, ticket.conversation, [withheld], at=at)
        return
    situation = _situation(ticket, at)
    kind = _kind(ticket, contact, situation, texts)
    if kind is not None:
        _say(ticket, contact, kind, texts, situation, at)


def _texts(*kinds: TextKind) -> list[AutomaticText]:
    return [text for text in rulebook.current().texts if text.kind in kinds]


def _kind(ticket: Ticket, contact: Contact, situation: Situation, texts: list[AutomaticText]) -> TextKind | None:
    """Choose what is said: that we are closed, else a welcome to who never wrote before, else the acknowledgement."""
    active = {text.kind for text in texts}
    if not situation.is_open and situation.opening is not None and TextKind.OUT_OF_HOURS in active:
        return TextKind.OUT_OF_HOURS
    if TextKind.WELCOME in active and _is_first(ticket, contact):
        return TextKind.WELCOME
    return TextKind.ACKNOWLEDGEMENT if TextKind.ACKNOWLEDGEMENT in active else None


def _is_first(ticket: Ticket, contact: Contact) -> bool:
    return not Ticket.objects.filter(conversation__contact=contact).exclude(pk=ticket.pk).exists()


def _situation(ticket: Ticket, at: dt.datetime) -> Situation:
    hours = hours_of_team(ticket.team_id)
    if hours is None:
        return Situation(zone=zoneinfo.ZoneInfo(settings.TIME_ZONE), is_open=True, opening=None)
    business = calendar(hours)
    opening = business.next_opening(at)
    return Situation(zone=business.zone, is_open=opening == at, opening=opening)


def _say(
    ticket: Ticket,
    contact: Contact,
    kind: TextKind,
    texts: list[AutomaticText],
    situation: Situation,
    at: dt.datetime,
) -> None:
    text = in_language([text for text in texts if text.kind == kind], contact.language)
    due_at = ticket.due_at
    words = placeholders.fill_in(
        text.text,
        {
            "ticket_number": f"#{ticket.pk}",
            "name": placeholders.spoken_name(contact.name),
            "eta": phrases.until(due_at, at, situation.zone, text.language) if due_at and due_at > at else "",
            "opening": phrases.at(situation.opening, at, situation.zone, text.language) if situation.opening else "",
            "team": ticket.team.name,
        },
    )
    post(
        conversation=ticket.conversation,
        ticket=ticket,
        purpose=Purpose.UPDATE if kind == TextKind.UPDATE else Purpose.ACKNOWLEDGEMENT,
        text=words,
        language=text.language,
        at=at,
    )


def words_of(kind: TextKind, ticket: Ticket) -> AutomaticText:
    """Return the words of a kind for a ticket, filled in, in its contact's language; built-in ones at need."""
    contact = ticket.conversation.contact
    texts = _texts(kind) or [
        AutomaticText(kind=kind, language=language, text=text) for language, text in TEXTS[kind, True].items()
    ]
    chosen = in_language(texts, contact.language)
    values = {
        "ticket_number": f"#{ticket.pk}",
        "name": placeholders.spoken_name(contact.name),
        "team": ticket.team.name,
    }
    return AutomaticText(language=chosen.language, text=placeholders.fill_in(chosen.text, values))


def in_language(texts: list[AutomaticText], language: str) -> AutomaticText:
    """Return the text in the language, else in English, else in that of the workspace, else any; there must be one."""
    by_language = {text.language: text for text in texts}
    for code in (language, language.partition("-")[0], "en", settings.LANGUAGE_CODE):
        if code in by_language:
            return by_language[code]
    return texts[0]


# -- Never in a loop with another machine ------------------------------------------------------------


def _reason_not_to(
    ticket: Ticket, contact: Contact, inbound: InboundMessage, texts: list[AutomaticText], at: dt.datetime
) -> str:
    """Return why this message gets no acknowledgement, as a code for the history; empty when it gets one."""
    if inbound.content_type == ContentType.UNSUPPORTED:
        return "unsupported"
    if consent.wish_in(inbound.text) is not None:
        return "command"
    if at - inbound.occurred_at > LATE:
        return "late"
    if any(placeholders.comes_from(text.text, inbound.text) for text in texts):
        return "echo"
    if _is_repeated(ticket.conversation, inbound, at):
        return "repeated"
    return "budget" if _budget_is_spent(contact, at) else ""


def _is_repeated(conversation: Conversation, inbound: InboundMessage, at: dt.datetime) -> bool:
    """Whether the contact's message before this one says the same, or ours do."""
    words = inbound.text.strip()
    if not words:
        return False
    recent = conversation.messages.filter(recorded_at__gt=at - REPEATED_WITHIN, text=words)
    return recent.exclude(external_id=inbound.external_id, kind=MessageKind.INBOUND).exists()


def _budget_is_spent(contact: Contact, at: dt.datetime) -> bool:
    """Whether a contact has had all that the machine may say within an hour; exact, for the contact is locked."""
    said = Message.objects.filter(
        conversation__contact=contact, author_kind=AuthorKind.BOT, recorded_at__gt=at - HOUR
    ).count()
    return said >= settings.AUTOMATIC_MESSAGES_PER_HOUR
