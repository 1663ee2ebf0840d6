"""The invented past equals what the actions would have written, column by column."""

import datetime as dt
import uuid
import zoneinfo
from typing import Any

import pytest
from django.db.models import Model

from agents.models import Assignment, Team
from helpdesk import clock
from helpdesk.seed.history import SEED, new_ticket, tell, terms_of, write_history
from helpdesk.seed.ledger import ACCEPTED_AFTER, DELIVERED_AFTER, Ledger
from helpdesk.seed.people import Staff, hire
from helpdesk.seed.plot import Plot, Story
from helpdesk.seed.ratings import INVITED_AFTER, READ_AFTER, Ratings, rate
from surveys.defaults import install
from surveys.invitations import decide, invite
from surveys.models import Survey, SurveyInvitation, SurveyResponse
from tickets import intake
from tickets.actions import assignment, lifecycle, messaging, outbox, triage
from tickets.actions.clocks import notice_next
from tickets.inbound import DeliveryReport, DeliveryStatus, Identity, InboundMessage
from tickets.models import (
    OPEN_STATUSES,
    Change,
    ClockState,
    ContentType,
    Conversation,
    DeliveryAttempt,
    EventKind,
    IdentityKind,
    Inbox,
    Message,
    MessageState,
    RoutingRule,
    SlaClock,
    Ticket,
)

END = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    """Return the people of the demo, who take their tickets by hand as they did then: nothing happens by itself."""
    install()
    people = hire()
    Team.objects.update(assignment=Assignment.MANUAL)
    RoutingRule.objects.update(is_active=False)
    Inbox.objects.update(acknowledges=False)
    people.inbox.refresh_from_db()
    Survey.objects.update(active_since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), delay=dt.timedelta(seconds=60))
    return people


def plot(staff: Staff) -> Plot:
    """Return the plot that the demo plays, up to a fixed day."""
    return Plot(seed=SEED, end=END, zone=zoneinfo.ZoneInfo("Europe/Berlin"), reopen_window=staff.inbox.reopen_window)


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


def act(story: Story, staff: Staff) -> Ticket:
    """Let the steps of a story happen through the actions, each at its moment."""
    ticket: Ticket | None = None
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
                        external_id=f"acted.{story.person.phone}.{number}",
                        identities=(Identity(kind=IdentityKind.PHONE, value=story.person.phone),),
                        occurred_at=step.at - dt.timedelta(seconds=1),
                        content_type=ContentType.TEXT,
                        text=step.text,
                        contact_name=story.person.name,
                    )
                )
                ticket = Ticket.objects.get(pk=taken.ticket_id or 0)
                continue
            assert ticket is not None
            actor, seen = staff.users[step.who], ticket.conversation.last_seq
            if step.kind == "claim":
                assignment.claim(actor=actor, ticket_id=ticket.pk)
            elif step.kind == "transfer":
                to = staff.users[step.text or step.who].pk
                assignment.transfer(actor=actor, ticket_id=ticket.pk, team_id=staff.teams[step.team].pk, assignee_id=to)
            elif step.kind == "priority":
                triage.set_priority(actor=actor, ticket_id=ticket.pk, priority=step.priority)
            elif step.kind == "resolve":
                lifecycle.resolve(actor=actor, ticket_id=ticket.pk, seen_seq=seen)
            else:
                message = messaging.reply(
                    actor=actor, ticket_id=ticket.pk, text=step.text, client_id=uuid.uuid4(), seen_seq=seen
                )
                name = f"acted.{story.person.phone}.{number}"
                _deliver(message, step.at + delay, dt.timedelta(seconds=step.read_after), name)
    assert ticket is not None
    answer_surveys(story, ticket)
    ticket.refresh_from_db()
    return ticket


def answer_surveys(story: Story, ticket: Ticket) -> None:
    """Ask as the sweep would have done, and let the contact answer."""
    ticket.refresh_from_db()
    survey = Survey.objects.get(kind="csat")
    resolution = ticket.events.filter(kind=EventKind.RESOLVED).latest("seq")
    due = story.steps[-1].at + survey.delay
    with clock.at(story.steps[-1].at + INVITED_AFTER):
        invitation = invite(survey, ticket, resolution, due_at=due, at=clock.now())
    _ask(invitation, f"acted.{story.person.phone}.csat")
    if story.score is None:
        return
    tap = {"choice": {"id": f"survey:{invitation.token}:{story.score}", "title": "⭐" * story.score}}
    _answer(story, ticket, due, "⭐" * story.score, tap)
    nps = SurveyInvitation.objects.get(ticket=ticket, survey__kind="nps")
    _ask(nps, f"acted.{story.person.phone}.nps")
    if story.recommends is not None:
        _answer(story, ticket, nps.due_at, str(story.recommends), {})


def _ask(invitation: SurveyInvitation, external_id: str) -> None:
    with clock.at(invitation.due_at):
        assert decide(invitation_id=invitation.pk), SurveyInvitation.objects.get(pk=invitation.pk).reason
    invitation.refresh_from_db()
    assert invitation.message is not None
    _deliver(invitation.message, invitation.due_at, READ_AFTER, external_id)


