"""What programs may send; everything else is refused by name."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from agents.api.fields import Input
from agents.models import Team, User
from tickets.actions.contacts import NAME_LENGTH
from tickets.actions.lifecycle import SUBJECT_LENGTH
from tickets.api import querysets
from tickets.api.queries import KeyField
from tickets.api.serializers import PriorityField
from tickets.forms import MAX_SEQ, MAX_TEXT
from tickets.models import MessageKind, Tag

WRITABLE_KINDS = [("reply", MessageKind.OUTBOUND.label), ("note", MessageKind.NOTE.label)]
MAX_TAGS = 20
MAX_VALUE = 1024


class SeqField(serializers.IntegerField):
    """A place in a conversation."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_SEQ, **options)


def _agent(pk: int | None) -> User | None:
    """Return somebody who works in a team. Raises ValidationError for anybody else."""
    if pk is None:
        return None
    found = querysets.agents().filter(pk=pk).first()
    if found is None:
        raise serializers.ValidationError({"assignee": [_("There is no such person.")]})
    return found


class TicketInput(Input):
    """What can be changed of a ticket; what is not sent stays."""

    subject = serializers.CharField(max_length=SUBJECT_LENGTH, required=False)
    priority = PriorityField(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=Tag._meta.get_field("name").max_length),
        max_length=MAX_TAGS,
        required=False,
        help_text="All tags that the ticket shall have; new words become tags.",
    )


class TemplateInput(Input):
    """An approved template, filled in."""

    key = serializers.CharField(max_length=64, help_text="Of one of the ticket's `templates/`.")
    variables = serializers.DictField(
        child=serializers.CharField(max_length=MAX_VALUE), required=False, help_text="Its variables by their names."
    )


class MessageInput(Input):
    """A reply to the contact, also as an approved template, or a note that only colleagues read."""

    kind = serializers.ChoiceField(choices=WRITABLE_KINDS)
    text = serializers.CharField(
        max_length=MAX_TEXT, trim_whitespace=False, required=False, help_text="Required without a template."
    )
    template = TemplateInput(required=False, help_text="What is sent instead of a text; works outside the window too.")
    seen_seq = SeqField(
        required=False,
        help_text="Required for a reply: `last_seq` of the ticket when it was read. "
        "A reply is refused when a colleague replied since.",
    )
    quoted = KeyField(required=False, help_text="The message of the same ticket that a reply quotes.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Insist on what a reply needs."""
        if ("text" in attrs) == ("template" in attrs):
            raise serializers.ValidationError({"text": [_("Send a text, or a template instead of it.")]})
        if "template" in attrs and (attrs["kind"] == "note" or "quoted" in attrs):
            raise serializers.ValidationError({"template": [_("Only a reply that quotes nothing can be a template.")]})
        if attrs["kind"] == "reply" and "seen_seq" not in attrs:
            raise serializers.ValidationError({"seen_seq": [_("A reply says what its author has seen.")]})
        if attrs["kind"] == "note" and "quoted" in attrs:
            raise serializers.ValidationError({"quoted": [_("A note quotes nothing.")]})
        return attrs


class AssignmentInput(Input):
    """Who works on a ticket; null puts it back into the queue."""

    assignee = KeyField(allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse people who do not exist."""
        _agent(attrs["assignee"])
        return attrs


class TransferInput(Input):
    """Where a ticket goes, with a note for those who take it."""

    team = KeyField()
    assignee = KeyField(allow_null=True, default=None)
    note = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse teams and people who do not exist."""
        if not Team.objects.filter(pk=attrs["team"]).exists():
            raise serializers.ValidationError({"team": [_("There is no such team.")]})
        _agent(attrs["assignee"])
        return attrs


class ResolutionInput(Input):
    """A resolve says what its author has seen, so that no new message is resolved unread."""

    seen_seq = SeqField(help_text="`last_seq` of the ticket when it was read.")


class SpamInput(ResolutionInput):
    """A mark as spam says what its author has seen, too."""


class MergeInput(ResolutionInput):
    """Into which ticket of the same contact this one goes."""

    into = KeyField(help_text="It keeps its team, priority and assignee; tags unite.")


class ContactInput(Input):
    """What can be changed of a contact."""

    name = serializers.CharField(max_length=NAME_LENGTH)
