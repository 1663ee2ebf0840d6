"""What the forms of the inbox may contain."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.models import PresenceState
from tickets.models import Priority

MAX_TEXT = 4096
MAX_SEQ = 2**62


class ReplyForm(forms.Form):
    """A reply: its text, the id that makes a double click harmless, and what its author has seen."""

    text = forms.CharField(max_length=MAX_TEXT, strip=False)
    client_id = forms.UUIDField()
    seen_seq = forms.IntegerField(min_value=0, max_value=MAX_SEQ)


class TemplateForm(forms.Form):
    """An approved template: its key, and what `ReplyForm` carries; its variables are in `template_values`."""

    template = forms.CharField(max_length=600)
    client_id = forms.UUIDField()
    seen_seq = forms.IntegerField(min_value=0, max_value=MAX_SEQ)


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(max_length=MAX_TEXT, strip=False)
    client_id = forms.UUIDField()


class TagForm(forms.Form):
    """A tag to put on a ticket, by name; or one to take off, by key."""

    name = forms.CharField(max_length=200, required=False)
    remove = forms.IntegerField(min_value=1, max_value=MAX_SEQ, required=False)


class ResolveForm(forms.Form):
    """A resolve carries what the person has seen, so that a new message is never resolved unread."""

    seen_seq = forms.IntegerField(min_value=0, max_value=MAX_SEQ)


class SpamForm(ResolveForm):
    """A mark as spam carries what the person has seen, too."""


class MergeForm(ResolveForm):
    """Into which ticket, and what the person has seen in the one that goes there."""

    into = forms.IntegerField(
        min_value=1, max_value=MAX_SEQ, error_messages={"required": _("Choose the ticket to merge into.")}
    )


class AssignmentForm(forms.Form):
    """Whom to give a ticket; nobody means back into the queue."""

    assignee = forms.IntegerField(required=False, min_value=1, max_value=MAX_SEQ)


class TransferForm(forms.Form):
    """Where a ticket goes: "3" is a team, "3:7" a person in it."""

    target = forms.RegexField(regex=r"^\d{1,18}(:\d{1,18})?$")
    note = forms.CharField(max_length=MAX_TEXT, required=False)

    def clean_target(self) -> tuple[int, int | None]:
        """Return the team's key and the person's."""
        team, _colon, person = self.cleaned_data["target"].partition(":")
        return int(team), int(person) if person else None


class PriorityForm(forms.Form):
    """How urgent it is."""

    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int)


class SubjectForm(forms.Form):
    """What it is about."""

    subject = forms.CharField(max_length=80, label=_("Subject"))


class DraftForm(forms.Form):
    """What somebody has typed so far; empty deletes the draft."""

    text = forms.CharField(max_length=MAX_TEXT, required=False, strip=False)
    client_id = forms.UUIDField()


class AvailabilityForm(forms.Form):
    """Whether somebody takes tickets."""

    state = forms.TypedChoiceField(choices=PresenceState.choices, coerce=PresenceState)


class RequeuingForm(forms.Form):
    """Whose tickets go back into the queue; nobody named means one's own. The undo names the tickets too."""

    person = forms.IntegerField(required=False, min_value=1, max_value=MAX_SEQ)
    tickets = forms.RegexField(regex=r"^\d{1,18}(,\d{1,18})*$", required=False, max_length=4000)

    def clean_tickets(self) -> list[int]:
        """Return the tickets' numbers."""
        return [int(number) for number in self.cleaned_data["tickets"].split(",") if number]
