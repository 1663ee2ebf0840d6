"""What a phone shows, in plain values for the templates."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from simulator.engine import Simulator
from simulator.phones.people import initials
from simulator.state import Message, Phone

SHOWN = 150  # newest messages on a page
LISTED = 100  # customers in the list
PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that an answer refers to."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be tapped."""

    id: str
    title: str
    section: str = ""
    description: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the template draws it."""

    message: Message
    at: datetime
    day: str
    day_name: str
    text: str
    kind: str  # text, picture, voice, film, file, unknown
    media_url: str
    filename: str
    size: int
    quote: Quote | None
    buttons: list[Choice]
    rows: list[Choice]
    answered: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """One line in the list of customers."""

    wa_id: str
    number: str
    name: str
    initials: str
    tone: int
    preview: str
    at: datetime | None
    when: str
    waiting: int


def visible(message: Message) -> bool:
    """Say whether the phone shows this message: what never left Meta does not arrive."""
    if message.hidden or message.status == "failed":
        return False
    return message.mine or message.silent or message.status != "accepted"


def bubble(simulator: Simulator, message: Message) -> Bubble:
    """Return a message as the template draws it."""
    at = datetime.fromtimestamp(message.at, timezone.get_current_timezone())
    medium = simulator.media.get(message.media_id) if message.media_id else None
    kind = "text"
    if medium is not None:
        family = medium.mime_type.split("/")[0]
        kind = {"image": "picture", "audio": "voice", "video": "film"}.get(family, "file")
    elif message.type in {"image", "audio", "video", "document", "sticker"}:
        kind = "file"
    elif not message.text and not message.rows:
        kind = "unknown"
    return Bubble(
        message=message,
        at=at,
        day=at.date().isoformat(),
        day_name=day_name(at.date()),
        text=message.text,
        kind=kind,
        media_url=f"/phone/media/{medium.id}" if medium else "",
        filename=message.filename or (medium.filename if medium else "") or message.link or message.type,
        size=medium.size if medium else 0,
        quote=quote(simulator, message),
        buttons=[Choice(identity, title, chosen=identity == message.chosen) for identity, title in message.buttons],
        rows=[
            Choice(identity, title, section, more, identity == message.chosen)
            for section, identity, title, more in message.rows
        ],
        answered=bool(message.chosen),
    )


def quote(simulator: Simulator, message: Message) -> Quote | None:
    """Return what the message answers to, if it is still known."""
    target = simulator.world.messages.get(message.quotes) if message.quotes else None
    if target is None or target.wa_id != message.wa_id:
        return None
    author = _("You") if target.mine else simulator.config.business_name
    return Quote(author, preview(target))


def preview(message: Message) -> str:
    """Return a message in one line."""
    if message.text:
        return message.text[:120]
    names = {
        "image": _("Photo"),
        "audio": _("Voice note"),
        "video": _("Video"),
        "document": _("Document"),
        "sticker": _("Sticker"),
        "reaction": message.reaction or _("Reaction"),
    }
    return names.get(message.type) or _("Message")


def when(at: datetime) -> str:
    """Return the time of today's messages and the day of older ones."""
    if at.date() == timezone.localdate():
        return date_format(at, "H:i")
    if at.date() == timezone.localdate() - timedelta(days=1):
        return _("Yesterday")
    return date_format(at, "SHORT_DATE_FORMAT")


def day_name(day: date) -> str:
    """Return the words of a day separator."""
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "DATE_FORMAT")


def bubbles(simulator: Simulator, phone: Phone, after: int = 0) -> list[Bubble]:
    """Return the newest visible messages that changed after a revision, oldest first."""
    newest = list(phone.messages.values())[-SHOWN:]
    return [bubble(simulator, m) for m in newest if m.revision > after and visible(m)]


def render_bubble(shown: Bubble, language: str) -> str:
    """Return the HTML of one message."""
    with translation.override(language):
        return render_to_string("simulator/bubble.html", {"bubble": shown})


def customers(simulator: Simulator) -> list[Customer]:
    """Return the most recently active customers first."""
    phones = sorted(simulator.world.phones.values(), key=lambda phone: -phone.last_activity_at)[:LISTED]
    return [customer(phone) for phone in phones]


def customer(phone: Phone) -> Customer:
    """Return one line of the list."""
    shown = [message for message in phone.messages.values() if visible(message)]
    last = shown[-1] if shown else None
    at = datetime.fromtimestamp(last.at, timezone.get_current_timezone()) if last else None
    return Customer(
        wa_id=phone.wa_id,
        number=f"+{phone.wa_id}",
        name=phone.name,
        initials=initials(phone.name),
        tone=int(phone.wa_id[-3:]) % 6 + 1,
        preview=preview(last) if last else "",
        at=at,
        when=when(at) if at else "",
        waiting=sum(1 for message in shown if not message.mine and message.status == "delivered"),
    )


def typing(phone: Phone) -> bool:
    """Say whether the business is writing."""
    return time.time() < phone.typing_until
