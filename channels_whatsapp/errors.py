"""What WhatsApp's error codes mean: whether another try makes sense, and what to tell the agent.

One table for errors in the answer to a call and for those in a later status: the same condition comes either way.
Only the code counts; titles change and the HTTP status is not reliable.
Source: Meta's page "Error codes" of the Cloud API, and the reports of implementers where it is silent.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Remedy(Enum):
    """Who can do what about it."""

    WAIT = "wait"
    RESEND = "resend"
    TEMPLATE = "template"
    OTHER_WAY = "other_way"
    ADMINISTRATOR = "administrator"
    NONE = "none"


@dataclass(frozen=True)
class ErrorClass:
    """What one code means. `max_tries` bounds the automatic ones; `pauses` stops the whole number."""

    text: Text
    remedy: Remedy
    max_tries: int = 1
    pauses: bool = False
    # Seconds before another try; with `grows` four times as long after each one.
    wait: float = 0
    grows: bool = False

    def permanent(self, attempt: int) -> bool:
        """Say whether the given attempt, counted from 1, was the last that makes sense."""
        return attempt >= self.max_tries

    def retry_after(self, attempt: int) -> float | None:
        """Return the seconds to wait after the given attempt, where WhatsApp has a rule for it."""
        if not self.wait:
            return None
        return self.wait * 4 ** (attempt - 1) if self.grows else self.wait


UNAVAILABLE = ErrorClass(_("WhatsApp is not available at the moment."), Remedy.WAIT, max_tries=6)
TOO_FAST = ErrorClass(
    _("Too many messages are being sent through this number at once."), Remedy.WAIT, max_tries=6, wait=10
)
TOO_FAST_FOR_CONTACT = ErrorClass(
    _("Too many messages were sent to this contact in a short time."), Remedy.WAIT, max_tries=6, wait=1, grows=True
)
GENERIC = ErrorClass(_("WhatsApp reports an error without a reason. Try again later."), Remedy.RESEND, max_tries=2)
DISCONNECTED = ErrorClass(
    _("This number is disconnected: its access token is no longer valid. An administrator has to renew it."),
    Remedy.ADMINISTRATOR,
    pauses=True,
)
BLOCKED = ErrorClass(
    _("WhatsApp has blocked this business account. An administrator has to look into it."),
    Remedy.ADMINISTRATOR,
    pauses=True,
)
MISCONFIGURED = ErrorClass(
    _("This number lacks a permission in WhatsApp. An administrator has to look into it."), Remedy.ADMINISTRATOR
)
NOT_CONNECTED = ErrorClass(
    _("This number is not connected to WhatsApp. An administrator has to register it again."), Remedy.ADMINISTRATOR
)
INVALID = ErrorClass(_("WhatsApp rejected the message as invalid."), Remedy.ADMINISTRATOR)
BILLING = ErrorClass(
    _("WhatsApp reports a billing problem with this account. An administrator has to look into it."),
    Remedy.ADMINISTRATOR,
)
UNDELIVERABLE = ErrorClass(
    _("The message could not be delivered: this contact may not use WhatsApp. Try another way."), Remedy.OTHER_WAY
)
WINDOW_CLOSED = ErrorClass(
    _("More than 24 hours have passed since the contact last wrote; only a template can be sent."), Remedy.TEMPLATE
)
LOW_QUALITY = ErrorClass(
    _("WhatsApp limits this number because contacts have blocked or reported it. Try again in a few hours."),
    Remedy.ADMINISTRATOR,
)
MARKETING_LIMIT = ErrorClass(
    _("WhatsApp did not deliver this marketing message, to protect the contact from too many of them."), Remedy.NONE
)
MARKETING_OPT_OUT = ErrorClass(_("This contact does not want marketing messages."), Remedy.NONE)
BLOCKED_BY_US = ErrorClass(_("This contact is on your block list. Unblock them to write."), Remedy.OTHER_WAY)
OWN_NUMBER = ErrorClass(_("A number cannot write to itself."), Remedy.NONE)
TEST_NUMBER = ErrorClass(
    _("This is a test number: an administrator has to allow the recipient in Meta's dashboard first."),
    Remedy.ADMINISTRATOR,
)
COUNTRY = ErrorClass(_("This account may not write to contacts in this country."), Remedy.OTHER_WAY)
MEDIA_NOT_READ = ErrorClass(_("The file could not be transferred. Send it smaller or another way."), Remedy.OTHER_WAY)
MEDIA_NOT_ACCEPTED = ErrorClass(_("WhatsApp does not accept this kind or size of file."), Remedy.OTHER_WAY)
NEEDS_NUMBER = ErrorClass(
    _("This message can be sent to a telephone number only, and the contact's is not known."), Remedy.OTHER_WAY
)
TEMPLATE_MISMATCH = ErrorClass(_("The template and its values do not fit together."), Remedy.ADMINISTRATOR)
TEMPLATE_MISSING = ErrorClass(_("This template is not available in this language."), Remedy.ADMINISTRATOR)
TEMPLATE_STOPPED = ErrorClass(_("WhatsApp has stopped this template."), Remedy.ADMINISTRATOR)
TEMPLATE_POLICY = ErrorClass(_("The template breaks WhatsApp's rules."), Remedy.ADMINISTRATOR)
IDENTITY_CHANGED = ErrorClass(
    _("The contact's security code has changed; their identity has to be confirmed first."), Remedy.OTHER_WAY
)
FORM_UNAVAILABLE = ErrorClass(_("This form is not available at the moment."), Remedy.ADMINISTRATOR)
GROUP = ErrorClass(_("This group is not available."), Remedy.NONE)
LOST = ErrorClass(_("WhatsApp lost the message before it was delivered."), Remedy.RESEND)
UNKNOWN_CODE = ErrorClass(_("WhatsApp did not take the message."), Remedy.RESEND)

ERRORS: dict[int, ErrorClass] = {
    0: DISCONNECTED,
    1: GENERIC,
    2: UNAVAILABLE,
    3: MISCONFIGURED,
    4: TOO_FAST,
    10: MISCONFIGURED,
    17: TOO_FAST,
    33: NOT_CONNECTED,
    100: INVALID,
    104: DISCONNECTED,
    190: DISCONNECTED,
    368: BLOCKED,
    613: TOO_FAST,
    803: NOT_CONNECTED,
    80007: TOO_FAST,
    130403: BLOCKED_BY_US,
    130429: TOO_FAST,
    130472: MARKETING_LIMIT,
    130497: COUNTRY,
    131000: GENERIC,
    131005: MISCONFIGURED,
    131008: INVALID,
    131009: INVALID,
    131016: UNAVAILABLE,
    131020: GROUP,
    131021: OWN_NUMBER,
    131026: UNDELIVERABLE,
    131030: TEST_NUMBER,
    131031: BLOCKED,
    131035: LOST,
    131036: LOST,
    131037: NOT_CONNECTED,
    131041: GROUP,
    131042: BILLING,
    131044: BILLING,
    131045: NOT_CONNECTED,
    131047: WINDOW_CLOSED,
    131048: LOW_QUALITY,
    131049: MARKETING_LIMIT,
    131050: MARKETING_OPT_OUT,
    131051: INVALID,
    131052: MEDIA_NOT_READ,
    131053: MEDIA_NOT_ACCEPTED,
    131055: INVALID,
    131056: TOO_FAST_FOR_CONTACT,
    131057: UNAVAILABLE,
    131062: NEEDS_NUMBER,
    131063: MISCONFIGURED,
    131064: LOW_QUALITY,
    132000: TEMPLATE_MISMATCH,
    132001: TEMPLATE_MISSING,
    132005: TEMPLATE_MISMATCH,
    132007: TEMPLATE_POLICY,
    132008: TEMPLATE_MISMATCH,
    132012: TEMPLATE_MISMATCH,
    132015: TEMPLATE_STOPPED,
    132016: TEMPLATE_STOPPED,
    132018: TEMPLATE_MISMATCH,
    132068: FORM_UNAVAILABLE,
    132069: FORM_UNAVAILABLE,
    133000: NOT_CONNECTED,
    133004: UNAVAILABLE,
    133005: NOT_CONNECTED,
    133006: NOT_CONNECTED,
    133008: NOT_CONNECTED,
    133009: NOT_CONNECTED,
    133010: NOT_CONNECTED,
    133015: NOT_CONNECTED,
    133016: NOT_CONNECTED,
    134011: BILLING,
    135000: INVALID,
    137000: IDENTITY_CHANGED,
    2494100: UNAVAILABLE,
}


def explain(code: int | str, *, status: int = 0) -> ErrorClass:
    """Return what a code means; an unknown one with a status of 500 and more is trouble on WhatsApp's side."""
    try:
        number = int(code)
    except ValueError:
        return UNKNOWN_CODE
    if 200 <= number <= 299:
        # The two hundreds are all missing permissions.
        return MISCONFIGURED
    return ERRORS.get(number, UNAVAILABLE if status >= 500 else UNKNOWN_CODE)


def sentence(code: str) -> str:
    """Return the agent's sentence for a code."""
    return str(explain(code).text)
