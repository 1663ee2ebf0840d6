"""A busy morning's work list, its clocks and reply windows."""

import datetime as dt
from typing import Any

from helpdesk.specimens.moments import ago


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
