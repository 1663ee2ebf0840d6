"""What is said and what happens in a conversation: every kind of message, every state of its delivery."""

import datetime as dt
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html

from helpdesk.specimens.moments import ago

SAMPLE_PHOTO = "styleguide/tent.svg"


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
