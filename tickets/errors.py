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


class NewerActivity(Refused):
    """Something happened that the person had not seen when they acted; `message_ids` says what."""

    code = "newer_activity"

    def __init__(self, text: str, message_ids: Sequence[int]) -> None:
        super().__init__(text)
        self.message_ids = tuple(message_ids)


class StaleEdit(Refused):
    """Somebody else saved the same settings since the form was shown."""

    code = "stale_edit"


class ChannelRefused(Refused):
    """The channel does not take this now, as outside the reply window."""

    code = "channel_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal
