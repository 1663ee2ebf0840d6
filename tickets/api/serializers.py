"""What the API says about tickets, messages and contacts."""

from typing import Any

from rest_framework import serializers

from agents.api.fields import Reference, UtcDateTimeField
from agents.models import Team, User
from tickets.channels import TemplateChoice, TemplateVariable, get_channel
from tickets.models import (
    Attachment,
    AuthorKind,
    Contact,
    ContentType,
    Inbox,
    Message,
    MessageKind,
    MessageState,
    Priority,
    Purpose,
    Status,
    Tag,
    Ticket,
)

PRIORITIES = [(priority.name.lower(), priority.label) for priority in Priority]


class PriorityField(serializers.ChoiceField):
    """A priority by its name; numbers are ours alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=PRIORITIES, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Return the priority of a name."""
        return Priority[str(super().to_internal_value(data)).upper()]

    def to_representation(self, value: Any) -> str:
        """Return the name of a priority."""
        return Priority(value).name.lower()


class InboxSerializer(serializers.Serializer[Inbox]):
    """A configured address of a channel."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    channel = serializers.CharField()
    team = Reference(help_text="Where its new tickets begin.")
    is_active = serializers.BooleanField()


class TeamSerializer(serializers.Serializer[Team]):
    """A team."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class AgentSerializer(serializers.Serializer[User]):
    """Somebody who answers, as colleagues see them."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    teams = Reference(many=True)
    skills = serializers.SerializerMethodField(help_text="Names of tags that are skills.")

    def get_skills(self, user: User) -> list[str]:
        """Return what tickets with these tags are given to this person for."""
        return sorted(one.tag.name for one in user.skills.all() if one.tag.is_skill)


class TagSerializer(serializers.Serializer[Tag]):
    """A word on tickets."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    is_skill = serializers.BooleanField(help_text="Tickets with it are given by load only to people who have it.")


class TemplateVariableSerializer(serializers.Serializer[TemplateVariable]):
    """A place of a template."""

    key = serializers.CharField(help_text="Send its value under this name in `template.variables`.")
    name = serializers.CharField(help_text="What belongs there; empty where nobody said it.")


class TemplateSerializer(serializers.Serializer[TemplateChoice]):
    """An approved template that may be sent in a ticket, also outside the reply window."""

    key = serializers.CharField(help_text="Send it as `template.key`.")
    name = serializers.CharField()
    language = serializers.CharField()
    text = serializers.SerializerMethodField(help_text="Its words, with the keys of its variables in braces.")
    variables = TemplateVariableSerializer(many=True)

    def get_text(self, choice: TemplateChoice) -> str:
        """Return the words."""
        return choice.fill({one.key: f"{{{{{one.key}}}}}" for one in choice.variables})


class InboxReference(Reference):
    """An inbox by its id."""

    channel = serializers.CharField()


class ContactReference(Reference):
    """A contact by its id."""

    name = serializers.CharField(source="display_name")


class ContactSerializer(serializers.Serializer[Contact]):
    """A person who writes to us."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(help_text="Empty when it is not known.")
    phone = serializers.CharField(help_text="For people to read; empty when it is not known.")
    language = serializers.CharField(help_text="A language tag; empty when it is not known.")
    created_at = UtcDateTimeField()


class TicketSerializer(serializers.Serializer[Ticket]):
    """One request with an end."""

    id = serializers.IntegerField(source="pk", help_text="The ticket number.")
    subject = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    priority = PriorityField()
    tags = serializers.SerializerMethodField()
    team = Reference()
    assignee = Reference(allow_null=True)
    inbox = InboxReference(source="conversation.inbox")
    contact = ContactReference(source="conversation.contact")
    opened_at = UtcDateTimeField(help_text="When the contact wrote.")
    resolved_at = UtcDateTimeField(allow_null=True)
    snoozed_until = UtcDateTimeField(allow_null=True)
    waiting_since = UtcDateTimeField(allow_null=True, help_text="Time of the oldest message nobody has answered.")
    due_at = UtcDateTimeField(allow_null=True, help_text="When the answer is due.")
    unanswered_count = serializers.IntegerField()
    needs_human = serializers.BooleanField(
        help_text="A person is asked for, or a bot could not help: bots stay silent."
    )
    follow_up_of = serializers.IntegerField(source="follow_up_of_id", allow_null=True)
    spam = serializers.BooleanField(source="is_spam", help_text="Put aside: nothing is sent, nobody waits.")
    merged_into = serializers.IntegerField(
        source="merged_into_id", allow_null=True, help_text="The ticket in which this one goes on."
    )
    updated_at = UtcDateTimeField(source="last_activity_at")
    last_seq = serializers.IntegerField(
        source="conversation.last_seq", help_text="The newest place in the conversation; send it as `seen_seq`."
    )
    version = serializers.IntegerField(help_text="Rises with every change.")

    def get_tags(self, ticket: Ticket) -> list[str]:
        """Return the names of the tags."""
        return [tag.name for tag in ticket.tags.all()]


class TransferSerializer(serializers.Serializer[Ticket]):
    """Where a ticket went."""

    id = serializers.IntegerField(source="pk")
    team = Reference()
    assignee = Reference(allow_null=True)


class AttachmentSerializer(serializers.Serializer[Attachment]):
    """A file that came with a message."""

    media_type = serializers.CharField()
    file_name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Attachment.State.choices)


class AuthorSerializer(serializers.Serializer[Message]):
    """Who speaks."""

    kind = serializers.ChoiceField(source="author_kind", choices=AuthorKind.choices)
    agent = Reference(source="author", allow_null=True)


class DeliverySerializer(serializers.Serializer[Message]):
    """What became of a message on its way out."""

    state = serializers.ChoiceField(choices=MessageState.choices)
    sent_at = UtcDateTimeField(allow_null=True)
    delivered_at = UtcDateTimeField(allow_null=True)
    read_at = UtcDateTimeField(allow_null=True)
    failed_at = UtcDateTimeField(allow_null=True)
    error_code = serializers.CharField(help_text="The provider's; empty when nothing went wrong.")
    error_text = serializers.SerializerMethodField(help_text="The reason as a sentence.")

    def get_error_text(self, message: Message) -> str:
        """Return the channel's words for its code, in the reader's language."""
        said = get_channel(message.inbox).explain(message.error_code) if message.error_code else ""
        return said or message.error_text

    def to_representation(self, instance: Message) -> Any:
        """Return nothing for what never leaves."""
        return super().to_representation(instance) if instance.kind == MessageKind.OUTBOUND else None


class MessageSerializer(serializers.Serializer[Message]):
    """Something that was said: inbound, outbound, or a note that only colleagues read."""

    id = serializers.IntegerField(source="pk")
    ticket = serializers.IntegerField(source="ticket_id", allow_null=True)
    contact = serializers.IntegerField(source="conversation.contact_id")
    seq = serializers.IntegerField(help_text="Place in the conversation.")
    kind = serializers.ChoiceField(choices=MessageKind.choices)
    purpose = serializers.ChoiceField(choices=[("", "-"), *Purpose.choices], help_text="Of outbound messages.")
    author = AuthorSerializer(source="*")
    content_type = serializers.ChoiceField(choices=ContentType.choices)
    text = serializers.CharField()
    content = serializers.JSONField(help_text="Choices, coordinates, cards.")
    language = serializers.CharField()
    attachments = AttachmentSerializer(many=True)
    occurred_at = UtcDateTimeField()
    recorded_at = UtcDateTimeField()
    delivery = DeliverySerializer(source="*", allow_null=True, help_text="Of outbound messages; else null.")
