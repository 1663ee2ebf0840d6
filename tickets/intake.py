"""The only door in: one inbound message becomes rows, exactly once.

Order of locks: contact, conversation, ticket. The conversation's row is what two first messages in parallel meet at;
behind it stands the partial unique index that allows one open ticket per conversation.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.module_loading import import_string

from helpdesk import clock
from tickets import languages, routing, rulebook
from tickets.actions import acknowledgement
from tickets.actions.assignment import assign_automatically
from tickets.actions.base import action, commit_events, event, lock_ticket, next_seq
from tickets.actions.lifecycle import open_ticket, reopen_by_contact
from tickets.courtesy import is_courtesy
from tickets.identities import remember, resolve_contact
from tickets.inbound import InboundMessage, Outcome
from tickets.models import (
    OPEN_STATUSES,
    ActorKind,
    Attachment,
    AuthorKind,
    Contact,
    Conversation,
    EventKind,
    Inbox,
    Message,
    MessageKind,
    Seen,
    Status,
    Ticket,
    TicketEvent,
)

# Does with a stored message what the app that claimed it has to do, in the same transaction.
Taker = Callable[[Message], None]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of an inbound message."""

    outcome: Outcome
    message_id: int | None = None
    ticket_id: int | None = None


def _first_time(inbound: InboundMessage, at: dt.datetime) -> bool:
    """Claim the provider's id; a copy that arrives meanwhile waits here for our commit and then knows.

    Digests are purged after thirty days; a replay after that still meets the message itself.
    """
    return Seen.claim_message(inbox_id=inbound.inbox_id, external_id=inbound.external_id, at=at)


def _begin_conversation(inbox_id: int, contact: Contact) -> Conversation:
    """Return the first conversation of a contact whom nobody else can see yet."""
    inbox = Inbox.objects.select_related("team").get(pk=inbox_id)
    return Conversation.objects.create(inbox=inbox, contact=contact)


def _lock_conversation(inbox_id: int, contact: Contact) -> Conversation:
    """Return the conversation of a contact, locked; creates it where there is none."""
    found = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("inbox__team")
    conversation = found.filter(inbox_id=inbox_id, contact=contact).first()
    if conversation is None:
        Conversation.objects.bulk_create([Conversation(inbox_id=inbox_id, contact=contact)], ignore_conflicts=True)
        conversation = found.get(inbox_id=inbox_id, contact=contact)
    return conversation


def _ask_for_a_taker(inbound: InboundMessage, conversation: Conversation, at: dt.datetime) -> Taker | None:
    """Ask the apps above whether this answers a question of theirs, before a ticket is chosen.

    The first that says so takes the stored message; everything else goes on to a ticket, unchanged.
    """
    for path in settings.ANSWERS:
        taker: Taker | None = import_string(path)(inbound, conversation, at)
        if taker is not None:
            return taker
    return None


def _choose_ticket(
    inbound: InboundMessage, conversation: Conversation, at: dt.datetime
) -> tuple[Ticket | None, Outcome]:
    """Return the ticket the message belongs to, locked, and how it got there; None when a new one must be opened."""
    is_open = Q(status__in=OPEN_STATUSES)
    lives_on = Q(merged_into__status__in=OPEN_STATUSES) | Q(merged_into__closes_at__gt=at) | Q(closes_at__gt=at)
    newer = Ticket.objects.filter(conversation=conversation, pk__gt=OuterRef("pk"))
    would_take_it = (
        is_open
        | Q(status=Status.RESOLVED, closes_at__gt=at)
        | Q(spam_at__isnull=False) & ~Exists(newer)
        | Q(merged_into__isnull=False) & lives_on
    )
    # The open one, if there is one, comes first; else spam that nothing followed; else what was settled last.
    precedence = Case(When(is_open, then=0), When(spam_at__isnull=False, then=1), default=2)
    tickets = conversation.tickets.select_for_update(no_key=True, of=("self",)).select_related("team")
    ticket = tickets.filter(would_take_it).order_by(precedence, F("resolved_at").desc(nulls_first=True)).first()
    if ticket is None:
        return None, Outcome.OPENED
    if ticket.merged_into_id is not None:
        # Perhaps of another conversation, whose lock comes late: whoever wants two of them has the contact's first.
        elsewhere, ticket = lock_ticket(ticket.merged_into_id)
        # Where it is over, and something newer is open beside it, the message goes on there.
        beside = None if ticket.is_open else elsewhere.tickets.filter(is_open).values_list("pk", flat=True).first()
        if beside is not None:
            _conversation, ticket = lock_ticket(beside)
    if ticket.is_open or ticket.is_spam or is_courtesy(inbound.text, inbound.content_type):
        return ticket, Outcome.JOINED
    return ticket, Outcome.REOPENED


