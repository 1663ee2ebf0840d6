"""Write the invented past into the database of the demo, in bulk."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from agents.models import Notification, PresenceInterval, Team
from agents.notify import supervisors
from channels_whatsapp.wire import format_phone
from helpdesk.seed import attendance
from helpdesk.seed.ledger import SECOND, Ledger
from helpdesk.seed.people import Staff
from helpdesk.seed.plot import Plot
from helpdesk.seed.promises import Terms
from helpdesk.seed.ratings import Memory, Ratings, rate
from helpdesk.seed.rows import Keys, Sheets, fresh, make_room
from helpdesk.seed.set_aside import mark_spam, merge
from helpdesk.seed.telling import Story
from surveys.defaults import START
from surveys.models import FollowUp, Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from tickets.actions.lifecycle import subject_from
from tickets.calendars import Ruler, calendar, hours_of_team
from tickets.models import (
    AutomaticText,
    Change,
    ConsentChange,
    Contact,
    ContactIdentity,
    Conversation,
    DeliveryAttempt,
    FocusSegment,
    IdentityKind,
    Message,
    MessageKind,
    RoutingRule,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    Status,
    TextKind,
    Ticket,
    TicketEvent,
    TicketTag,
)

SEED = 20261121
# Older alerts nobody scrolls to; what is older than a day has been read.
ALERTS_OF, UNREAD_OF = dt.timedelta(days=7), dt.timedelta(hours=20)
SETTLED_AFTER = dt.timedelta(days=2)
# Every table that the past has rows in, in the order in which they are written.
TABLES: tuple[type[Model], ...] = (
    Contact,
    ContactIdentity,
    Conversation,
    Ticket,
    Message,
    TicketEvent,
    DeliveryAttempt,
    SlaClock,
    SlaEvent,
    TicketTag,
    FocusSegment,
    PresenceInterval,
    SurveyInvitation,
    SurveyResponse,
    SurveyAnswer,
    FollowUp,
    ConsentChange,
    Notification,
)


def make_room_for_the_past() -> None:
    """Let today's tickets be numbered behind those of the past, which is written later."""
    make_room(TABLES, tickets=Ticket)


def terms_of(staff: Staff, end: dt.datetime) -> Terms:
    """Return what held in the demo: a policy for each priority, the default hours, rules and words."""
    policies = SlaPolicy.objects.filter(is_active=True, priority__isnull=False).prefetch_related("targets")
    hours = hours_of_team(staff.inbox.team_id)
    if hours is not None:
        # Expanded once over everything that will be asked; day by day it would be done anew each time.
        calendar(hours).seconds_between(end - dt.timedelta(days=90), end + dt.timedelta(days=30))
    rules = RoutingRule.objects.kept().filter(is_active=True).prefetch_related("tags")
    teams = list(Team.objects.all())
    return Terms(
        policies={
            policy.priority: (policy, {target.metric: target for target in policy.targets.all()})
            for policy in policies
            if policy.priority is not None
        },
        ruler=Ruler(hours),
        zone=zoneinfo.ZoneInfo(hours.time_zone if hours else settings.TIME_ZONE),
        send_delay=dt.timedelta(seconds=next(t.send_delay_seconds for t in teams if t.pk == staff.inbox.team_id)),
        rules=[(rule, [tag.pk for tag in rule.tags.all()]) for rule in rules],
        words=list(AutomaticText.objects.filter(kind=TextKind.ACKNOWLEDGEMENT, is_active=True)),
        team_names={team.pk: team.name for team in teams},
        supervisors={team.pk: supervisors(team.pk) for team in teams},
        alerts_since=end - ALERTS_OF,
    )


def ratings_of(staff: Staff, keys: Keys, end: dt.datetime) -> Ratings:
    """Return empty ratings; surveys had the delays then that a new installation has."""
    return Ratings(
        surveys={survey.kind: survey for survey in Survey.objects.all()},
        keys=keys,
        delays={kind: dt.timedelta(seconds=seconds) for kind, (_highest, seconds, _cap) in START.items()},
        lead_id=staff.users["amira"].pk,
        settled_before=end - SETTLED_AFTER,
    )


def tell(story: Story, ledger: Ledger, staff: Staff, name: str, into: Ledger | None = None) -> Ledger:
    """Let the steps of a story happen in a ledger; return where it ends, which is `into` after a merge.

    `name` makes the provider's ids of its messages.
    """
    for number, step in enumerate(story.steps):
        external_id = f"wamid.history.{name}.{number}"
        match step.kind:
            case "write":
                ledger.write(step.at, step.text, external_id, story.acknowledged_after)
            case "claim":
                ledger.claim(step.at, staff.users[step.who])
            case "transfer":
                assignee = staff.users[step.text or step.who]
                ledger.transfer(step.at, staff.users[step.who], staff.teams[step.team].pk, assignee)
            case "priority":
                ledger.set_priority(step.at, staff.users[step.who], step.priority)
            case "tag":
                ledger.tag(step.at, staff.users[step.who], staff.tags[step.text].pk)
            case "reply":
                read_after = dt.timedelta(seconds=step.read_after)
                ledger.reply(step.at, staff.users[step.who], step.text, external_id, read_after)
            case "resolve":
                ledger.resolve(step.at, staff.users[step.who], staff.inbox.reopen_window)
            case "spam":
                mark_spam(ledger, step.at, staff.users[step.who])
            case "merge":
                assert into is not None  # noqa: S101 - the story of the earlier ticket came before
                merge(ledger, step.at, staff.users[step.who], into)
                ledger = into
    return ledger


