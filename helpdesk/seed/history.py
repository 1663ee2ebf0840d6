"""Write the invented past into an empty database, in bulk."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model
from psycopg.types.json import Jsonb

from agents.models import Team
from channels_whatsapp.wire import format_phone
from helpdesk.seed.ledger import SECOND, Ledger, Terms
from helpdesk.seed.people import Staff
from helpdesk.seed.plot import Person, Plot, Story
from helpdesk.seed.ratings import Ratings, rate
from surveys.models import FollowUp, FollowUpState, Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from tickets.actions.lifecycle import subject_from
from tickets.calendars import hours_of_team
from tickets.models import (
    Change,
    Contact,
    ContactIdentity,
    Conversation,
    DeliveryAttempt,
    IdentityKind,
    Message,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    Status,
    Ticket,
    TicketEvent,
    TicketTag,
)
from tickets.sla import Ruler

M = TypeVar("M", bound=Model)
SEED = 20261121
PART = 300
# Nobody was asked twice in this time.
CAP = dt.timedelta(days=90)


def terms_of(inbox_team_id: int) -> Terms:
    """Return the promises of the demo: a policy for each priority, the hours of the default calendar."""
    policies = SlaPolicy.objects.filter(is_active=True, priority__isnull=False).prefetch_related("targets")
    return Terms(
        policies={
            policy.priority: (policy, {target.metric: target for target in policy.targets.all()})
            for policy in policies
            if policy.priority is not None
        },
        ruler=Ruler(hours_of_team(inbox_team_id)),
        send_delay=dt.timedelta(seconds=Team.objects.get(pk=inbox_team_id).send_delay_seconds),
    )


def tell(story: Story, ledger: Ledger, staff: Staff, name: str) -> None:
    """Let the steps of a story happen in a ledger; `name` makes the provider's ids of its messages."""
    for number, step in enumerate(story.steps):
        external_id = f"wamid.history.{name}.{number}"
        match step.kind:
            case "write":
                ledger.write(step.at, step.text, external_id)
            case "claim":
                ledger.claim(step.at, staff.users[step.who])
            case "transfer":
                assignee = staff.users[step.text or step.who]
                ledger.transfer(step.at, staff.users[step.who], staff.teams[step.team].pk, assignee)
            case "priority":
                ledger.set_priority(step.at, staff.users[step.who], step.priority)
            case "reply":
                read_after = dt.timedelta(seconds=step.read_after)
                ledger.reply(step.at, staff.users[step.who], step.text, external_id, read_after)
            case "resolve":
                ledger.resolve(step.at, staff.users[step.who], staff.inbox.reopen_window)


def write_history(staff: Staff, *, end: dt.datetime, limit: int | None = None) -> int:
    """Write the sixty days before `end`; return the number of tickets."""
    plot = Plot(
        seed=SEED,
        end=end,
        zone=zoneinfo.ZoneInfo(settings.TIME_ZONE),
        reopen_window=staff.inbox.reopen_window,
    )
    stories = plot.stories(limit)
    conversations = _people(plot.people, staff, stories)
    terms = terms_of(staff.inbox.team_id)
    ids = _ids(Ticket, len(stories))
    last: dict[str, Ticket] = {}
    asked_until: dict[str, dt.datetime] = {}
    surveys = {survey.kind: survey for survey in Survey.objects.all()}
    # In parts: a transaction that only computes for long would be taken for a forgotten one.
    for begin in range(0, len(stories), PART):
        part = stories[begin : begin + PART]
        ledgers: list[Ledger] = []
        ratings = Ratings(surveys)
        for story in part:
            conversation = conversations[story.person.phone]
            ticket = new_ticket(story, conversation, staff, next(ids), last.get(story.person.phone))
            ledger = Ledger(conversation=conversation, ticket=ticket, terms=terms)
            tell(story, ledger, staff, str(ticket.pk))
            if asked_until.get(story.person.phone, story.opened_at) <= story.steps[-1].at:
                rate(story, ledger, ratings, f"wamid.history.{ticket.pk}")
                asked_until[story.person.phone] = story.steps[-1].at + CAP
            if ticket.closes_at is not None and ticket.closes_at + SECOND < end:
                ledger.close(ticket.closes_at + SECOND)
            last[story.person.phone] = ticket
            ledgers.append(ledger)
        _save(ledgers, part, staff)
        _save_ratings(ratings, staff, end)
    return len(stories)


def new_ticket(
    story: Story, conversation: Conversation, staff: Staff, ticket_id: int | None, before: Ticket | None
) -> Ticket:
    """Return the ticket as its first message finds it."""
    return Ticket(
        pk=ticket_id,
        conversation=conversation,
        team_id=staff.inbox.team_id,
        status=Status.NEW,
        subject=subject_from(story.steps[0].text),
        opened_at=story.opened_at - SECOND,
        recorded_at=story.opened_at,
        last_activity_at=story.opened_at,
        follow_up_of=before,
    )


