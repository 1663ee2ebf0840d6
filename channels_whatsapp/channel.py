"""The WhatsApp channel: when something may be sent, and sending it."""

import datetime as dt
import uuid
from dataclasses import dataclass

import structlog
from django.db import connection
from django.utils.translation import gettext as _

from channels_whatsapp import consent, numbers, receipts, templates
from channels_whatsapp.client import GraphClient, GraphError, NoAnswer, NothingSent, Rejected
from channels_whatsapp.encryption import Undecryptable
from channels_whatsapp.errors import DISCONNECTED, explain, sentence
from channels_whatsapp.models import WhatsAppNumber
from channels_whatsapp.payload import Json
from helpdesk import clock
from tickets.channels import Capabilities, DeliveryUnknown, Draft, Refusal, ReplyWindow, SendError, TemplateChoice
from tickets.models import ContactIdentity, Conversation, IdentityKind, Message, Purpose

log = structlog.get_logger(__name__)
WINDOW = dt.timedelta(hours=24)
MAX_TEXT = 4096
MAX_TEMPLATE = 1024
MAX_INTERACTIVE, MAX_BUTTONS, MAX_ROWS = 1024, 3, 10


NUMBER = ("id", "inbox_id", "phone_number_id", "waba_id", "paused_at", "paused_reason")
IDENTITY = ("id", "kind", "value", "last_inbound_at")
# The identity that we would send to: the newest to write, the business-scoped id where both did.
REACH = """
SELECT n.id, n.inbox_id, n.phone_number_id, n.waba_id, n.paused_at, n.paused_reason,
  i.id, i.kind, i.value, i.last_inbound_at
FROM (SELECT) one LEFT JOIN channels_whatsapp_whatsappnumber n ON n.inbox_id = %(inbox)s
LEFT JOIN LATERAL (
  SELECT * FROM tickets_contactidentity c WHERE c.inbox_id = %(inbox)s AND c.contact_id = %(contact)s
  ORDER BY c.last_inbound_at DESC NULLS LAST, c.kind = 'bsuid' DESC, c.id DESC LIMIT 1) i ON TRUE
"""


@dataclass(frozen=True)
class Reach:
    """By which number a contact is reached, and as whom."""

    number: WhatsAppNumber | None
    identity: ContactIdentity | None

    @classmethod
    def of(cls, conversation: Conversation) -> "Reach":
        """Look both up; one query."""
        with connection.cursor() as cursor:
            cursor.execute(REACH, {"inbox": conversation.inbox_id, "contact": conversation.contact_id})
            row = cursor.fetchone()
        assert row is not None  # noqa: S101 - all joins are outer ones
        number, identity = row[: len(NUMBER)], row[len(NUMBER) :]
        # What was not asked for would be fetched when it is needed.
        return cls(
            number=None if number[0] is None else WhatsAppNumber.from_db(connection.alias, NUMBER, number),
            identity=None if identity[0] is None else ContactIdentity.from_db(connection.alias, IDENTITY, identity),
        )


class WhatsAppChannel:
    """Implements `tickets.channels.Channel`."""

    label = "WhatsApp"
    capabilities = Capabilities(max_text_length=MAX_TEXT, media=True, templates=True, receipts=True)
    composer_template = "inbox/composers/whatsapp.html"

    def refusal(self, conversation: Conversation, draft: Draft, at: dt.datetime) -> Refusal | None:
        """Refuse what WhatsApp would refuse: free text outside the window, texts that are too long."""
        return _refusal(Reach.of(conversation), conversation, draft, at)

    def explain(self, code: str) -> str:
        """Say what one of Meta's codes means."""
        return sentence(code) if code.isdecimal() else ""

    def reply_window(self, conversation: Conversation, at: dt.datetime) -> ReplyWindow:
        """Count 24 hours from the contact's newest message."""
        reach = Reach.of(conversation)
        ends_at = window_end(reach.identity) if reach.identity else None
        refusal = _refusal(reach, conversation, Draft(text="-"), at)
        return ReplyWindow(limited=True, ends_at=ends_at, refusal=refusal)

    def templates(self, conversation: Conversation) -> list[TemplateChoice]:
        """Offer the approved templates of the number's account that serve no automatic purpose."""
        return templates.choices(conversation.inbox_id)

    def send(self, message: Message, *, token: uuid.UUID) -> str:
        """Send a text. Raises SendError when WhatsApp did not take it, DeliveryUnknown when nobody knows."""
        reach = Reach.of(message.conversation)
        number, identity = reach.number, reach.identity
        if number is None or identity is None:
            raise SendError(
                _("This contact cannot be reached through this WhatsApp number."), permanent=True, code="no_recipient"
            )
        client = GraphClient(phone_number_id=number.phone_number_id, access_token=number.access_token)
        try:
            return client.send(render(message, identity, token, template=_template_for(number, identity, message)))
        except Undecryptable:
            raise SendError(str(DISCONNECTED.text), permanent=True, code="no_token") from None
        except NothingSent as error:
            log.warning("whatsapp_unreachable", message=message.pk, reason=str(error))
            raise SendError(_("WhatsApp cannot be reached at the moment."), permanent=False) from None
        except NoAnswer as error:
            log.warning("whatsapp_gave_no_answer", message=message.pk, reason=str(error))
            raise DeliveryUnknown(_("WhatsApp gave no answer; the message may have been sent or not.")) from None
        except Rejected as error:
            log.warning("whatsapp_rejected", message=message.pk, status=error.status)
            raise SendError(
                _("WhatsApp did not take the message."),
                permanent=error.status != 429,
                retry_after=error.retry_after,
                code=f"http_{error.status}",
            ) from None
        except GraphError as error:
            raise _send_error(error, number, message) from None

    def show_read(self, message: Message) -> None:
        """Show the blue ticks."""
        receipts.mark_read(message)


