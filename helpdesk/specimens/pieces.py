"""What the small components show: names, tabs, options, a table, a composer."""

from typing import Any

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
