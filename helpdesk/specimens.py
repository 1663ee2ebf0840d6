"""Literal data for the style guide: one of everything a component can show."""

import datetime as dt
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html

NAMES = ("Lena Hoffmann", "Mateus Ribeiro", "Amira Haddad", "Jonas Weber", "يوسف المنصوري", "+49 40 5550 118")
QUEUE_TABS = (
    {"text": "Mine", "count": 9, "url": "#"},
    {"text": "Unassigned", "count": 5, "url": "#"},
    {"text": "All open", "count": 38, "url": "#", "current": True},
)
PANEL_TABS = (
    {"text": "Reply", "panel": "sample-reply", "current": True},
    {"text": "Note", "panel": "sample-note", "icon": "lock"},
)
RANGE_OPTIONS = (
    {"value": "7", "text": "7 days"},
    {"value": "28", "text": "28 days", "checked": True},
    {"value": "90", "text": "90 days"},
)
PRIORITY_OPTIONS = (
    {"value": "low", "text": "Low"},
    {"value": "normal", "text": "Normal"},
    {"value": "high", "text": "High"},
    {"value": "urgent", "text": "Urgent"},
)
COLUMNS = ({"text": "Agent"}, {"text": "Solved", "number": True}, {"text": "First reply, median", "number": True})
CELLS = (
    ("Lena Hoffmann", {"text": "214", "number": True}, {"text": "3 min 50 s", "number": True}),
    ("Mateus Ribeiro", {"text": "187", "number": True}, {"text": "4 min 12 s", "number": True}),
    ("Amira Haddad", {"text": "96", "number": True}, {"text": "6 min 05 s", "number": True}),
)
TEMPLATE_COMPOSER: dict[str, Any] = {
    "template_url": "#",
    "template_send_url": "#",
    "picker": {
        "options": [{"value": "ticket_update:de", "text": "Ticket update · German"}],
        "key": "ticket_update:de",
        "chosen": {
            "language": "de",
            "pieces": [
                {"text": "Hallo "},
                {"text": "Name", "is_variable": True},
                {"text": ", zu Ihrer Anfrage "},
                {"text": "Ticket number", "is_variable": True},
                {"text": " gibt es etwas Neues."},
            ],
            "fields": [
                {"id": "template-variable-1", "name": "variable-1", "title": "Name", "value": "Katharina Vogel"},
                {"id": "template-variable-2", "name": "variable-2", "title": "Ticket number", "value": ""},
            ],
        },
        "error": "Fill in every field of the template, then send it.",
    },
}
QUICK_REPLIES = (
    {
        "id": 1,
        "matched": "ship",
        "rest": "-spare-part",
        "languages": "EN",
        "text": "The spare {part} leaves our warehouse today and reaches {city} by {date}.",
    },
    {
        "id": 2,
        "matched": "ship",
        "rest": "-express",
        "languages": "EN",
        "text": "Your parcel now travels by express at no cost. Tracking: {tracking_url}",
    },
    {
        "id": 3,
        "matched": "ship",
        "rest": "-times",
        "languages": "EN DE FR +3",
        "text": "Standard delivery to {country} takes {days} working days from Hamburg.",
    },
)


def ago(now: dt.datetime, minutes: float) -> dt.datetime:
    """Return a moment in the past."""
    return now - dt.timedelta(minutes=minutes)


def clocks(now: dt.datetime) -> list[dict[str, Any]]:
    """Return a clock of every state, with the words that explain it."""
    return [
        {"state": "running", "due": ago(now, -42), "started": ago(now, 12), "policy": "Returns, high"},
        {"state": "running", "due": ago(now, -89), "started": ago(now, 31)},
        {"state": "warning", "due": ago(now, -4.2), "started": ago(now, 10.8)},
        {"state": "overdue", "due": ago(now, 4), "started": ago(now, 19)},
        {"state": "paused"},
        {"state": "met", "text": "Met, 3 min 50 s"},
    ]


def windows(now: dt.datetime) -> list[dict[str, Any]]:
    """Return a reply window of every state."""
    return [
        {"state": "open", "closes_at": ago(now, -1152), "opened_at": ago(now, 288)},
        {"state": "soon", "closes_at": ago(now, -110), "opened_at": ago(now, 1330)},
        {"state": "closed", "closes_at": ago(now, 1440), "opened_at": ago(now, 2880)},
    ]