def _refusal(reach: Reach, conversation: Conversation, draft: Draft, at: dt.datetime) -> Refusal | None:
    number, identity = reach.number, reach.identity
    if number is None:
        return Refusal(
            code="not_connected",
            text=_("This inbox is not connected to a WhatsApp number."),
            remedy=_("An administrator has to connect it."),
        )
    if number.paused_at is not None:
        return Refusal(
            code="paused", text=str(explain(number.paused_reason).text), remedy=_("Until then nothing can be sent.")
        )
    limit = MAX_TEMPLATE if draft.template else MAX_TEXT
    if len(draft.text) > limit:
        return Refusal(
            code="too_long",
            text=_("The text has %(length)d characters; WhatsApp takes %(limit)d at most.")
            % {"length": len(draft.text), "limit": limit},
            remedy=_("Shorten it or send it in two messages."),
        )
    if identity is None:
        return Refusal(
            code="no_recipient",
            text=_("This contact cannot be reached through this WhatsApp number."),
            remedy=_("They have to write first."),
        )
    if draft.template:
        return templates.refusal(number, conversation, draft)
    ends_at = window_end(identity)
    if ends_at is None or at >= ends_at:
        if draft.purpose not in {"", Purpose.REPLY}:
            return None if templates.find(number, draft) else _no_template()
        return Refusal(
            code="window_closed",
            text=_("WhatsApp allows free text for 24 hours after the contact last wrote; that time is over."),
            remedy=_("Send an approved template, or wait until they write again."),
            takes_templates=True,
        )
    return None


def _no_template() -> Refusal:
    return Refusal(
        code="no_template",
        text=_("More than 24 hours have passed, and WhatsApp has approved no template for this in the language."),
        remedy=_("An administrator can have one approved."),
    )


def _template_for(number: WhatsAppNumber, identity: ContactIdentity, message: Message) -> Json | None:
    """Return a message as a send of its template: the one its author chose, or the one an automatic message needs now.

    None where it goes as free text. Raises SendError when the template cannot be sent any more.
    """
    draft = Draft.of(message)
    if draft.template:
        template = templates.chosen(number, draft.template)
        written = templates.render_chosen(template, message) if template else None
        if written is None:
            raise SendError(templates.gone().text, permanent=True, code="template_gone")
        return written
    ends_at = window_end(identity)
    if message.purpose == Purpose.REPLY or (ends_at is not None and clock.now() < ends_at):
        return None
    template = templates.find(number, draft)
    if template is None:
        refusal = _no_template()
        raise SendError(refusal.text, permanent=True, code=refusal.code)
    return templates.render(template, message)


def _send_error(error: GraphError, number: WhatsAppNumber, message: Message) -> SendError:
    kind = explain(error.code, status=error.status)
    # Meta's details name parameters and sometimes the recipient: they stay out of the log.
    log.warning("whatsapp_refused", message=message.pk, code=error.code, status=error.status)
    if error.code == consent.OPTED_OUT:
        consent.refused(contact_id=message.conversation.contact_id)
    if kind.pauses:
        numbers.pause(number, reason=str(error.code))
    wishes = [wish for wish in (error.retry_after, kind.retry_after(message.tries)) if wish is not None]
    return SendError(
        str(kind.text),
        permanent=kind.permanent(message.tries),
        retry_after=max(wishes, default=None),
        code=str(error.code),
        pause_inbox=kind.pauses,
    )


def window_end(identity: ContactIdentity) -> dt.datetime | None:
    """Return the moment from which free text is refused; None when the contact never wrote."""
    return identity.last_inbound_at + WINDOW if identity.last_inbound_at else None


def _body(message: Message, template: Json | None) -> Json:
    """Return type and content: a template, a question with answers to tap, or a text."""
    if template is not None:
        return {"type": "template", "template": template}
    if templates.options_of(message):
        return {"type": "interactive", "interactive": _interactive(message)}
    return {"type": "text", "text": {"body": message.text, "preview_url": False}}


def _interactive(message: Message) -> Json:
    """Offer up to three answers as buttons, more as a list."""
    options = templates.options_of(message)
    body = {"text": message.text[:MAX_INTERACTIVE]}
    if len(options) <= MAX_BUTTONS:
        buttons = [{"type": "reply", "reply": {"id": one["id"], "title": one["title"][:20]}} for one in options]
        return {"type": "button", "body": body, "action": {"buttons": buttons}}
    rows = [
        {"id": one["id"], "title": one["title"][:24]}
        | ({"description": one["description"][:72]} if one.get("description") else {})
        for one in options[:MAX_ROWS]
    ]
    action = {"button": message.content["choices"]["button"][:20], "sections": [{"rows": rows}]}
    return {"type": "list", "body": body, "action": action}


def render(message: Message, identity: ContactIdentity, token: uuid.UUID, *, template: Json | None = None) -> Json:
    """Write a message as the Graph API wants it."""
    payload: Json = {
        "recipient_type": "individual",
        **_body(message, template),
        # Comes back in every status; it settles a call whose answer was lost.
        "biz_opaque_callback_data": str(token),
    }
    if identity.kind == IdentityKind.BSUID:
        payload["recipient"] = identity.value
    else:
        # Without the plus sign the country code of our own number would be put in front.
        payload["to"] = f"+{identity.value}"
    if template is None and message.quoted is not None and message.quoted.external_id:
        payload["context"] = {"message_id": message.quoted.external_id}
    return payload
