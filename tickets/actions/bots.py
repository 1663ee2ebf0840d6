"""What a program says by itself, and when a person takes over.

A bot speaks only while no person has the ticket and nobody asked for one. Its words are no reply of ours: the contact
still waits for a person, and all clocks go on. Each of its answers says how to reach a person.
"""

from django.utils.translation import gettext as _

from agents import notify
from agents.models import User
from tickets.actions.acknowledgement import words_of
from tickets.actions.assignment import assign_automatically
from tickets.actions.automatic import post
from tickets.actions.base import action, commit_events, event, lock_ticket_for, now
from tickets.actions.lifecycle import refuse_set_aside, settle_seen
from tickets.channels import Draft, get_channel
from tickets.courtesy import is_courtesy
from tickets.errors import ChannelRefused, HandedOver, Refused, WrongStatus
from tickets.forms import MAX_TEXT
from tickets.models import (
    ActorKind,
    AuthorKind,
    ContentType,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    TextKind,
    Ticket,
)

# What a contact says whom an answer has helped; thanks count as well.
YES = frozenset("yes ja oui sí si sì sim tak evet".split())
# What a contact says between two answers is read no further back than this.
MOST_READ = 200


@action
def answer(*, actor: User, ticket_id: int, text: str) -> Message | None:
    """Queue what a bot of this person says, with the way to a person below it; None when it has said enough.

    Then the ticket is handed over instead, and nothing is sent. Raises HandedOver when a person has the ticket or is
    wanted, ChannelRefused when the channel does not take it now, WrongStatus on a settled ticket.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    refuse_set_aside(ticket)
    if not ticket.is_open:
        raise WrongStatus(_("This ticket is resolved. Reopen it to reply."))
    refuse_taken(ticket)
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."))
    hint = words_of(TextKind.BOT_HINT, ticket)
    words = f"{text}\n\n{hint.text}"
    if len(words) > MAX_TEXT:
        raise Refused(_("With the way to a person below it, this is too long. Shorten it."))
    refusal = get_channel(conversation.inbox).refusal(conversation, Draft(text=words), at)
    if refusal is not None:
        raise ChannelRefused(refusal)
    if _has_said_enough(ticket, conversation.inbox.bot_replies_at_most):
        _hand_over(ticket, conversation)
        return None
    language = hint.language
    return post(conversation=conversation, ticket=ticket, purpose=Purpose.REPLY, text=words, language=language, at=at)


@action
def resolve(*, actor: User, ticket_id: int, seen_seq: int) -> Ticket:
    """Resolve a ticket that no person had to do with; nobody gets the credit.

    Raises HandedOver when a person has it or is wanted, NewerActivity and WrongStatus like a person's resolve.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    refuse_taken(ticket)
    settle_seen(conversation, ticket, actor=None, actor_kind=ActorKind.BOT, seen_seq=seen_seq, at=now())
    return ticket


def refuse_taken(ticket: Ticket) -> None:
    """Raise HandedOver when a ticket is a person's: assigned, answered by somebody, or one is asked for."""
    if ticket.needs_human:
        raise HandedOver(_("A person is wanted here. Bots say nothing more."))
    by_people = ticket.messages.filter(kind=MessageKind.OUTBOUND, author_kind=AuthorKind.AGENT)
    if ticket.assignee_id is not None or by_people.exclude(state=MessageState.CANCELLED).exists():
        raise HandedOver(_("A person has this ticket. Bots say nothing more."))


def _has_said_enough(ticket: Ticket, most: int) -> bool:
    """Whether a bot's last answers, as many as it may give, brought no word of the contact that they helped."""
    answers = ticket.messages.filter(
        kind=MessageKind.OUTBOUND, purpose=Purpose.REPLY, author_kind=AuthorKind.BOT
    ).exclude(state__in=[MessageState.FAILED, MessageState.CANCELLED])
    last = list(answers.order_by("-seq").values_list("seq", flat=True)[:most])
    if len(last) < most:
        return False
    since = ticket.messages.filter(kind=MessageKind.INBOUND, seq__gt=last[-1]).order_by("-seq")
    return not any(_helped(*said) for said in since.values_list("text", "content_type")[:MOST_READ])


def _helped(text: str, content_type: str) -> bool:
    return is_courtesy(text, ContentType(content_type)) or text.strip(" .!").casefold() in YES


def _hand_over(ticket: Ticket, conversation: Conversation) -> None:
    """Leave a locked ticket to people: to somebody of its team where the team assigns by load, else to its queue."""
    at = now()
    ticket.needs_human = True
    assigned = assign_automatically(ticket, conversation, at)
    wanted = event(
        ticket,
        conversation,
        EventKind.HUMAN_WANTED,
        actor=None,
        actor_kind=ActorKind.BOT,
        at=at,
        reason="bot_did_not_help",
    )
    people = notify.supervisors(ticket.team_id)
    notify.notify(people, kind="bot_handover", key=f"ticket-{ticket.pk}-bot", ticket_id=ticket.pk, at=at)
    commit_events(ticket, conversation, [*assigned, wanted], at=at)
