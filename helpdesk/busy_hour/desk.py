"""The agents of the busy hour: they are there, look at one ticket at a time, and act as a person's clicks would."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from agents import presence
from agents.models import User
from helpdesk import clock
from helpdesk.busy_hour.script import Customer
from tickets import focus
from tickets.actions import assignment, lifecycle, messaging
from tickets.errors import Refused
from tickets.models import OPEN_STATUSES, AuthorKind, Message, MessageKind, Purpose, Ticket

AGENTS = ("lena", "mateus", "amira")
# Seconds of the hour that an answer takes.
WORK = (30.0, 110.0)


@dataclass
class Hand:
    """One agent, and the ticket before their eyes."""

    user: User
    ticket_id: int | None = None
    until: float = 0.0


@dataclass
class Desk:
    """All agents; they touch the tickets of the hour's customers and no others."""

    customers: Mapping[str, Customer]
    chance: random.Random
    hands: list[Hand] = field(default_factory=list)
    replies: int = 0
    resolved: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        people = {user.username: user for user in User.objects.filter(username__in=AGENTS)}
        self.hands = [Hand(people[name]) for name in AGENTS]

    def open_tickets(self) -> list[tuple[Ticket, Customer]]:
        """Return what is open of the hour's customers, the longest waiting first."""
        tickets = (
            Ticket.objects.filter(status__in=OPEN_STATUSES, conversation__contact__identities__value__in=self.customers)
            .select_related("conversation__contact")
            .prefetch_related("conversation__contact__identities")
            .order_by("waiting_since", "pk")
            .distinct()
        )
        return [(ticket, self._customer(ticket)) for ticket in tickets]

    def _customer(self, ticket: Ticket) -> Customer:
        values = [identity.value for identity in ticket.conversation.contact.identities.all()]
        return next(self.customers[value] for value in values if value in self.customers)

    def act(self, now: float) -> None:
        """Give a sign of life, finish what takes no longer, and take up what waits longest."""
        at = clock.now()
        waiting = [(ticket, one) for ticket, one in self.open_tickets() if ticket.waiting_since is not None]
        taken = {hand.ticket_id for hand in self.hands}
        for hand in self.hands:
            presence.beat(hand.user.pk, at)
            if hand.ticket_id is not None:
                focus.beat(hand.user.pk, hand.ticket_id, composing=True, at=at)
                if hand.until <= now:
                    self._finish(hand)
                continue
            for ticket, _one in waiting:
                if ticket.pk not in taken and self._may_take(hand.user, ticket):
                    taken.add(ticket.pk)
                    hand.ticket_id, hand.until = ticket.pk, now + self.chance.uniform(*WORK)
                    break

    def _may_take(self, user: User, ticket: Ticket) -> bool:
        mine = ticket.assignee_id in {None, user.pk} or self._is_idle(ticket.assignee_id)
        return mine and presence.answering(user=user, team=ticket.team_id).exists()

    def _is_idle(self, user_id: int | None) -> bool:
        """Whether a ticket was given to somebody who is not part of the script."""
        return all(hand.user.pk != user_id for hand in self.hands)

    def _finish(self, hand: Hand) -> None:
        """Say the next line of the script; after the last one, resolve."""
        ticket_id, hand.ticket_id = hand.ticket_id, None
        ticket = Ticket.objects.select_related("conversation__contact").get(pk=ticket_id or 0)
        one, actor = self._customer(ticket), hand.user
        said = Message.objects.filter(
            ticket=ticket, kind=MessageKind.OUTBOUND, purpose=Purpose.REPLY, author_kind=AuthorKind.AGENT
        ).count()
        try:
            if ticket.assignee_id in {None, actor.pk}:
                assignment.claim(actor=actor, ticket_id=ticket.pk)
            if said < len(one.answers):
                seen = Ticket.objects.select_related("conversation").get(pk=ticket.pk).conversation.last_seq
                text, token = one.answers[said], uuid.uuid4()
                messaging.reply(actor=actor, ticket_id=ticket.pk, text=text, client_id=token, seen_seq=seen)
                self.replies += 1
            if said >= len(one.answers) - 1:
                seen = Ticket.objects.select_related("conversation").get(pk=ticket.pk).conversation.last_seq
                lifecycle.resolve(actor=actor, ticket_id=ticket.pk, seen_seq=seen)
                self.resolved += 1
        except Refused:
            # Somebody wrote or acted in between: it is looked at again at the next round.
            self.refused += 1

    def leave(self) -> None:
        """Go home: nobody is left before a ticket or counted as here."""
        at = clock.now()
        for hand in self.hands:
            focus.leave(hand.user.pk, at)
            presence.leave(hand.user.pk, at)