def rows(now: dt.datetime) -> list[dict[str, Any]]:
    """Return conversations of a busy morning."""
    return [
        {
            "id": 1,
            "url": "#1",
            "name": "يوسف المنصوري",
            "channel": "whatsapp",
            "language": "ar",
            "language_name": "Arabic",
            "at": ago(now, 9),
            "preview": "وصلني مقاس خاطئ من الحذاء، كيف أستبدله؟",
            "preview_language": "ar",
            "unread": 3,
            "sla": {"state": "overdue", "due": ago(now, 4), "started": ago(now, 19)},
            "priority": "urgent",
            "priority_text": "Urgent",
            "tag": "Exchange",
            "assignee": "Amira Haddad",
        },
        {
            "id": 2,
            "url": "#2",
            "name": "Aoife Brennan",
            "channel": "whatsapp",
            "language": "en",
            "language_name": "English",
            "at": ago(now, 11),
            "preview": "I leave for Kerry on Friday, will it get here in time?",
            "preview_language": "en",
            "sla": {"state": "warning", "due": ago(now, -4.2), "started": ago(now, 10.8)},
            "priority": "high",
            "priority_text": "High",
            "tag": "Damaged",
            "assignee": "Lena Hoffmann",
        },
        {
            "id": 3,
            "url": "#3",
            "name": "Baptiste Moreau",
            "channel": "whatsapp",
            "language": "fr",
            "language_name": "French",
            "at": ago(now, 8),
            "preview": "Message vocal · 0:34",
            "preview_icon": "mic",
            "preview_language": "fr",
            "unread": 1,
            "sla": {"state": "warning", "due": ago(now, -6.67), "started": ago(now, 8.3)},
            "tag": "Delivery",
        },
        {
            "id": 4,
            "url": "#4",
            "name": "Lucía Fernández",
            "channel": "whatsapp",
            "language": "es",
            "language_name": "Spanish",
            "at": ago(now, 6),
            "preview": "¿Me podéis mandar la factura de nuevo, por favor?",
            "preview_language": "es",
            "unread": 1,
            "sla": {"state": "warning", "due": ago(now, -9.1), "started": ago(now, 5.9)},
            "tag": "Invoice",
        },
        {
            "id": 5,
            "url": "#5",
            "name": "Katharina Vogel",
            "channel": "whatsapp",
            "language": "de",
            "language_name": "German",
            "at": ago(now, 12),
            "preview": "Not delivered: Guten Morgen! Ihre Stiefel sind da.",
            "failed": True,
            "sla": {"state": "running", "due": ago(now, -1460), "started": ago(now, 600)},
            "tag": "Refund",
            "assignee": "Lena Hoffmann",
        },
        {
            "id": 6,
            "url": "#6",
            "name": "Rafael Monteiro",
            "channel": "whatsapp",
            "language": "pt",
            "language_name": "Portuguese",
            "at": ago(now, 18),
            "preview": "Foto · rasgou na costura, veja só",
            "preview_icon": "image",
            "preview_language": "pt",
            "unread": 2,
            "sla": {"state": "running", "due": ago(now, -42), "started": ago(now, 12)},
            "tag": "Warranty",
            "assignee": "Mateus Ribeiro",
        },
        {
            "id": 7,
            "url": "#7",
            "name": "Ingrid Solberg",
            "channel": "whatsapp",
            "language": "en",
            "language_name": "English",
            "at": ago(now, 26),
            "preview": "The label is on its way to your email.",
            "preview_icon": "check-check",
            "sender": "You",
            "sla": {"state": "paused"},
            "assignee": "Lena Hoffmann",
        },
        {
            "id": 8,
            "url": "#8",
            "name": "Daniel Krüger",
            "channel": "whatsapp",
            "language": "de",
            "language_name": "German",
            "at": ago(now, 31),
            "preview": "Die Reparatur dauert etwa zehn Werktage.",
            "draft": True,
            "sla": {"state": "running", "due": ago(now, -89), "started": ago(now, 31)},
            "tag": "Repair",
            "assignee": "Jonas Weber",
        },
        {
            "id": 9,
            "url": "#9",
            "name": "Noor de Vries",
            "channel": "whatsapp",
            "language": "nl",
            "language_name": "Dutch",
            "at": ago(now, 2000),
            "preview": "Ik laat het u morgen weten.",
            "preview_language": "nl",
            "snoozed": True,
            "sla": {"state": "paused", "text": "Until Monday, 09:00"},
            "tag": "Order",
            "assignee": "Mateus Ribeiro",
        },
    ]