def write_history(staff: Staff, *, end: dt.datetime, limit: int | None = None) -> int:
    """Write the sixty days before `end`, all or nothing; return the number of tickets."""
    plot = Plot(
        seed=SEED,
        end=end,
        zone=zoneinfo.ZoneInfo(settings.TIME_ZONE),
        reopen_window=staff.inbox.reopen_window,
    )
    stories = plot.stories(limit)
    keys, sheets = Keys(), Sheets(TABLES)
    conversations, contacts, identities = _people(stories, staff, keys)
    terms, ratings = terms_of(staff, end), ratings_of(staff, keys, end)
    last: dict[str, Ticket] = {}
    memories: dict[str, Memory] = defaultdict(Memory)
    # Tickets into which others are merged go on after their own story.
    awaited, kept = {id(story.into) for story in stories}, dict[int, Ledger]()
    for story in stories:
        phone = story.person.phone
        ticket = new_ticket(story, conversations[phone], staff, keys, last.get(phone))
        ledger = Ledger(conversations[phone], contacts[phone], ticket, terms, keys)
        into = kept.pop(id(story.into), None)
        last_ledger = tell(story, ledger, staff, str(ticket.pk), into)
        if story.is_resolved:
            rate(story, last_ledger, ratings, f"wamid.history.{ticket.pk}", memories[phone])
        closes_at = last_ledger.ticket.closes_at
        if closes_at is not None and closes_at + SECOND < end:
            last_ledger.close(closes_at + SECOND)
        last[phone] = ticket
        if id(story) in awaited:
            kept[id(story)] = ledger
        else:
            _keep(ledger, sheets, end)
        if into is not None:
            _keep(into, sheets, end)
        heard = [m.occurred_at for m in ledger.messages + last_ledger.messages if m.kind == MessageKind.INBOUND]
        identities[phone].last_inbound_at = max(heard)
        here, there = attendance.apart(story)
        sheets.add(FocusSegment, attendance.focus(ticket.pk, here, staff.users, keys, end))
        sheets.add(FocusSegment, attendance.focus(last_ledger.ticket.pk, there, staff.users, keys, end))
    sheets.add(Contact, contacts.values())
    sheets.add(ContactIdentity, identities.values())
    sheets.add(Conversation, conversations.values())
    sheets.add(PresenceInterval, attendance.presence(plot.desk, staff.users, keys))
    sheets.add(SurveyInvitation, ratings.invitations)
    sheets.add(SurveyResponse, ratings.responses)
    sheets.add(SurveyAnswer, ratings.answers)
    sheets.add(FollowUp, ratings.follow_ups)
    sheets.add(ConsentChange, ratings.consents)
    with transaction.atomic():
        sheets.write()
        # One change for each ticket is enough: whoever reads the log of changes reads the whole ticket.
        Change.objects.bulk_create(Change(ticket_id=number) for number in range(1, len(stories) + 1))
    return len(stories)


def new_ticket(story: Story, conversation: Conversation, staff: Staff, keys: Keys, before: Ticket | None) -> Ticket:
    """Return the ticket as its first message finds it."""
    return fresh(
        Ticket,
        keys,
        conversation_id=conversation.pk,
        team_id=staff.inbox.team_id,
        status=Status.NEW,
        subject=subject_from(story.steps[0].text),
        opened_at=story.opened_at - SECOND,
        recorded_at=story.opened_at,
        last_activity_at=story.opened_at,
        follow_up_of_id=before.pk if before else None,
    )


def _people(
    stories: Sequence[Story], staff: Staff, keys: Keys
) -> tuple[dict[str, Conversation], dict[str, Contact], dict[str, ContactIdentity]]:
    """Introduce those who tell a story, with their one conversation; by telephone number."""
    conversations, contacts, identities = {}, {}, {}
    for story in stories:
        person, inbox = story.person, staff.inbox.pk
        if person.phone in contacts:
            continue
        contact = fresh(
            Contact,
            keys,
            name=person.name,
            language=person.language,
            phone=format_phone(person.phone),
            created_at=story.opened_at,
        )
        contacts[person.phone] = contact
        identities[person.phone] = fresh(
            ContactIdentity,
            keys,
            inbox_id=inbox,
            kind=IdentityKind.PHONE,
            value=person.phone,
            contact_id=contact.pk,
        )
        conversations[person.phone] = fresh(Conversation, keys, inbox_id=inbox, contact_id=contact.pk)
    return conversations, contacts, identities


def _keep(ledger: Ledger, sheets: Sheets, end: dt.datetime) -> None:
    """Take the rows of a ticket whose story is over."""
    for alert in ledger.alerts:
        if alert.created_at < end - UNREAD_OF:
            alert.read_at = alert.created_at + dt.timedelta(minutes=20)
    sheets.add(Ticket, [ledger.ticket])
    sheets.add(Message, ledger.messages)
    sheets.add(TicketEvent, ledger.events)
    sheets.add(DeliveryAttempt, ledger.attempts)
    sheets.add(SlaClock, ledger.clocks)
    sheets.add(SlaEvent, ledger.sla_events)
    sheets.add(TicketTag, ledger.tags)
    sheets.add(Notification, ledger.alerts)
