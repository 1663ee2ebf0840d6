"""The invented past equals what actions and pages would have written, column by column."""

import dataclasses
import datetime as dt
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from agents import presence
from agents.models import Assignment, Notification, PresenceInterval, PresenceState, Team, User
from helpdesk import clock
from helpdesk.seed import attendance
from helpdesk.seed.comments import COMMENTS
from helpdesk.seed.history import SEED, new_ticket, ratings_of, tell, terms_of, write_history
from helpdesk.seed.ledger import ACCEPTED_AFTER, DELIVERED_AFTER, READ_AFTER, SECOND, Ledger
from helpdesk.seed.people import Staff, hire
from helpdesk.seed.plot import Plot
from helpdesk.seed.promises import Terms
from helpdesk.seed.ratings import INVITED_AFTER, Memory, Ratings, rate
from helpdesk.seed.rhythm import BAD_DAYS
from helpdesk.seed.rows import Keys
from helpdesk.seed.stories import JUNK, NUDGES
from helpdesk.seed.telling import Step, Story
from surveys.defaults import install
from surveys.invitations import decide, invite
from surveys.models import FollowUp, Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from tickets import focus, intake
from tickets.actions import assignment, lifecycle, merging, messaging, outbox, spam, triage
from tickets.actions.clocks import notice_next
from tickets.courtesy import is_courtesy
from tickets.defaults import install_texts
from tickets.inbound import DeliveryReport, DeliveryStatus, Identity, InboundMessage
from tickets.matching import wants_human
from tickets.models import (
    OPEN_STATUSES,
    Change,
    ClockState,
    ConsentChange,
    ContentType,
    Conversation,
    DeliveryAttempt,
    EventKind,
    FocusSegment,
    IdentityKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    SlaClock,
    Ticket,
    TicketEvent,
)

END = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    """Return the people of the demo, who take their tickets by hand as they did then."""
    install()
    install_texts()
    people = hire()
    Team.objects.update(assignment=Assignment.MANUAL)
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
    "contact_id",
    "response_id",
    "tag_id",
    "key",
    "thanked_with_id",
    "content",
    "language",
}


def columns(row: Model, *also: str) -> dict[str, Any]:
    """Return what a row says, without keys that differ by nature."""
    found = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in LEFT_OUT and field.attname not in also
    }
    if isinstance(row, TicketEvent) and "messages" in row.data:
        found["data"] = {**row.data, "messages": len(row.data["messages"])}
    return found


def test_each_row_of_an_invented_ticket_is_the_row_that_the_actions_write(staff: Staff) -> None:
    stories, met = plot(staff).stories(), set[str]()

    def first(holds: Callable[[Story], object]) -> Story:
        found = next(story for story in stories if story.person.phone not in met and holds(story))
        met.add(found.person.phone)
        return found

    kinds = [
        first(lambda story: sum(step.kind == "resolve" for step in story.steps) == 2),
        first(lambda story: any(step.kind == "transfer" and step.text for step in story.steps)),
        first(lambda story: any(step.kind == "priority" for step in story.steps)),
        first(lambda story: story.topic.tag == "invoice" and story.person.language == "de"),
        first(lambda story: story.steps[0].text.startswith("Dringend: Wo bleibt")),
        first(lambda story: story.comment and story.score == 1 and story.recommends is not None),
        first(lambda story: story.stops),
        first(lambda story: any(step.text in NUDGES.values() for step in story.steps)),
        first(lambda story: story.person.language == "fr"),
        first(lambda story: story.topic == JUNK),
    ]
    merged = first(lambda story: story.into is not None and story.person.language == "es")
    assert merged.into is not None
    old = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    terms = dataclasses.replace(terms_of(staff, END), alerts_since=old)
    for chain in [*([story] for story in kinds), [merged.into, merged]]:
        acted: list[Ticket] = []
        for story in chain:
            acted.append(act(story, staff, *acted))
        ratings = ratings_of(staff, Keys(), old)
        ratings.delays = {survey.kind: survey.delay for survey in ratings.surveys.values()}
        told = told_of(chain, acted, staff, terms, ratings)
        for ledger in told:
            rows_are_those_of_the_actions(ledger, Ticket.objects.get(pk=ledger.ticket.pk))
        contact, of_them = acted[0].conversation.contact, {"ticket__in": acted}
        said = sorted((row for ledger in told for row in ledger.messages), key=lambda row: row.seq)
        messages = Message.objects.filter(conversation__contact=contact).order_by("seq")
        assert [columns(row) for row in said] == [columns(row) for row in messages]
        assert told[0].conversation.last_seq == Conversation.objects.get(contact=contact).last_seq
        invitations = SurveyInvitation.objects.filter(**of_them).order_by("pk")
        assert [columns(row) for row in ratings.invitations] == [columns(row) for row in invitations]
        responses = SurveyResponse.objects.filter(invitation__in=invitations).order_by("pk")
        assert [columns(row) for row in ratings.responses] == [columns(row) for row in responses]
        answers = SurveyAnswer.objects.filter(response__in=responses).order_by("pk")
        assert [columns(row) for row in ratings.answers] == [columns(row) for row in answers]
        assert [columns(row) for row in ratings.follow_ups] == [columns(r) for r in FollowUp.objects.filter(**of_them)]
        wishes = ConsentChange.objects.filter(contact=contact)
        assert [columns(row) for row in ratings.consents] == [columns(row) for row in wishes]