def _answer(story: Story, ticket: Ticket, asked: dt.datetime, text: str, content: dict[str, Any]) -> None:
    at = asked + dt.timedelta(seconds=story.answer_after)
    with clock.at(at):
        intake.receive(
            InboundMessage(
                inbox_id=ticket.conversation.inbox_id,
                external_id=f"acted.{story.person.phone}.{text}",
                identities=(Identity(kind=IdentityKind.PHONE, value=story.person.phone),),
                occurred_at=at - dt.timedelta(seconds=1),
                content_type=ContentType.CHOICE if content else ContentType.TEXT,
                content=content,
                text=text,
                contact_name=story.person.name,
            )
        )
    thanks = SurveyResponse.objects.latest("pk").thanked_with
    assert thanks is not None
    _deliver(thanks, at, READ_AFTER, f"{text}.{story.person.phone}.thanks")


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


LEFT_OUT = {
    "id",
    "ticket_id",
    "conversation_id",
    "message_id",
    "last_message_id",
    "external_id",
    "client_id",
    "token",
    "clock_id",
    "follow_up_of_id",
    "resolution_id",
    "invitation_id",
    "comment_message_id",
    "thanked_with_id",
    "content",
    "language",
}


def columns(row: Model, *also: str) -> dict[str, Any]:
    """Return what a row says, without keys that differ by nature."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in LEFT_OUT and field.attname not in also
    }


def test_each_row_of_an_invented_ticket_is_the_row_that_the_actions_write(staff: Staff) -> None:
    stories = plot(staff).stories()
    kinds = [
        next(story for story in stories if sum(step.kind == "resolve" for step in story.steps) == 2),
        next(story for story in stories if any(step.text in staff.users for step in story.steps)),
        next(story for story in stories if any(step.kind == "priority" for step in story.steps)),
        *stories[100:106],
    ]
    for story in kinds:
        acted = act(story, staff)
        fresh = Conversation(inbox=staff.inbox, contact=acted.conversation.contact)
        ledger = Ledger(
            conversation=fresh,
            ticket=new_ticket(story, fresh, staff, None, None),
            terms=terms_of(staff.inbox.team_id),
        )
        tell(story, ledger, staff, "told")
        ratings = Ratings({survey.kind: survey for survey in Survey.objects.all()})
        rate(story, ledger, ratings, "told")
        assert columns(ledger.ticket) == columns(acted)
        assert fresh.last_seq == acted.conversation.last_seq
        assert [columns(row) for row in ledger.messages] == [
            columns(r) for r in acted.conversation.messages.order_by("seq")
        ]
        assert [columns(row) for row in ledger.events] == [columns(r) for r in acted.events.order_by("seq")]
        assert [columns(row) for row in ledger.clocks] == [columns(r) for r in acted.clocks.order_by("pk")]
        wanted = [
            columns(event, "recorded_at") for c in acted.clocks.order_by("pk") for event in c.events.order_by("pk")
        ]
        by_clock = sorted(ledger.sla_events, key=lambda event: ledger.clocks.index(event.clock))
        assert [columns(row, "recorded_at") for row in by_clock] == wanted
        invitations = SurveyInvitation.objects.filter(ticket=acted).order_by("pk")
        assert [columns(row) for row in ratings.invitations] == [columns(row) for row in invitations]
        responses = SurveyResponse.objects.filter(invitation__in=invitations).order_by("pk")
        assert [columns(row) for row in ratings.responses] == [columns(row) for row in responses]
        Ticket.objects.filter(pk=acted.pk).update(status="closed", resolved_at=END)


def test_sixty_days_hold_every_invariant(staff: Staff) -> None:
    count = write_history(staff, end=END, limit=100)
    assert Ticket.objects.count() == count == Change.objects.count()
    assert not Ticket.objects.filter(status__in=OPEN_STATUSES).exists()
    for conversation in Conversation.objects.prefetch_related("messages", "tickets__events"):
        places = [message.seq for message in conversation.messages.all()]
        for ticket in conversation.tickets.all():
            events = list(ticket.events.all())
            places += [event.seq for event in events]
            assert [e.recorded_at for e in sorted(events, key=lambda e: e.seq)] == sorted(e.recorded_at for e in events)
            assert ticket.last_message is not None
            assert ticket.last_message.ticket_id == ticket.pk
        assert sorted(places) == list(range(1, conversation.last_seq + 1))
    assert not SlaClock.objects.exclude(state=ClockState.STOPPED).exists()
    late = SlaClock.objects.filter(breached_at__isnull=False)
    assert late.exists()
    assert all(one.stopped_at and one.due_at and one.stopped_at >= one.due_at for one in late)


def test_the_same_seed_tells_the_same_past(staff: Staff) -> None:
    first, second = plot(staff).stories(), plot(staff).stories()
    assert first == second
    assert 2500 < len(first) < 3500
    assert {story.person.language for story in first} == {"de", "en", "fr", "es", "pt"}