def _predecessor(conversation: Conversation) -> Ticket | None:
    """Return the ticket that a new one follows: the newest, or the one in which it lives on."""
    if not conversation.last_seq:
        return None
    newest = conversation.tickets.order_by("-pk").first()
    return newest.merged_into or newest if newest is not None else None


def _store(
    inbound: InboundMessage, conversation: Conversation, ticket: Ticket | None, language: str, at: dt.datetime
) -> Message:
    quoted = None
    if inbound.quoted_external_id:
        quoted = conversation.messages.filter(external_id=inbound.quoted_external_id).first()
    message = Message.objects.create(
        inbox_id=inbound.inbox_id,
        conversation=conversation,
        ticket=ticket,
        seq=next_seq(conversation),
        kind=MessageKind.INBOUND,
        author_kind=AuthorKind.CONTACT,
        content_type=inbound.content_type,
        text=inbound.text,
        content=inbound.content,
        language=language,
        quoted=quoted,
        external_id=inbound.external_id,
        occurred_at=min(inbound.occurred_at, at),
        recorded_at=at,
    )
    for file in inbound.attachments:
        Attachment.objects.create(
            message=message,
            provider_id=file.provider_id,
            media_type=file.media_type[:100],
            file_name=file.file_name[:255],
            sha256=file.sha256[:64],
            due_at=at,
        )
    return message


def _count_in(ticket: Ticket, occurred_at: dt.datetime) -> None:
    """Let one more message wait for an answer: the same as deriving it from all messages, without reading them."""
    ticket.unanswered_count += 1
    ticket.waiting_since = min(ticket.waiting_since or occurred_at, occurred_at)
    ticket.snoozed_until = None
    if ticket.status == Status.PENDING:
        ticket.status = Status.OPEN


@action
def receive(inbound: InboundMessage) -> Receipt:
    """Take one inbound message in: once, into the right ticket, whatever else happens at the same moment."""
    with rulebook.laid_open():
        return _receive(inbound)


def _receive(inbound: InboundMessage) -> Receipt:
    language = languages.detect(inbound.text, inbound.content_type)
    arrived = clock.now()
    if not _first_time(inbound, arrived):
        return Receipt(outcome=Outcome.DUPLICATE)
    contact, is_new = resolve_contact(inbound, language, arrived)
    lock = _begin_conversation if is_new else _lock_conversation
    conversation = lock(inbound.inbox_id, contact)
    at = clock.now()
    conversation.contact = contact
    if not is_new:
        remember(contact, inbound, language)
    taker = _ask_for_a_taker(inbound, conversation, at) if inbound.opens_ticket else None
    if taker is not None or not inbound.opens_ticket:
        message = _store(inbound, conversation, None, language, at)
        if taker is not None:
            taker(message)
        conversation.save(update_fields=["last_seq"])
        return Receipt(outcome=Outcome.RECORDED, message_id=message.pk)
    occurred_at = min(inbound.occurred_at, at)
    events: list[TicketEvent] = []
    # Where nothing was ever said there is no ticket either.
    ticket, outcome = _choose_ticket(inbound, conversation, at) if conversation.last_seq else (None, Outcome.OPENED)
    if ticket is None:
        ticket, opened = open_ticket(
            conversation=conversation,
            subject=inbound.text or str(inbound.content_type.label),
            occurred_at=occurred_at,
            at=at,
            follow_up_of=_predecessor(conversation),
        )
        events.append(opened)
    if ticket.conversation_id == conversation.pk:
        ticket.conversation = conversation
    else:
        conversation = ticket.conversation
    message = _store(inbound, conversation, ticket, language, at)
    ticket.last_message = message
    if outcome == Outcome.OPENED:
        events += routing.route(ticket, inbound.text, at)
    if outcome == Outcome.REOPENED:
        events.append(reopen_by_contact(ticket, conversation, occurred_at, at))
    elif ticket.is_open:
        _count_in(ticket, occurred_at)
    received = event(
        ticket,
        conversation,
        EventKind.MESSAGE_RECEIVED,
        actor=None,
        actor_kind=ActorKind.CONTACT,
        at=at,
        occurred_at=occurred_at,
        message=message,
    )
    assigned = assign_automatically(ticket, conversation, at)
    wished = routing.heed_wish(ticket, inbound.text, at, occurred_at)
    commit_events(ticket, conversation, [*events, received, *assigned, *wished], at=at)
    if outcome == Outcome.OPENED:
        acknowledgement.acknowledge(ticket, contact, inbound, at)
    return Receipt(outcome=outcome, message_id=message.pk, ticket_id=ticket.pk)
