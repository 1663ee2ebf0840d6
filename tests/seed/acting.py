"""Let the stories of the invented past happen through the real actions."""

import datetime as dt
import uuid
from typing import Any

from agents.models import User
from helpdesk import clock
from helpdesk.seed.ledger import ACCEPTED_AFTER, DELIVERED_AFTER, READ_AFTER, SECOND
from helpdesk.seed.people import Staff
from helpdesk.seed.ratings import INVITED_AFTER
from helpdesk.seed.telling import Step, Story
from surveys.invitations import decide, invite
from surveys.models import Survey, SurveyInvitation, SurveyResponse
from tickets import intake
from tickets.actions import assignment, lifecycle, merging, messaging, outbox, spam, triage
from tickets.actions.clocks import notice_next
from tickets.inbound import DeliveryReport, DeliveryStatus, Identity, InboundMessage
from tickets.models import (
    ClockState,
    ContentType,
    DeliveryAttempt,
    EventKind,
    IdentityKind,
    Message,
    MessageState,
    Purpose,
    SlaClock,
    Ticket,
)


def sweep_until(at: dt.datetime) -> None:
    """Notice what falls due before this moment, each at its time."""
    while True:
        running = SlaClock.objects.filter(state=ClockState.RUNNING, breached_at__isnull=True)
        due = [c.warn_at for c in running if c.warned_at is None and c.warn_at] + [
            c.due_at for c in running if c.due_at
        ]
        due = [moment for moment in due if moment <= at]
        if not due:
            return
        with clock.at(min(due)):
            assert notice_next()


def name_of(story: Story) -> str:
    """Return what no other story is called."""
    return f"acted.{story.person.phone}.{story.opened_at:%j-%H%M%S}"


def act(story: Story, staff: Staff, into: Ticket | None = None) -> Ticket:
    """Let the steps of a story happen through the actions, each at its moment; return the ticket that it began."""
    ticket: Ticket | None = None
    begun: Ticket | None = None
    delay = dt.timedelta(seconds=staff.teams["Finance"].send_delay_seconds)
    for number, step in enumerate(story.steps):
        sweep_until(step.at)
        if ticket is not None:
            ticket.refresh_from_db()
        with clock.at(step.at):
            if step.kind == "write":
                taken = intake.receive(
                    InboundMessage(
                        inbox_id=staff.inbox.pk,
                        external_id=f"{name_of(story)}.{number}",
                        identities=(Identity(kind=IdentityKind.PHONE, value=story.person.phone),),
                        occurred_at=step.at - dt.timedelta(seconds=1),
                        content_type=ContentType.TEXT,
                        text=step.text,
                        contact_name=story.person.name,
                    )
                )
                ticket = Ticket.objects.get(pk=taken.ticket_id or 0)
                if number == 0:
                    begun = ticket
                    _acknowledge(story, ticket)
                continue
            assert ticket is not None
            actor, seen = staff.users[step.who], ticket.conversation.last_seq
            if step.kind == "merge":
                assert into is not None
                ticket = merging.merge(actor=actor, ticket_id=ticket.pk, into_id=into.pk, seen_seq=seen)
            elif step.kind != "reply":
                _does(step, actor, ticket, staff)
            else:
                message = messaging.reply(
                    actor=actor, ticket_id=ticket.pk, text=step.text, client_id=uuid.uuid4(), seen_seq=seen
                )
                name = f"{name_of(story)}.{number}"
                _deliver(message, step.at + delay, dt.timedelta(seconds=step.read_after), name)
    assert ticket is not None
    assert begun is not None
    if story.is_resolved:
        answer_surveys(story, ticket)
        ticket.refresh_from_db()
        assert ticket.closes_at is not None
        with clock.at(ticket.closes_at + SECOND):
            assert lifecycle.close_next()
    begun.refresh_from_db()
    return begun


def _does(step: Step, actor: User, ticket: Ticket, staff: Staff) -> None:
    """Let an agent do what is one action of one ticket."""
    seen = ticket.conversation.last_seq
    match step.kind:
        case "claim":
            assignment.claim(actor=actor, ticket_id=ticket.pk)
        case "transfer":
            to = staff.users[step.text or step.who].pk
            assignment.transfer(actor=actor, ticket_id=ticket.pk, team_id=staff.teams[step.team].pk, assignee_id=to)
        case "priority":
            triage.set_priority(actor=actor, ticket_id=ticket.pk, priority=step.priority)
        case "tag":
            triage.add_tag(actor=actor, ticket_id=ticket.pk, name=step.text)
        case "resolve":
            lifecycle.resolve(actor=actor, ticket_id=ticket.pk, seen_seq=seen)
        case "spam":
            spam.mark_spam(actor=actor, ticket_id=ticket.pk, seen_seq=seen)