def states(now: dt.datetime) -> list[dict[str, Any]]:
    """Return an outbound message in every state of its delivery."""
    fates: dict[str, tuple[str, list[dict[str, str]]]] = {
        "held": ("Sending in 3 s", [{"text": "Undo", "url": "#"}]),
        "failed": (
            "Meta could not fetch the image",
            [{"text": "Try again", "url": "#"}, {"text": "Discard", "url": "#"}],
        ),
        "unknown": (
            "Nobody knows whether this arrived",
            [{"text": "Send again", "url": "#"}, {"text": "Leave it", "url": "#"}],
        ),
    }
    words = ("held", "queued", "sending", "sent", "delivered", "read", "failed", "unknown", "cancelled")
    return [
        {
            "id": f"state-{state}",
            "seq": place,
            "direction": "out",
            "text": state.capitalize(),
            "author": "Lena Hoffmann",
            "at": ago(now, 10 - place),
            "state": state,
            "fate": fates.get(state, ("", []))[0],
            "actions": fates.get(state, ("", []))[1],
        }
        for place, state in enumerate(words)
    ]


def kinds(now: dt.datetime) -> list[dict[str, Any]]:
    """Return an inbound message of every kind."""
    base: dict[str, Any] = {"direction": "in", "author": "Aoife Brennan"}
    return [
        base | {"id": "kind-1", "seq": 1, "text": "I leave for Kerry on Friday, will it get here in time?", "at": now},
        base | {"id": "kind-2", "seq": 2, "text": "NL-48213", "at": now, "continued": True},
        base
        | {
            "id": "kind-3",
            "seq": 3,
            "text": "42, please",
            "at": now,
            "quote": {"author": "You", "text": "Which size do you need?"},
        },
        base
        | {
            "id": "kind-4",
            "seq": 4,
            "kind": "photo",
            "text": "The pole snapped the first time I pitched it 😞",
            "at": now,
            "media": {"url": static(SAMPLE_PHOTO), "alt": "A tent in the mountains, one pole broken"},
        },
        base
        | {
            "id": "kind-5",
            "seq": 5,
            "kind": "photo",
            "text": "",
            "at": now,
            "media": {"missing": "The photo is being fetched."},
        },
        base
        | {
            "id": "kind-6",
            "seq": 6,
            "kind": "document",
            "text": "",
            "at": now,
            "media": {"url": static(SAMPLE_PHOTO), "name": "Rechnung-48213.pdf", "meta": "PDF, 214 kB"},
        },
        base
        | {
            "id": "kind-7",
            "seq": 7,
            "kind": "location",
            "text": "",
            "at": now,
            "media": {"name": "Shared a location", "meta": "Rua Augusta 1500, São Paulo"},
        },
        base
        | {
            "id": "kind-8",
            "seq": 8,
            "kind": "unsupported",
            "text": "Poll, open it on the phone to see it",
            "at": now,
        },
        base
        | {
            "id": "kind-9",
            "seq": 9,
            "text": "وصلني مقاس خاطئ من الحذاء، كيف أستبدله؟",
            "language": "ar",
            "author": "يوسف المنصوري",
            "at": now,
        },
        {
            "id": "kind-10",
            "seq": 10,
            "direction": "out",
            "text": "نعتذر عن هذا الخطأ. هل ترغب في استبداله بمقاس ٤٢ أم استرداد المبلغ؟",
            "language": "ar",
            "by": "Automatic message",
            "automatic": True,
            "author": "Automatic message",
            "at": now,
            "state": "read",
        },
    ]


def conversation(now: dt.datetime) -> list[dict[str, Any]]:
    """Return what was said this morning, for the composed page."""
    return [
        kinds(now)[3] | {"id": "talk-1", "at": ago(now, 50)},
        {
            "id": "talk-2",
            "seq": 2,
            "direction": "out",
            "text": "That is no way to start a trip, Aoife. Did the pole split at the joint or along the tube?",
            "author": "Lena Hoffmann",
            "at": ago(now, 47),
            "state": "read",
        },
        kinds(now)[0] | {"id": "talk-3", "text": "At the joint. The rest of it looks fine.", "at": ago(now, 14)},
    ]


SAMPLE_PHOTO = "styleguide/tent.svg"


def note(now: dt.datetime) -> dict[str, Any]:
    """Return a note of the team."""
    return {
        "id": "note-1",
        "seq": 11,
        "author": "Jonas Weber",
        "author_short": "Jonas",
        "text": "@Lena batch F2 has a known joint fault. 14 spare pole sets in Hamburg, no return needed.",
        "at": now,
    }


def events(now: dt.datetime) -> list[dict[str, Any]]:
    """Return what happened to the ticket, in sentences."""
    return [
        {
            "seq": 0,
            "icon": "route",
            "text": format_html(
                "Rule <b>{}</b> sent this to <b>{}</b>, priority {}", "Damaged on arrival", "Returns desk", "High"
            ),
            "at": ago(now, 51),
        },
        {"seq": 1, "icon": "user-check", "text": format_html("<b>{}</b> took this", "Lena"), "at": ago(now, 48)},
    ]
