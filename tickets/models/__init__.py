"""The tables of the core; this package is their only import path."""

from tickets.models.attachment import Attachment
from tickets.models.automatic_text import ALWAYS_SAID, AutomaticText, TextKind
from tickets.models.business_hours import BusinessHours, BusinessHoursVersion, BusinessInterval, Holiday, TeamHours
from tickets.models.change import Change, ChangeCursor
from tickets.models.configuration import ConfigurationEvent, ConfigurationVerb
from tickets.models.consent import ConsentChange, Wish, WishSource
from tickets.models.contact import Contact
from tickets.models.conversation import Conversation
from tickets.models.draft import Draft
from tickets.models.event import ActorKind, EventKind, TicketEvent
from tickets.models.focus import FocusSegment
from tickets.models.identity import ContactIdentity, IdentityKind
from tickets.models.inbox import Inbox
from tickets.models.message import (
    UNDER_WAY,
    AuthorKind,
    ContentType,
    DeliveryAttempt,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    readable,
)
from tickets.models.quick_reply import QuickReply
from tickets.models.read_receipt import ReadReceipt
from tickets.models.routing import (
    MAX_KEYWORDS,
    Matching,
    Needed,
    RoutingRule,
    RoutingRuleQuerySet,
    RoutingRuleTag,
    RoutingRuleVersion,
)
from tickets.models.seen import Seen
from tickets.models.sla import COUNTING_STATES, ClockState, Metric, SlaClock, SlaEvent, SlaPolicy, SlaTarget, Step
from tickets.models.tag import AgentSkill, Tag
from tickets.models.ticket import (
    OPEN_STATUSES,
    SETTLED_STATUSES,
    Priority,
    Status,
    TagSource,
    Ticket,
    TicketQuerySet,
    TicketTag,
    visible_in_sql,
)

__all__ = [
    "ALWAYS_SAID",
    "COUNTING_STATES",
    "MAX_KEYWORDS",
    "OPEN_STATUSES",
    "SETTLED_STATUSES",
    "UNDER_WAY",
    "ActorKind",
    "AgentSkill",
    "Attachment",
    "AuthorKind",
    "AutomaticText",
    "BusinessHours",
    "BusinessHoursVersion",
    "BusinessInterval",
    "Change",
    "ChangeCursor",
    "ClockState",
    "ConfigurationEvent",
    "ConfigurationVerb",
    "ConsentChange",
    "Contact",
    "ContactIdentity",
    "ContentType",
    "Conversation",
    "DeliveryAttempt",
    "Draft",
    "EventKind",
    "FocusSegment",
    "Holiday",
    "IdentityKind",
    "Inbox",
    "Matching",
    "Message",
    "MessageKind",
    "MessageState",
    "Metric",
    "Needed",
    "Priority",
    "Purpose",
    "QuickReply",
    "ReadReceipt",
    "RoutingRule",
    "RoutingRuleQuerySet",
    "RoutingRuleTag",
    "RoutingRuleVersion",
    "Seen",
    "SlaClock",
    "SlaEvent",
    "SlaPolicy",
    "SlaTarget",
    "Status",
    "Step",
    "Tag",
    "TagSource",
    "TeamHours",
    "TextKind",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
    "TicketTag",
    "Wish",
    "WishSource",
    "readable",
    "visible_in_sql",
]