def _acknowledge(story: Story, ticket: Ticket) -> None:
    """Let a worker send the acknowledgement."""
    message = ticket.messages.get(purpose=Purpose.ACKNOWLEDGEMENT)
    left = story.opened_at + dt.timedelta(seconds=story.acknowledged_after)
    _deliver(message, left, READ_AFTER, f"{name_of(story)}.ack")


def answer_surveys(story: Story, ticket: Ticket) -> None:
    """Ask as the sweep would have done, and let the contact answer."""
    ticket.refresh_from_db()
    survey = Survey.objects.get(kind="csat")
    resolution = ticket.events.filter(kind=EventKind.RESOLVED).latest("seq")
    due = story.steps[-1].at + survey.delay
    with clock.at(story.steps[-1].at + INVITED_AFTER):
        invitation = invite(survey, ticket, resolution, due_at=due, at=clock.now())
    if not _ask(invitation, f"{name_of(story)}.csat"):
        return
    at = due + dt.timedelta(seconds=story.answer_after)
    if story.stops:
        _say(story, ticket, at, "STOP", {})
        _deliver(Message.objects.get(purpose=Purpose.CONSENT), at, READ_AFTER, f"{name_of(story)}.stopped")
    if story.score is None:
        return
    tap = {"choice": {"id": f"survey:{invitation.token}:{story.score}", "title": "⭐" * story.score}}
    _answer(story, ticket, at, "⭐" * story.score, tap)
    if story.comment:
        _say(story, ticket, at + survey.delay * 2 / 3, story.comment, {})
    nps = SurveyInvitation.objects.get(ticket=ticket, survey__kind="nps")
    assert _ask(nps, f"{name_of(story)}.nps")
    if story.recommends is not None:
        at = nps.due_at + dt.timedelta(seconds=story.answer_after)
        _answer(story, ticket, at, str(story.recommends), {})


def _ask(invitation: SurveyInvitation, external_id: str) -> bool:
    with clock.at(invitation.due_at):
        decide(invitation_id=invitation.pk)
    invitation.refresh_from_db()
    if invitation.message is None:
        return False
    _deliver(invitation.message, invitation.due_at, READ_AFTER, external_id)
    return True


def _say(story: Story, ticket: Ticket, at: dt.datetime, text: str, content: dict[str, Any]) -> None:
    with clock.at(at):
        intake.receive(
            InboundMessage(
                inbox_id=ticket.conversation.inbox_id,
                external_id=f"{name_of(story)}.said.{text}",
                identities=(Identity(kind=IdentityKind.PHONE, value=story.person.phone),),
                occurred_at=at - dt.timedelta(seconds=1),
                content_type=ContentType.CHOICE if content else ContentType.TEXT,
                content=content,
                text=text,
                contact_name=story.person.name,
            )
        )


def _answer(story: Story, ticket: Ticket, at: dt.datetime, text: str, content: dict[str, Any]) -> None:
    _say(story, ticket, at, text, content)
    thanks = SurveyResponse.objects.latest("pk").thanked_with
    assert thanks is not None
    _deliver(thanks, at, READ_AFTER, f"{text}.{name_of(story)}.thanks")


def _deliver(message: Message, left: dt.datetime, read_after: dt.timedelta, external_id: str) -> None:
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENDING, attempt=1, lease_until=left + dt.timedelta(minutes=1)
    )
    DeliveryAttempt.objects.create(message=message, number=1, started_at=left)
    with clock.at(left + ACCEPTED_AFTER):
        outbox.accept(message_id=message.pk, attempt=1, external_id=external_id)
    for status, after in ((DeliveryStatus.DELIVERED, DELIVERED_AFTER), (DeliveryStatus.READ, read_after)):
        at = left + max(after, DELIVERED_AFTER)
        with clock.at(at):
            outbox.apply_report(
                report=DeliveryReport(inbox_id=message.inbox_id, external_id=external_id, status=status, occurred_at=at)
            )