def told_of(chain: list[Story], acted: list[Ticket], staff: Staff, terms: Terms, ratings: Ratings) -> list[Ledger]:
    """Tell what was acted, each story in a ledger of its own, of one conversation."""
    contact, keys, memory = acted[0].conversation.contact, ratings.keys, Memory()
    fresh = Conversation(inbox=staff.inbox, contact=contact)
    ledgers: list[Ledger] = []
    for story, ticket in zip(chain, acted, strict=True):
        before = ledgers[0].ticket if ledgers else None
        ledger = Ledger(fresh, contact, new_ticket(story, fresh, staff, keys, before), terms, keys)
        ledger.ticket.pk = ticket.pk
        last = tell(story, ledger, staff, "told", *ledgers)
        ledgers.append(ledger)
        if story.is_resolved:
            rate(story, last, ratings, "told", memory)
            assert last.ticket.closes_at is not None
            last.close(last.ticket.closes_at + SECOND)
    return ledgers


def rows_are_those_of_the_actions(ledger: Ledger, acted: Ticket) -> None:
    """Compare what belongs to one ticket."""
    assert columns(ledger.ticket) == columns(acted)
    assert [columns(row) for row in ledger.events] == [columns(r) for r in acted.events.order_by("seq")]
    assert [columns(row) for row in ledger.clocks] == [columns(r) for r in acted.clocks.order_by("pk")]
    wanted = [columns(event, "recorded_at") for c in acted.clocks.order_by("pk") for event in c.events.order_by("pk")]
    places = {clock.pk: place for place, clock in enumerate(ledger.clocks)}
    by_clock = sorted(ledger.sla_events, key=lambda event: places[event.clock_id])
    assert [columns(row, "recorded_at") for row in by_clock] == wanted
    assert {(row.tag_id, row.source) for row in ledger.tags} == set(acted.ticket_tags.values_list("tag_id", "source"))
    alerts = Notification.objects.filter(ticket_id=acted.pk).values_list("created_at", "kind", "user_id")
    assert sorted((row.created_at, row.kind, row.user_id) for row in ledger.alerts) == sorted(alerts)


def test_a_shift_and_an_effort_are_the_rows_that_open_pages_write(staff: Staff) -> None:
    told = plot(staff)
    story = told.stories(20)[0]
    rows = [row for row in attendance.presence(told.desk, staff.users, Keys()) if row.user_id == staff.users["lena"].pk]
    shift = [row for row in rows if row.started_at.date() == rows[-1].started_at.date()]
    assert [row.state for row in shift] == [PresenceState.ONLINE, PresenceState.BREAK, PresenceState.ONLINE]
    for row in shift:
        presence.set_state(row.user_id, PresenceState(row.state), row.started_at)
        at = row.started_at
        while row.ended_at and at + dt.timedelta(seconds=30) < row.ended_at:
            at += dt.timedelta(seconds=30)
            presence.beat(row.user_id, at)
    assert shift[-1].ended_at
    presence.leave(shift[-1].user_id, shift[-1].ended_at)
    written = PresenceInterval.objects.filter(user=staff.users["lena"]).order_by("started_at")
    assert [columns(row) for row in written] == [columns(row) for row in shift]
    # The same with a ticket before their eyes: a sign every fifteen seconds, and a last one when they turn away.
    acted = act(story, staff)
    FocusSegment.objects.all().delete()
    efforts = list(attendance.focus(acted.pk, story.efforts, staff.users, Keys(), END))
    for segment in efforts:
        presence.set_state(segment.user_id, PresenceState.ONLINE, segment.started_at)
        at = segment.started_at
        while at <= segment.last_seen_at:
            presence.beat(segment.user_id, at)
            focus.beat(segment.user_id, acted.pk, composing=segment.composing, at=at)
            at += attendance.A_BEAT
        assert segment.ended_at
        focus.leave(segment.user_id, segment.ended_at)
    assert efforts
    segments = FocusSegment.objects.order_by("started_at", "pk")
    assert [columns(row) for row in segments] == [columns(row) for row in efforts]


