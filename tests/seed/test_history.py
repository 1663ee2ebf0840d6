"""The invented past equals what actions and pages would have written, column by column."""

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from agents import presence
from agents.models import Assignment, Notification, PresenceInterval, PresenceState, Team
from helpdesk.seed import attendance
from helpdesk.seed.comments import COMMENTS
from helpdesk.seed.history import SEED, new_ticket, ratings_of, tell, terms_of, write_history
from helpdesk.seed.ledger import SECOND, Ledger
from helpdesk.seed.people import Staff, hire
from helpdesk.seed.plot import Plot
from helpdesk.seed.promises import Terms
from helpdesk.seed.ratings import Memory, Ratings, rate
from helpdesk.seed.rhythm import BAD_DAYS
from helpdesk.seed.rows import Keys
from helpdesk.seed.stories import JUNK, NUDGES
from helpdesk.seed.telling import Story
from surveys.defaults import install
from surveys.models import FollowUp, Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from tests.seed.acting import act
from tickets import focus
from tickets.courtesy import is_courtesy
from tickets.defaults import install_texts
from tickets.matching import wants_human
from tickets.models import (
    OPEN_STATUSES,
    Change,
    ClockState,
    ConsentChange,
    ContentType,
    Conversation,
    FocusSegment,
    Message,
    MessageKind,
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
