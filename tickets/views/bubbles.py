"""The lines of a conversation as the components show them: messages, notes, and what happened in between."""

import re
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.templatetags.kept import kept_as
from tickets.actions.automatic import is_automatic
from tickets.channels import get_channel
from tickets.models import Attachment, ContentType, Conversation, Message, MessageKind, MessageState, Purpose
from tickets.timeline import Entry
from tickets.views.present import one_line, tick

BUBBLES = {
    ContentType.IMAGE: "photo",
    ContentType.VIDEO: "document",
    ContentType.AUDIO: "document",
    ContentType.DOCUMENT: "document",
    ContentType.STICKER: "photo",
    ContentType.LOCATION: "location",
    ContentType.UNSUPPORTED: "unsupported",
}
# Only what a browser opens as a page; everything else stays text.
LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
TRAILING = ".,;:!?)]}»”’"


def linkify(text: str) -> SafeString:
    """Return text with its http and https addresses as links; all else is escaped."""
    parts: list[str] = []
    end = 0
    for match in LINK.finditer(text):
        url = match.group().rstrip(TRAILING)
        parts.append(conditional_escape(text[end : match.start()]))
        parts.append(format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', url, url))
        end = match.start() + len(url)
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped above


def _media(message: Message, files: list[Attachment]) -> dict[str, Any]:
    attachment = next(iter(files), None)
    kind = message.get_content_type_display()
    if attachment is None:
        return {
            "url": "",
            "alt": kind,
            "name": kind,
            "meta": "",
            "missing": _("This file did not come with the message."),
        }
    stored = attachment.state == Attachment.State.STORED
    waiting = attachment.state == Attachment.State.PENDING
    return {
        "url": reverse("inbox:media", args=[attachment.token]) if stored else "",
        "alt": message.text or _("Photo from the contact"),
        "name": attachment.file_name or kind,
        "meta": attachment.media_type,
        "missing": _("The file is on its way.")
        if waiting
        else (attachment.error_text or _("The file could not be fetched.")),
    }


def _fate(
    message: Message, conversation: Conversation, place_query: str, *, may_work: bool
) -> tuple[str, list[dict[str, str]]]:
    """Return the sentence under a message of ours and what may be done about it."""
    if is_automatic(message):
        # It may belong to no ticket, and nobody decides what becomes of it.
        return _automatic_fate(message), []

    def address(name: str) -> str:
        return reverse(f"inbox:{name}", args=[message.ticket_id, message.pk]) + place_query

    retry = {"text": _("Try again"), "url": address("message_retry")}
    discard = {"text": _("Discard"), "url": address("message_discard")}
    undo = {"text": _("Undo"), "url": address("message_undo"), "hotkey": "u"}
    text, actions = "", []
    if message.state == MessageState.HELD:
        text, actions = _("Leaves in a moment."), [undo]
    elif message.state == MessageState.QUEUED and message.error_text:
        text = _("Not taken yet, another try follows.")
    elif message.state == MessageState.FAILED:
        # Made when it is read, so that each agent reads it in their own language.
        said = get_channel(message.inbox).explain(message.error_code) if message.error_code else ""
        reason = said or message.error_text or _("The channel gave no reason.")
        text, actions = _("Not delivered. %(reason)s") % {"reason": reason}, [retry, discard]
    elif message.state == MessageState.UNKNOWN and message.asked_at is None:
        text = _("Nobody knows yet whether this arrived. Waiting for news.")
    elif message.state == MessageState.UNKNOWN:
        text = _("Nobody knows whether this arrived. Sending it again may deliver it twice.")
        actions = [{**retry, "text": _("Send again")}, discard]
    if discard in actions and message.inbox_id != conversation.inbox_id:
        # A merge brought it here; it would leave from another number than the one that this conversation is with.
        text = f"{text} {_('This message was written for another inbox. Write it once more here.')}"
        actions = [discard]
    return text, actions if may_work and message.ticket_id else []


def _automatic_fate(message: Message) -> str:
    """Return what became of something the machine said; nobody has to decide about it."""
    if message.state == MessageState.FAILED:
        reason = (get_channel(message.inbox).explain(message.error_code) if message.error_code else "") or (
            message.error_text or _("The channel gave no reason.")
        )
        return _("Not delivered, and not sent again. %(reason)s") % {"reason": reason}
    if message.state == MessageState.UNKNOWN:
        return _("Nobody knows yet whether this arrived. Waiting for news.")
    return ""


def bubble(
    message: Message, files: list[Attachment], conversation: Conversation, place_query: str, *, may_work: bool
) -> dict[str, Any]:
    """Return the parameters of components/message.html."""
    contact = conversation.contact
    inbound = message.kind == MessageKind.INBOUND
    machine = _("Bot") if message.purpose == Purpose.REPLY else _("Automatic message")
    author = contact.display_name if inbound else message.author.name if message.author else machine
    text: str = linkify(message.text)
    if message.content_type == ContentType.UNSUPPORTED and not message.text:
        text = _("A kind of message that is not supported yet. Look at it on the phone.")
    shown: dict[str, Any] = {
        "id": message.pk,
        "seq": message.seq,
        "direction": "in" if inbound else "out",
        "kind": BUBBLES.get(ContentType(message.content_type), "text"),
        "text": text,
        "language": message.language or (contact.language if inbound else ""),
        "author": author,
        "author_key": contact.pk if inbound else author,
        "at": message.occurred_at,
        "by": "" if inbound or message.author else machine,
        "automatic": not inbound and message.author is None,
    }
    if message.content_type in BUBBLES:
        shown["media"] = _media(message, files)
    if message.quoted is not None:
        quoted = message.quoted
        quoted_author = quoted.author.short_name if quoted.author else contact.display_name
        shown["quote"] = {"author": quoted_author, "text": one_line(quoted)}
    if not inbound:
        shown["state"] = tick(message)
        shown["fate"], shown["actions"] = _fate(message, conversation, place_query, may_work=may_work)
    return shown


def note(message: Message) -> dict[str, Any]:
    """Return the parameters of components/note.html."""
    return {
        "id": message.pk,
        "seq": message.seq,
        "author": message.author.name if message.author else "",
        "author_short": message.author.short_name if message.author else "",
        "author_key": message.author.name if message.author else "",
        "text": linkify(message.text),
        "at": message.occurred_at,
    }


# What becomes of a message in these states may be for a person to decide, with buttons of that person's own page.
DECIDABLE = frozenset({MessageState.HELD, MessageState.FAILED, MessageState.UNKNOWN})


def entry(line: Entry, conversation: Conversation, place_query: str, *, may_work: bool) -> dict[str, Any]:
    """Return one line of the timeline for inbox/parts/entries.html: its markup, or the message where it has buttons."""
    shown: dict[str, Any] = {"at": line.at, "new_day": line.new_day, "continued": line.continued}
    said = line.message
    if said is None:
        return {**shown, "attributes": _attributes(line, ""), "markup": _event(line)}
    if said.kind == MessageKind.NOTE:
        markup = kept_as("note", said, lambda: {"note": note(said.message(conversation.inbox))})
        return {**shown, "attributes": _attributes(line, "note"), "markup": markup}
    shown["attributes"] = _attributes(line, "in" if said.kind == MessageKind.INBOUND else "out")
    contact = conversation.contact

    def made() -> dict[str, Any]:
        message = said.message(conversation.inbox)
        made = bubble(message, said.attachments, conversation, place_query, may_work=may_work)
        if said.quotes_the_unreadable:
            made["quote"] = {"author": "", "text": _("A message of another team’s ticket")}
        return made

    if said.state in DECIDABLE:
        return {**shown, "message": made()}
    shown["markup"] = kept_as(
        "message",
        (said, contact.pk, contact.display_name, contact.language, line.continued),
        lambda: {"message": made(), "continued": line.continued},
    )
    return shown


def _attributes(line: Entry, kind: str) -> SafeString:
    """Return what the page's scripts know the line by."""
    undecided = " data-undecided" if line.undecided else ""
    of_kind = f' data-kind="{kind}"' if kind else ""
    # Numbers and words of our own.
    return mark_safe(f'id="entry-{line.key}" data-entry="{line.seq}"{undecided}{of_kind}')  # noqa: S308


def _event(line: Entry) -> SafeString:
    event = {"id": line.key, "seq": line.seq, "icon": line.icon, "text": line.sentence, "at": line.at}
    looks = (line.key, line.seq, line.icon, line.sentence.__class__, line.sentence, line.at)
    return kept_as("event", looks, lambda: {"event": event})