def test_sixty_days_hold_every_invariant(staff: Staff) -> None:
    count = write_history(staff, end=END, limit=150)
    assert Ticket.objects.count() == count == Change.objects.count()
    assert not Ticket.objects.filter(status__in=OPEN_STATUSES).exists()
    for conversation in Conversation.objects.prefetch_related("messages", "tickets__events"):
        places = [message.seq for message in conversation.messages.all()]
        for ticket in conversation.tickets.all():
            events = list(ticket.events.all())
            places += [event.seq for event in events]
            assert [e.recorded_at for e in sorted(events, key=lambda e: e.seq)] == sorted(e.recorded_at for e in events)
            assert ticket.last_message is not None
            assert ticket.last_message.ticket_id == (ticket.merged_into_id or ticket.pk)
        assert sorted(places) == list(range(1, conversation.last_seq + 1))
    junk = Ticket.objects.filter(spam_at__isnull=False)
    assert junk.exists()
    assert not Message.objects.filter(ticket__in=junk, purpose__in=[Purpose.REPLY, Purpose.SURVEY]).exists()
    assert not SlaClock.objects.exclude(state=ClockState.STOPPED).exclude(ticket__in=junk).exists()
    late = SlaClock.objects.filter(breached_at__isnull=False, state=ClockState.STOPPED)
    assert late.exists()
    assert all(one.stopped_at and one.due_at and one.stopped_at >= one.due_at for one in late)
    acknowledged = Message.objects.filter(purpose=Purpose.ACKNOWLEDGEMENT).values("ticket").distinct()
    assert acknowledged.count() == count
    # Written by COPY, checked by the database: keys that point nowhere would be refused at the end of the transaction.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_whoever_answers_is_there_and_looks_at_that_ticket_only(staff: Staff) -> None:
    write_history(staff, end=END, limit=150)
    replies = Message.objects.filter(kind=MessageKind.OUTBOUND, author__isnull=False)
    assert replies.count() > 200
    for reply in replies:
        at = {"started_at__lte": reply.occurred_at, "ended_at__gte": reply.occurred_at}
        assert PresenceInterval.objects.filter(user=reply.author, state=PresenceState.ONLINE, **at).exists()
        assert FocusSegment.objects.filter(user=reply.author, ticket=reply.ticket, **at).exists()


def test_agents_are_busy_and_busier_in_bad_weeks(staff: Staff) -> None:
    told = plot(staff)
    stories = told.stories()
    worked, there = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    last = END.astimezone(told.zone).date()

    def bad(at: dt.datetime) -> bool:
        return (last - at.astimezone(told.zone).date()).days in BAD_DAYS

    for story in stories:
        for effort in story.efforts:
            worked[bad(effort.begins)] += (effort.ends - effort.begins).total_seconds()
    for _name, stretches in told.desk.shifts():
        there[bad(stretches[0].begins)] += sum((one.ends - one.begins).total_seconds() for one in stretches)
    normal, busy = worked[False] / there[False], worked[True] / there[True]
    assert 0.76 < normal < 0.9 < busy < 0.98


def test_comments_are_neither_questions_nor_mere_thanks() -> None:
    texts = [text for bands in COMMENTS.values() for band in bands for text in band]
    assert not [text for text in texts if "?" in text or wants_human(text) or is_courtesy(text, ContentType.TEXT)]


def test_the_same_seed_tells_the_same_past(staff: Staff) -> None:
    first, second = plot(staff).stories(), plot(staff).stories()
    assert first == second
    assert 2500 < len(first) < 3500
    assert {story.person.language for story in first} == {"de", "en", "fr", "es", "pt"}
    junk, twice = [story for story in first if not story.is_resolved], [story for story in first if story.into]
    assert 0.01 < len(junk) / len(first) < 0.03
    assert 0.005 < len(twice) / len(first) < 0.02