def _people(people: Iterable[Person], staff: Staff, stories: Sequence[Story]) -> dict[str, Conversation]:
    """Create those who tell a story, with their one conversation."""
    first: dict[str, dt.datetime] = {}
    newest: dict[str, dt.datetime] = {}
    for story in stories:
        first.setdefault(story.person.phone, story.opened_at)
        newest[story.person.phone] = max(step.at for step in story.steps if step.kind == "write") - SECOND
    known = [person for person in people if person.phone in first]
    contacts = Contact.objects.bulk_create(
        Contact(
            name=person.name,
            language=person.language,
            phone=format_phone(person.phone),
            created_at=first[person.phone],
        )
        for person in known
    )
    pairs = list(zip(known, contacts, strict=True))
    ContactIdentity.objects.bulk_create(
        ContactIdentity(
            inbox=staff.inbox,
            kind=IdentityKind.PHONE,
            value=person.phone,
            contact=contact,
            last_inbound_at=newest[person.phone],
        )
        for person, contact in pairs
    )
    rows = Conversation.objects.bulk_create(
        Conversation(pk=number, inbox=staff.inbox, contact=contact)
        for (_person, contact), number in zip(pairs, _ids(Conversation, len(pairs)), strict=True)
    )
    return {person.phone: row for person, row in zip(known, rows, strict=True)}


def _ids(model: type[Model], count: int) -> Iterator[int]:
    """Take so many keys from the sequence of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([row[0] for row in cursor.fetchall()])


def _save(ledgers: Sequence[Ledger], stories: Sequence[Story], staff: Staff) -> None:
    _number(Message, [row for one in ledgers for row in one.messages])
    _number(SlaClock, [row for one in ledgers for row in one.clocks])
    conversations = {one.conversation.pk: one.conversation for one in ledgers}
    Conversation.objects.bulk_update(conversations.values(), ["last_seq"], batch_size=500)
    copy(Ticket, [one.ticket for one in ledgers])
    copy(Message, [row for one in ledgers for row in one.messages])
    copy(TicketEvent, _numbered(TicketEvent, [row for one in ledgers for row in one.events]))
    copy(DeliveryAttempt, _numbered(DeliveryAttempt, [row for one in ledgers for row in one.attempts]))
    copy(SlaClock, [row for one in ledgers for row in one.clocks])
    copy(SlaEvent, _numbered(SlaEvent, [row for one in ledgers for row in one.sla_events]))
    TicketTag.objects.bulk_create(
        TicketTag(ticket_id=one.ticket.pk, tag_id=staff.tags[story.topic.tag].pk)
        for one, story in zip(ledgers, stories, strict=True)
    )
    # One change for each ticket is enough: whoever reads the log of changes reads the whole ticket.
    Change.objects.bulk_create(Change(ticket_id=one.ticket.pk) for one in ledgers)


def _save_ratings(ratings: Ratings, staff: Staff, end: dt.datetime) -> None:
    for follow_up in ratings.follow_ups:
        # What is older than two days the lead has looked after.
        if follow_up.created_at < end - dt.timedelta(days=2):
            follow_up.state, follow_up.assignee = FollowUpState.DONE, staff.users["amira"]
            follow_up.note = "Called back and sent a voucher."
            follow_up.done_at = follow_up.created_at + dt.timedelta(days=1)
    _number(SurveyInvitation, ratings.invitations)
    _number(SurveyResponse, ratings.responses)
    copy(SurveyInvitation, ratings.invitations)
    copy(SurveyResponse, ratings.responses)
    copy(SurveyAnswer, _numbered(SurveyAnswer, ratings.answers))
    copy(FollowUp, _numbered(FollowUp, ratings.follow_ups))


def _number(model: type[M], rows: Sequence[M]) -> None:
    for row, number in zip(rows, _ids(model, len(rows)), strict=True):
        row.pk = number


def _numbered(model: type[M], rows: list[M]) -> list[M]:
    _number(model, rows)
    return rows


def copy(model: type[M], rows: Sequence[M]) -> None:
    """Write rows that have their keys already, by COPY: about five times as fast as INSERT."""
    columns = model._meta.concrete_fields
    names = ", ".join(f'"{column.column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as target:
        for row in rows:
            values = row.__dict__
            related = row._state.fields_cache
            target.write_row([_plain(values[one.attname], related.get(one.name)) for one in columns])


def _plain(value: Any, other: Model | None) -> Any:
    """Return a value as the driver takes it; a row that got its key after others pointed at it gives the key."""
    if value is None and other is not None:
        return other.pk
    return Jsonb(value) if isinstance(value, dict) else value
