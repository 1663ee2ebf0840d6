"""Why an action would not do what it was asked: each a sentence for the agent, none a fault of the program."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tickets.channels import Refusal


class Refused(Exception):
    """An action changed nothing; `code` is for programs, `text` for people."""

    code = "refused"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NotAllowed(Refused):
    """The person's role does not permit it."""

    code = "not_allowed"


class WrongStatus(Refused):
    """The ticket is not in a state in which this makes sense."""

    code = "wrong_status"


class AlreadyAssigned(Refused):
    """Somebody else was faster."""

    code = "already_assigned"

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s already has this ticket.") % {"name": name})


class HandedOver(Refused):
    """A bot wants to speak where people do, or are asked for."""

    code = "handed_over"


class NewerActivity(Refused):
    """Something happened that the person had not seen when they acted; `message_ids` says what."""

    code = "newer_activity"

    def __init__(self, text: str, message_ids: Sequence[int]) -> None:
        super().__init__(text)
        self.message_ids = tuple(message_ids)


class ChannelRefused(Refused):
    """The channel does not take this now, as outside the reply window."""

    code = "channel_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


class StaleEdit(Refused):
    """Somebody else saved the same configuration since the form was opened."""

    code = "stale_edit"

    def __init__(self, name: str) -> None:
        """Name who was faster; empty when nobody knows."""
        if name:
            text = _("%(name)s saved this page while you were editing. Load it again, then make your change once more.")
            super().__init__(text % {"name": name})
        else:
            super().__init__(
                _("This was saved elsewhere while you were editing. Load it again, then make your change once more.")
            )


class NameTaken(Refused):
    """The name of a piece of configuration belongs to another."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(_("There is one called “%(name)s” already. Choose another name.") % {"name": name})
